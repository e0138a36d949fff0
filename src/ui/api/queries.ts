/** React's side of the client: reading with a cache, writing with what must be read afresh afterwards. */
import {
  type UseInfiniteQueryResult,
  type UseMutationResult,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import type { Method } from "../../server/route.ts";
import { showDone } from "../parts/notices.ts";
import { type Answered, type PathOf, type Request, type RowOf, send, sendAny } from "./client.ts";

export interface GetOptions {
  readonly enabled?: boolean;
  readonly refetchMs?: number;
  /** Keep showing the last answer while another is on its way. */
  readonly keepLast?: boolean;
}

export function useGet<P extends PathOf<"GET">>(
  path: P,
  request: Request<"GET", P> = {},
  { enabled = true, refetchMs, keepLast = false }: GetOptions = {},
): UseQueryResult<Answered<"GET", P>> {
  return useQuery({
    queryKey: [path, request.params, request.query],
    queryFn: ({ signal }) => send("GET", path, { ...request, signal }),
    enabled,
    ...(refetchMs === undefined ? {} : { refetchInterval: refetchMs }),
    ...(keepLast ? { placeholderData: (last: Answered<"GET", P> | undefined) => last } : {}),
  } as Parameters<typeof useQuery<Answered<"GET", P>>>[0]); // TypeScript can't see that a generic answer is no function
}

/** Most pages that one click fetches when a rare search comes back short: each is a bounded amount of work. */
const MAX_SHORT_PAGES = 20;

interface Rows<Row> {
  readonly items: readonly Row[];
  readonly next: string | null;
}

/** Rows page by page. A page that came short while more is left is filled up by the next ones. */
export function usePages<P extends PathOf<"GET">>(
  path: P,
  request: Request<"GET", P> = {},
  options: GetOptions = {},
): UseInfiniteQueryResult<{ readonly rows: readonly RowOf<P>[] }> {
  return useInfiniteQuery({
    queryKey: [path, request.params, request.query, "pages"],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }): Promise<Rows<RowOf<P>>> => {
      const items: RowOf<P>[] = [];
      let next = pageParam;
      for (let page = 0; page < MAX_SHORT_PAGES; page++) {
        const query = { ...request.query, ...(next === null ? {} : { cursor: next }) };
        const answer = (await sendAny("GET", path, { ...request, query, signal })) as Rows<RowOf<P>>;
        items.push(...answer.items);
        next = answer.next;
        if (next === null || items.length >= FEW_ROWS) break;
      }
      return { items, next };
    },
    getNextPageParam: (last: Rows<RowOf<P>>) => last.next,
    select: ({ pages }) => ({ rows: pages.flatMap(({ items }) => items) }),
    enabled: options.enabled ?? true,
    ...(options.refetchMs === undefined ? {} : { refetchInterval: options.refetchMs }),
  });
}

/** Fewer on a page than this, while there are more, is worth asking on. */
const FEW_ROWS = 10;

/** Every row of a collection that is set up by hand: some hundred at most. */
export function useAll<P extends PathOf<"GET">>(
  path: P,
  options: GetOptions = {},
): UseQueryResult<readonly RowOf<P>[]> {
  return useQuery({
    queryKey: [path, undefined, undefined, "all"],
    queryFn: async ({ signal }): Promise<readonly RowOf<P>[]> => {
      const rows: RowOf<P>[] = [];
      let next: string | null = null;
      do {
        const query = { limit: 500, ...(next === null ? {} : { cursor: next }) };
        const answer = (await sendAny("GET", path, { query, signal })) as Rows<RowOf<P>>;
        rows.push(...answer.items);
        next = answer.next;
      } while (next !== null);
      return rows;
    },
    enabled: options.enabled ?? true,
    ...(options.refetchMs === undefined ? {} : { refetchInterval: options.refetchMs }),
  });
}

export interface SendOptions<M extends Method, P extends string> {
  /** Paths whose answers are no longer true afterwards. */
  readonly stale?: readonly PathOf<"GET">[];
  /** Said when it is done. */
  readonly done?: string;
  /** The form shows the problem itself. */
  readonly ownProblem?: boolean;
  readonly onDone?: (answer: Answered<M, P>, request: Request<M, P>) => void;
}

export function useSend<M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  { stale = [], done, ownProblem = false, onDone }: SendOptions<M, P> = {},
): UseMutationResult<Answered<M, P>, Error, Request<M, P>> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (request: Request<M, P>) => (await sendAny(method, path, request)) as Answered<M, P>, // by its type
    meta: { ownProblem },
    onSuccess: (answer, request) => {
      for (const stalePath of stale) void client.invalidateQueries({ queryKey: [stalePath] });
      if (done !== undefined) showDone(done);
      onDone?.(answer, request);
    },
  });
}
