/**
 * What the server found wrong with a form, told at the fields: it names each by the path of its own schema, such as
 * `/gantries/0/name`. Knows no schema itself, so that pages carry none.
 */
import { createContext, type JSX, type ReactNode, useContext, useMemo } from "react";
import { ApiProblem, type ProblemDetail } from "../api/problem.ts";

const Faults = createContext<ReadonlyMap<string, string>>(new Map());

export function FaultsOf(props: { readonly error: Error | null; readonly children: ReactNode }): JSX.Element {
  const { error, children } = props;
  const faults = useMemo(() => faultsOf(error instanceof ApiProblem ? error.details : []), [error]);
  return <Faults value={faults}>{children}</Faults>;
}

/** The first of what is wrong at each path. */
function faultsOf(details: readonly ProblemDetail[]): ReadonlyMap<string, string> {
  return new Map([...details].reverse().map(({ path, message }) => [path, message]));
}

/** What is wrong with the field at a path; undefined: nothing that the server told. */
export function useFault(at: string): string | undefined {
  return useContext(Faults).get(at);
}

/** The first thing wrong with a list, or with one of its items from a place on, where one field holds them all. */
export function useListFault(at: string, fromIndex = 0): string | undefined {
  const faults = useContext(Faults);
  for (const [path, message] of faults) {
    if (path === at) return message;
    const index = path.startsWith(`${at}/`) ? Number.parseInt(path.slice(at.length + 1), 10) : Number.NaN;
    if (index >= fromIndex) return `${index - fromIndex + 1}: ${message}`;
  }
  return undefined;
}
