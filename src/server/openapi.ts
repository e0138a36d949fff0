/** The OpenAPI 3.1 document, made of the schemas that requests are checked by. */
import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { createJsonSchemaTransform } from "fastify-type-provider-zod";

/** Forms hold files, which the schemas of JSON can't say. */
const FORMS: Readonly<Record<string, object>> = {
  read: {
    type: "object",
    properties: {
      image: { type: "array", items: { type: "string", format: "binary" }, description: "One or several pictures" },
      regions: { type: "string", description: "Regions to expect: de,fr" },
      minConfidence: { type: "number", minimum: 0, maximum: 1 },
      crops: { type: "string", enum: ["true", "false"] },
    },
  },
  snapshot: {
    type: "object",
    properties: {
      upload: { type: "string", format: "binary", description: "The picture, as a file or in base64" },
      regions: { type: "array", items: { type: "string" } },
      camera_id: { type: "string" },
      timestamp: { type: "string", format: "date-time" },
      config: { type: "string", description: "JSON: region, threshold_d, threshold_o" },
    },
  },
};

interface Operation {
  readonly operationId?: string;
  requestBody?: { content: Record<string, unknown>; required?: boolean };
}

export async function registerOpenApi(app: FastifyInstance): Promise<void> {
  const transform = createJsonSchemaTransform({});
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "PlateKit",
        version: "1",
        description:
          "Everything the pages do. Log in for a session cookie, or send an API key as `Authorization: Bearer <key>`. " +
          "With a session, whatever changes something also needs the header `X-PlateKit: 1`.",
      },
      components: {
        securitySchemes: {
          key: { type: "http", scheme: "bearer", description: "An API key" },
          session: { type: "apiKey", in: "cookie", name: "platekit", description: "Set by logging in" },
        },
      },
    },
    // Files of the pages are no part of the API.
    transform: (document) =>
      ["/*", "/api/docs/:file"].includes(document.url)
        ? { schema: { hide: true }, url: document.url }
        : (transform as unknown as (given: typeof document) => { schema: object; url: string })(document),
    transformObject: (document) => {
      if (!("openapiObject" in document)) throw new RangeError("no OpenAPI 3 document");
      const { openapiObject } = document;
      for (const path of Object.values(openapiObject.paths ?? {})) {
        for (const operation of Object.values(path ?? {}) as Operation[]) {
          const form = FORMS[operation.operationId ?? ""];
          if (form === undefined) continue;
          operation.requestBody = {
            required: true,
            ...operation.requestBody,
            content: { ...operation.requestBody?.content, "multipart/form-data": { schema: form } },
          };
        }
      }
      return openapiObject;
    },
  });
}
