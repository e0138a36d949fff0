/** The page that shows the OpenAPI document: Swagger UI's own files, started by a script of ours instead of an inline one. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Handler } from "./handler.ts";
import { notFound } from "./problem.ts";
import type { systemRoutes } from "./routes/system.ts";

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>PlateKit API</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
`;

/** Requests of the page carry the header that changing something needs. */
const START = `window.ui = SwaggerUIBundle({
  url: "/api/v1/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  requestInterceptor: (request) => {
    request.headers["X-PlateKit"] = "1";
    return request;
  },
});
`;

const FILES: Readonly<Record<string, string>> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
};

export const docsPage: Handler<typeof systemRoutes.docsPage> = async () => ({
  type: "text/html; charset=utf-8",
  headers: { "cache-control": "no-cache" },
  body: PAGE,
});

export const docsFile: Handler<typeof systemRoutes.docsFile> = async (_context, { params }) => {
  const headers = { "cache-control": "public, max-age=3600" };
  if (params.file === "start.js") return { type: "text/javascript; charset=utf-8", headers, body: START };
  const type = FILES[params.file];
  if (type === undefined) throw notFound("file");
  const folder = join(dirname(createRequire(import.meta.url).resolve("@fastify/swagger-ui/package.json")), "static");
  return { type, headers, body: await readFile(join(folder, params.file)) };
};
