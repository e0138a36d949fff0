/** A route of the table in the form that Fastify checks by and the OpenAPI document is made of. */
import type { FastifySchema } from "fastify";
import { z } from "zod";
import type { Route } from "./route.ts";
import { nothingSchema, problemSchema } from "./schemas/common.ts";

const PROBLEM = { content: { "application/problem+json": { schema: problemSchema } } };

export function routeSchema(name: string, route: Route): FastifySchema {
  const { params, query, body, reply, media, status = 200, access } = route;
  const isGuarded = access !== "public";
  return {
    operationId: name,
    tags: [route.tag],
    summary: route.summary,
    ...(access === "public" || access === "account" ? {} : { description: `Needs the permission \`${access}\`.` }),
    security: isGuarded ? [{ key: [] }, { session: [] }] : [],
    ...(params === undefined ? {} : { params }),
    // A filter misspelt and ignored would answer, or export, everything.
    ...(query === undefined ? {} : { querystring: query instanceof z.ZodObject ? query.strict() : query }),
    ...(body === undefined ? {} : { body }),
    response: {
      [status]:
        status === 204
          ? nothingSchema
          : media === undefined
            ? { description: "Done", content: { "application/json": { schema: reply ?? z.undefined() } } }
            : {
                description: "Done",
                content: Object.fromEntries(media.map((type) => [type, { schema: mediaSchema(type) }])),
              },
      "4xx": { description: "The request is at fault", ...PROBLEM },
      "5xx": { description: "The server is at fault", ...PROBLEM },
    },
  } as FastifySchema;
}

function mediaSchema(type: string): z.ZodType {
  return type === "application/json" ? z.record(z.string(), z.unknown()) : z.string();
}
