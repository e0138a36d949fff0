import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { basename, dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { chromium } from "playwright-core";
import { createTrainingRuntime } from "../../src/cli/train-runtime.ts";
import { drawMasks } from "../../src/train/batches.ts";
import {
  adamRate,
  conv2d,
  dense,
  dropout,
  encodeOnnx,
  flatten,
  initialWeights,
  maxPool2d,
  relu,
  sequential,
  softmax,
  trainingGraph,
} from "../../src/train/index.ts";
import { createRandom } from "../../src/train/random.ts";
import type { Feed } from "../../src/train/runtime.ts";

/** Debian's, the one browser the tests rely on. */
const CHROMIUM = "/usr/bin/chromium";
const STEPS = 4;
const BATCH = 8;

/** Every kind of layer that the presets are made of. */
const network = sequential(
  [1, 12, 12],
  [
    conv2d(6, 5),
    relu(),
    maxPool2d(2),
    conv2d(8, 3),
    relu(),
    maxPool2d(2),
    flatten(),
    dropout(0.25),
    dense(5),
    softmax(),
  ],
);

/** What all steps share, and what comes back of each: plain numbers, the same for both runtimes. */
function plan() {
  const random = createRandom(7);
  const { onnx, masks } = trainingGraph(network);
  const count = network.parameterCount;
  const steps = Array.from(
    { length: STEPS },
    (_, step): Record<string, Feed> => ({
      images: { data: Float32Array.from({ length: BATCH * 144 }, () => random()), shape: [BATCH, 1, 12, 12] },
      labels: { data: Int32Array.from({ length: BATCH }, (_, i) => (i + step) % 5), shape: [BATCH] },
      rate: { data: Float32Array.of(adamRate(0.01, step + 1)), shape: [1] },
      ...drawMasks(masks, BATCH, random),
    }),
  );
  const state = {
    weights: initialWeights(network, 3),
    moment1: new Float32Array(count),
    moment2: new Float32Array(count),
  };
  return { model: encodeOnnx(onnx), steps, state };
}

/** Runs in the page: the same loop as in Node, on onnxruntime-web. */
const PAGE_SCRIPT = `
import * as ort from "./ort.wasm.min.mjs";
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = location.origin + "/";
const { model, steps, state } = await (await fetch("./plan.json")).json();
const session = await ort.InferenceSession.create(Uint8Array.from(model));
const tensor = ({ type, data, shape }) =>
  new ort.Tensor(type, type === "int32" ? Int32Array.from(data) : Float32Array.from(data), shape);
let current = state;
const losses = [];
for (const step of steps) {
  const feeds = Object.fromEntries(Object.entries({ ...step, ...current }).map(([name, feed]) => [name, tensor(feed)]));
  const out = await session.run(feeds);
  losses.push(out.loss.data[0]);
  current = Object.fromEntries(Object.keys(state).map((name) => [
    name, { type: "float32", data: out[name + ".next"].data, shape: out[name + ".next"].dims },
  ]));
}
window.trained = { losses, weights: Array.from(current.weights.data) };
`;

const plain = (feed: Feed) => ({
  type: feed.data instanceof Int32Array ? "int32" : "float32",
  data: Array.from(feed.data),
  shape: feed.shape,
});

describe("a training step in the browser", () => {
  const skip = existsSync(CHROMIUM) ? false : `SKIPPED: no browser at ${CHROMIUM}; install Debian's chromium`;
  let server: Server;
  before(async () => {
    const dist = dirname(createRequire(import.meta.url).resolve("onnxruntime-web"));
    const { model, steps, state } = plan();
    const flat = (data: Float32Array) => plain({ data, shape: [data.length] });
    const planJson = JSON.stringify({
      model: Array.from(model),
      steps: steps.map((step) => Object.fromEntries(Object.entries(step).map(([name, feed]) => [name, plain(feed)]))),
      state: Object.fromEntries(Object.entries(state).map(([name, data]) => [name, flat(data)])),
    });
    const pages: Record<string, readonly [type: string, body: string]> = {
      "/": ["text/html", '<!doctype html><title>train</title><script type="module" src="./train.mjs"></script>'],
      "/train.mjs": ["text/javascript", PAGE_SCRIPT],
      "/plan.json": ["application/json", planJson],
    };
    server = createServer(async (request, response) => {
      const path = new URL(request.url ?? "/", "http://localhost").pathname;
      const page = pages[path];
      if (page !== undefined) return void response.setHeader("content-type", page[0]).end(page[1]);
      const file = await readFile(join(dist, basename(path))).catch(() => null);
      if (file === null) return void response.writeHead(404).end();
      response.setHeader("content-type", path.endsWith(".wasm") ? "application/wasm" : "text/javascript").end(file);
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  });
  after(() => server.close());

  test("trains in onnxruntime-web as it does in Node, step by step", { skip }, async () => {
    const { model, steps, state } = plan();
    const session = await createTrainingRuntime(1).load(model);
    let current: Record<string, Feed> = Object.fromEntries(
      Object.entries(state).map(([name, data]) => [name, { data, shape: [data.length] }]),
    );
    const losses: number[] = [];
    for (const step of steps) {
      const out = await session.run({ ...step, ...current });
      losses.push((out.loss!.data as Float32Array)[0]!);
      current = Object.fromEntries(
        Object.keys(state).map((name) => {
          const { data, shape } = out[`${name}.next`]!; // the graph names its outputs so
          return [name, { data: data as Float32Array, shape }];
        }),
      );
    }
    await session.close();

    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    try {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(error.message));
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.waitForFunction("window.trained", undefined, { timeout: 20_000 }).catch((cause: unknown) => {
        throw new Error(`the page never finished: ${problems.join("; ")}`, { cause });
      });
      const trained = (await page.evaluate("window.trained")) as { losses: number[]; weights: number[] };
      for (const [step, loss] of losses.entries()) {
        assert.ok(Math.abs(trained.losses[step]! - loss) < 1e-3, `step ${step}: ${trained.losses[step]} and ${loss}`);
      }
      const weights = current.weights!.data;
      const worst = Math.max(...trained.weights.map((weight, i) => Math.abs(weight - weights[i]!)));
      assert.ok(worst < 1e-3, `weights differ by ${worst}`);
      // What they agree on is a training: the weights moved.
      assert.ok(Math.max(...trained.weights.map((weight, i) => Math.abs(weight - state.weights[i]!))) > 0.01);
    } finally {
      await browser.close();
    }
  });
});
