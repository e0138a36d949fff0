import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import { build } from "vite";
import type { PlateRead } from "../../src/core/read.ts";
import { createReader } from "../../src/node/index.ts";

const CHROMIUM = "/usr/bin/chromium";
const ROOT = resolve(import.meta.dirname, "../..");
const RUNTIME = dirname(createRequire(import.meta.url).resolve("onnxruntime-web/wasm"));

/** What the page offers to the tests: the reader of src/web, and its parts, on onnxruntime-web. */
const PAGE_SCRIPT = `
import * as ort from "/runtime/ort.wasm.min.mjs";
import * as web from "/bundle.js";
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = location.origin + "/runtime/";
const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
const attempt = async (work) => {
  try {
    return { value: await work() };
  } catch (error) {
    return { code: error.code, message: error.message };
  }
};
window.platekit = {
  golden: async (task) => {
    const { input, outputs } = await (await fetch("/models/" + task + ".golden.json")).json();
    const model = await web.loadModel(ort, "/models", task);
    const found = await model.run({ data: bytesOf(input.data), shape: input.shape });
    await model.close();
    return Object.entries(outputs).map(([name, { data, shape }]) => {
      const expected = new Float32Array(bytesOf(data).buffer);
      return { name, shape, found: found[name].shape, worst: Math.max(...expected.map((v, i) => Math.abs(v - found[name].data[i]))) };
    });
  },
  read: (url, options = {}) => attempt(async () => {
    const reader = await web.createReader({ ort, models: "/models/", ...options });
    const plates = await reader.read(await (await fetch(url)).blob());
    await reader.close();
    return plates;
  }),
  readTransparent: () => attempt(async () => {
    const image = await web.decodeImage(new ImageData(new Uint8ClampedArray([0, 0, 0, 0, 10, 20, 30, 255]), 2, 1));
    return [...image.data];
  }),
  closed: () => attempt(async () => {
    const reader = await web.createReader({ ort, models: "/models/" });
    await reader.close();
    await reader.close();
    return reader.read(new ImageData(8, 8));
  }),
};
window.isReady = true;
`;

interface PageApi {
  golden(task: string): Promise<{ name: string; shape: number[]; found: number[]; worst: number }[]>;
  read(url: string, options?: object): Promise<{ value?: PlateRead[]; code?: string; message?: string }>;
  readTransparent(): Promise<{ value: number[] }>;
  closed(): Promise<{ code: string }>;
}

/** The address of what is served: the page, the bundle, the runtime, and the repository's models and examples. */
async function serve(bundle: string): Promise<Server> {
  const types: Readonly<Record<string, string>> = {
    js: "text/javascript",
    mjs: "text/javascript",
    wasm: "application/wasm",
  };
  const server = createServer(async (request, response) => {
    const path = request.url ?? "/";
    const file = path.startsWith("/runtime/") ? join(RUNTIME, path.slice(9)) : join(ROOT, path);
    const content =
      path === "/"
        ? '<!doctype html><script type="module" src="/page.js"></script>'
        : path === "/page.js"
          ? PAGE_SCRIPT
          : path === "/bundle.js"
            ? bundle
            : await readFile(file).catch(() => undefined);
    const type = path === "/" ? "text/html" : types[path.split(".").at(-1) ?? ""];
    response.writeHead(content === undefined ? 404 : 200, type === undefined ? {} : { "content-type": type });
    response.end(content);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return server;
}

async function bundleWeb(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "error",
    root: ROOT,
    build: { write: false, target: "es2023", lib: { entry: join(ROOT, "src/web/index.ts"), formats: ["es"] } },
  });
  const outputs = [built].flat().flatMap((result) => ("output" in result ? result.output : []));
  const [chunk] = outputs;
  assert.ok(chunk?.type === "chunk" && outputs.length === 1, "src/web bundles into one file");
  return chunk.code;
}

describe("platekit/web in a browser", { skip: existsSync(CHROMIUM) ? false : `${CHROMIUM} is not installed` }, () => {
  let server: Server;
  let browser: Browser;
  let page: Page;
  // The page's own functions by name: what is evaluated there is text to this program.
  const call = <Name extends keyof PageApi>(name: Name, ...args: Parameters<PageApi[Name]>) =>
    page.evaluate(
      ([method, given]) =>
        (globalThis as unknown as { platekit: Record<string, (...all: unknown[]) => unknown> }).platekit[method]!(
          ...given,
        ),
      [name, args] as const,
    ) as ReturnType<PageApi[Name]>;

  before(async () => {
    server = await serve(await bundleWeb());
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    });
    page = await browser.newPage();
    page.on("pageerror", (error) => console.error(error));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction("window.isReady === true");
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });

  for (const task of ["detector", "recognizer"]) {
    test(`the ${task} gives its golden outputs to 1e-3`, async () => {
      for (const { name, shape, found, worst } of await call("golden", task)) {
        assert.deepEqual(found, shape, name);
        assert.ok(worst < 1e-3, `${name} is off by ${worst}`);
      }
    });
  }

  test("reads what Node reads in the same picture", async () => {
    const { value: plates = [], message } = await call("read", "/examples/street.jpg");
    assert.equal(message, undefined);
    await using reader = await createReader();
    const expected = await reader.read(join(ROOT, "examples/street.jpg"));
    const sure = (reads: readonly PlateRead[]) =>
      reads
        .filter(({ confidence }) => confidence > 0.5)
        .map(({ text, region }) => `${region} ${text}`)
        .sort();
    assert.ok(sure(expected).length >= 3);
    assert.deepEqual(sure(plates), sure(expected));
  });

  test("transparent pixels are white", async () => {
    assert.deepEqual((await call("readTransparent")).value, [255, 255, 255, 10, 20, 30]);
  });

  const failures = [
    { name: "a file that is no picture", url: "/package.json", options: {}, code: "IMAGE_UNREADABLE" },
    {
      name: "more pixels than allowed",
      url: "/examples/street.jpg",
      options: { maxPixels: 1000 },
      code: "IMAGE_TOO_LARGE",
    },
    {
      name: "a folder without models",
      url: "/examples/street.jpg",
      options: { models: "/nowhere" },
      code: "MODEL_MISSING",
    },
    {
      name: "a region nobody registered",
      url: "/examples/street.jpg",
      options: { regions: ["zz"] },
      code: "OPTION_INVALID",
    },
  ];
  for (const { name, url, options, code } of failures) {
    test(`${name}: ${code}, with what to do`, async () => {
      const { code: found, message = "" } = await call("read", url, options);
      assert.equal(found, code, message);
      assert.ok(message.length > 40 && !message.includes("\n"), message);
    });
  }

  test("a closed reader says so", async () => {
    assert.equal((await call("closed")).code, "READER_CLOSED");
  });
});
