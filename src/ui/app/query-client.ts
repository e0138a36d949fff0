import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiProblem, isSignedOut } from "../api/problem.ts";
import { showProblem } from "../parts/notices.ts";

/** @param onSignedOut told when the server no longer knows the session. */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (isSignedOut(error)) onSignedOut();
      },
    }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _result, mutation) => {
        if (mutation.meta?.ownProblem === true) return;
        if (isSignedOut(error)) onSignedOut();
        else showProblem(error);
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        // What the server refuses it refuses again; what did not reach it may yet.
        retry: (count, error) =>
          count < 2 && (!(error instanceof ApiProblem) || error.status === 0 || error.status >= 500),
      },
    },
  });
}
