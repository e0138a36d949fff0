/** What a handler is given and gives back; its types come from the route it serves. */
import type { ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { FastifyRequest } from "fastify";
import type { Caller } from "./caller.ts";
import type { ServerContext } from "./context.ts";
import type { BodyOf, ParamsOf, QueryOf, ReplyOf, Route } from "./route.ts";

export interface Call<R extends Route> {
  readonly params: ParamsOf<R>;
  readonly query: QueryOf<R>;
  readonly body: BodyOf<R>;
  readonly caller: Caller;
  readonly request: FastifyRequest;
  /** Of the caller, as far as proxies on this machine tell. */
  readonly address: string;
  /** Of `If-Match: "r<n>"`: the row must still have it. */
  readonly ifRevision: number | undefined;
  /** Says which revision of a row is answered: it becomes the ETag. */
  revision(revision: number): void;
  setCookie(token: string | null): void;
  /** Takes the reply over: the handler writes it piece by piece, with the headers it sets itself. */
  hijack(): ServerResponse;
  /** Whether the caller could ask the same again now. */
  isStillAllowed(): Promise<boolean>;
  /** Answers with another status of success, or with 503 where the reply itself says why. */
  status(status: 200 | 201 | 503): void;
}

/** Anything that is not JSON. */
export interface MediaReply {
  readonly type: string;
  readonly body: Readable | Uint8Array | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default 200. */
  readonly status?: number;
}

/** A reply that the handler sends by itself, piece by piece. */
export const ANSWERED = Symbol("answered");

export type AnswerOf<R extends Route> = R["media"] extends readonly string[]
  ? MediaReply | typeof ANSWERED
  : ReplyOf<R>;

export type Handler<R extends Route> = (context: ServerContext, call: Call<R>) => Promise<AnswerOf<R>>;

export type HandlersOf<Routes extends Readonly<Record<string, Route>>> = {
  readonly [Name in keyof Routes]: Handler<Routes[Name]>;
};
