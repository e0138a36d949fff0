/** The built pages: files as they are, and the start page for every address that the pages themselves know. */
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Handler, MediaReply } from "./handler.ts";
import { notFound } from "./problem.ts";
import type { systemRoutes } from "./routes/system.ts";

/** Where Vite puts them: `dist/ui`, seen from src/server and from dist/server. */
export const DEFAULT_PAGES_FOLDER: string = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../../dist/ui" : "../ui", import.meta.url),
);

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".onnx": "application/octet-stream",
  ".txt": "text/plain; charset=utf-8",
};

/** Their answers are never a page. */
const NOT_PAGES = /^\/(api|v1|metrics|healthz|readyz|assets)(\/|$)/;

const ABSENT = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>PlateKit</title></head>
<body>
<h1>PlateKit runs</h1>
<p>Its pages are not built. In a checkout, run <code>npm run build</code>, then load this page again.</p>
<p>The API answers all the same: <a href="/api/docs">its documentation</a>.</p>
</body>
</html>
`;

export const pageFile: Handler<typeof systemRoutes.pageFile> = async ({ pagesFolder }, { params, request }) => {
  const path = params["*"];
  if (/[\p{Cc}\\]/u.test(path)) throw notFound("address");
  const file = await knownFile(pagesFolder, path);
  const isGzipTaken = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(String(request.headers["accept-encoding"] ?? ""));
  if (file !== null && path !== "" && path !== "index.html") {
    const isNamedByContent = path.startsWith("assets/");
    return sent(file, isNamedByContent ? "public, max-age=31536000, immutable" : "no-cache", isGzipTaken);
  }
  const isPage = !NOT_PAGES.test(`/${path}`) && extname(path) === "" && wantsPage(request.headers.accept);
  if (!isPage && path !== "" && path !== "index.html") throw notFound("address");
  const start = await knownFile(pagesFolder, "index.html");
  if (start !== null) return sent(start, "no-cache", isGzipTaken);
  return { type: "text/html; charset=utf-8", status: 503, headers: { "cache-control": "no-store" }, body: ABSENT };
};

function wantsPage(accept: string | undefined): boolean {
  return accept === undefined || /text\/html|\*\/\*/.test(accept);
}

interface PageFile {
  readonly path: string;
  readonly size: number;
  readonly modifiedMs: number;
}

/** Null for what is not there, is no file, or would lie outside. */
async function knownFile(folder: string, path: string): Promise<PageFile | null> {
  const full = normalize(join(folder, path));
  if (!full.startsWith(folder + sep)) return null;
  try {
    const stats = await stat(full);
    return stats.isFile() ? { path: full, size: stats.size, modifiedMs: stats.mtimeMs } : null;
  } catch {
    return null; // also names that are too long, or that go through a file
  }
}

/** What shrinks, and is large enough to. Small files would only wait for a thread. */
const SHRINKING = /^\.(html|js|css|json|webmanifest|svg|txt)$/;
const SHRINK_FROM_BYTES = 1024;
/** Larger ones are sent as they are, rather than kept in memory. */
const SHRINK_TO_BYTES = 8 * 1024 * 1024;

const compress = promisify(gzip);
/** Files as gzip, by path with size and time: each is compressed once, when it is first asked for. */
const compressed = new Map<string, Promise<Buffer>>();
const MAX_COMPRESSED = 500;

async function sent(
  { path, size, modifiedMs }: PageFile,
  cacheControl: string,
  isGzipTaken: boolean,
): Promise<MediaReply> {
  const version = `${size.toString(36)}-${Math.floor(modifiedMs).toString(36)}`;
  const type = TYPES[extname(path)] ?? "application/octet-stream";
  const isShrinking = SHRINKING.test(extname(path)) && size >= SHRINK_FROM_BYTES && size <= SHRINK_TO_BYTES;
  const headers = { "cache-control": cacheControl, ...(isShrinking ? { vary: "Accept-Encoding" } : {}) };
  if (!isShrinking || !isGzipTaken) {
    return {
      type,
      headers: { ...headers, "content-length": String(size), etag: `"${version}"` },
      body: createReadStream(path),
    };
  }
  const body = await gzipOf(path, version);
  return {
    type,
    headers: {
      ...headers,
      "content-encoding": "gzip",
      "content-length": String(body.byteLength),
      etag: `"${version}-gz"`,
    },
    body,
  };
}

function gzipOf(path: string, version: string): Promise<Buffer> {
  const key = `${path} ${version}`;
  let body = compressed.get(key);
  if (body === undefined) {
    body = readFile(path).then((bytes) => compress(bytes, { level: 9 }));
    body.catch(() => compressed.delete(key)); // its caller is told
    // Files that were built anew: the oldest are of no use any more.
    if (compressed.size >= MAX_COMPRESSED) compressed.delete(compressed.keys().next().value!);
    compressed.set(key, body);
  }
  return body;
}
