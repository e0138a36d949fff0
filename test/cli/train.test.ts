import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import * as ort from "onnxruntime-node";
import { readCharacterFolders } from "../../src/cli/train-data.ts";
import { runTraining, type TrainingPlan } from "../../src/cli/train-run.ts";
import { createTrainingRuntime } from "../../src/cli/train-runtime.ts";
import { trainSettings } from "../../src/cli/train-settings.ts";
import { NETWORKS } from "../../src/train/presets.ts";
import type { TrainingRuntime } from "../../src/train/runtime.ts";
import { runInProcess } from "./run-program.ts";
import { drawBar, drawBars, put, temporaryFolder } from "./train-fixtures.ts";

const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

test("train characters writes network, card, history, charts and report, and the network reads", async (t) => {
  const folder = await temporaryFolder(t);
  await drawBars(join(folder, "bars"));
  const out = join(folder, "out");
  const { code, stdout, stderr } = await runInProcess([
    ...[
      "train",
      "characters",
      join(folder, "bars"),
      "--epochs",
      "3",
      "--stop-at",
      "0.9",
      "--out",
      join(out, "net.onnx"),
    ],
    ...["--report", join(out, "page.html"), "--history", join(out, "h.csv"), "--tensorboard", join(out, "events")],
  ]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^24 pictures of 2 classes to train on, 8 to check; network "small"/);
  assert.match(stderr, /epoch 1\/3 {2}loss \d/);
  assert.match(stdout, /^Accuracy [01]\.\d{4} \(\d of 8\), micro-F1 .*\nWritten: /s);
  assert.deepEqual((await readdir(out)).sort(), [
    ...["confusion.svg", "curves.svg", "events", "h.csv", "history.json", "mistakes.png", "net.checkpoint"],
    ...["net.json", "net.onnx", "page.html"],
  ]);

  const onnx = await readFile(join(out, "net.onnx"));
  const card = JSON.parse(await readFile(join(out, "net.json"), "utf8"));
  assert.deepEqual([card.sha256, card.task, card.alphabet], [hash(onnx), "characters", ["-", "I"]]);
  const session = await ort.InferenceSession.create(onnx);
  const image = new ort.Tensor("uint8", new Uint8Array(28 * 28), [1, 28, 28, 1]);
  const { probabilities } = await session.run({ image });
  await session.release();
  const [first, second] = probabilities!.data as Float32Array;
  assert.ok(Math.abs(first! + second! - 1) < 1e-5);
  const history = JSON.parse(await readFile(join(out, "history.json"), "utf8"));
  assert.equal((await readFile(join(out, "h.csv"), "utf8")).trim().split("\n").length, history.length + 1);
  const [events] = await readdir(join(out, "events"));
  assert.match(events!, /^events\.out\.tfevents\./);
});

test("Ctrl-C writes a checkpoint and exits 130; --resume ends where an uninterrupted training does", async (t) => {
  const folder = await temporaryFolder(t);
  await drawBars(join(folder, "bars"), { hopeless: true });
  const words = (out: string) => [
    ...["train", "characters", join(folder, "bars"), "--epochs", "6", "--batch", "4", "--seed", "5"],
    ...["--out", join(folder, out, "net.onnx")],
  ];
  const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
  const child = spawn(process.execPath, [main, ...words("stopped")], { timeout: 60_000 });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    // The first epoch is told of before it is over for good: the signal meets the second.
    if (!stderr.includes("epoch 1/6") && (stderr + text).includes("epoch 1/6")) child.kill("SIGINT");
    stderr += text;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  assert.equal(code, 130, stderr);
  assert.match(stderr, /Stopped after \d whole epochs; .*net\.checkpoint is written\. Add --resume to go on\./);
  assert.deepEqual(await readdir(join(folder, "stopped")), ["net.checkpoint"]);

  const other = await runInProcess([...words("stopped"), "--resume", "--batch", "5"]);
  assert.equal(other.code, 1);
  assert.match(other.stderr, /net\.checkpoint: was trained with batch 4, this is batch 5/);

  const resumed = await runInProcess([...words("stopped"), "--resume"]);
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.match(resumed.stderr, /Going on after epoch [1-5]\./);
  const whole = await runInProcess(words("whole"));
  assert.equal(whole.code, 0, whole.stderr);
  const networks = ["stopped", "whole"].map(async (out) => hash(await readFile(join(folder, out, "net.onnx"))));
  assert.equal(...((await Promise.all(networks)) as [string, string]));
});

/** A runtime whose training steps give NaN as loss from step `from` on. */
function breakingRuntime(from: number): TrainingRuntime {
  const inner = createTrainingRuntime(1);
  let steps = 0;
  return {
    async load(onnx) {
      const session = await inner.load(onnx);
      return {
        ...session,
        async run(feeds) {
          const outputs = await session.run(feeds);
          const isBroken = outputs.loss !== undefined && ++steps >= from;
          return isBroken ? { ...outputs, loss: { data: Float32Array.of(Number.NaN), shape: [] } } : outputs;
        },
      };
    },
  };
}

async function barsPlan(folder: string): Promise<TrainingPlan> {
  await drawBars(join(folder, "bars"), { hopeless: true });
  const settings = trainSettings(["characters", join(folder, "bars")], {
    out: join(folder, "net.onnx"),
    epochs: 5,
    batch: 8,
  });
  const { createNetwork, ...form } = NETWORKS.small;
  return { settings, network: createNetwork(2), data: await readCharacterFolders(settings.folder, form) };
}

test("a training that breaks down in its first epoch says at which step and writes no network", async (t) => {
  const folder = await temporaryFolder(t);
  await assert.rejects(
    runTraining(await barsPlan(folder), undefined, breakingRuntime(2), { stderr: new PassThrough() }),
    {
      code: "TRAINING_FAILED",
      message: /loss became NaN at step 2 \(epoch 1\); lower the learning rate\. No epoch was finished/,
    },
  );
  assert.deepEqual(await readdir(folder), ["bars"]);
});

test("a training that breaks down later keeps the best network so far", async (t) => {
  const folder = await temporaryFolder(t);
  const plan = await barsPlan(folder);
  const stderr = new PassThrough();
  // Three steps an epoch: the eighth is the second of epoch 3.
  await assert.rejects(runTraining(plan, undefined, breakingRuntime(8), { stderr }), {
    code: "TRAINING_FAILED",
    message: /loss became NaN at step 8 \(epoch 3\).* The network of epoch [12] is kept in .*net\.onnx\.$/,
  });
  const files = await readdir(folder);
  for (const file of ["net.onnx", "net.json", "net.checkpoint", "history.json"]) assert.ok(files.includes(file), file);
  assert.equal(JSON.parse(await readFile(join(folder, "history.json"), "utf8")).length, 2);
});

test("pictures that can't be read are named, the rest is trained on, and the exit code says so", async (t) => {
  const folder = await temporaryFolder(t);
  await drawBars(join(folder, "bars"));
  await put(join(folder, "bars", "train", "-", "cut.png"), (await drawBar("-", 1)).subarray(0, 70));
  const { code, stderr } = await runInProcess([
    ...["train", "characters", join(folder, "bars"), "--epochs", "1", "--out", join(folder, "net.onnx")],
  ]);
  assert.equal(code, 1);
  assert.match(stderr, /^left out: .*cut\.png: damaged or cut off/);
  assert.match(stderr, /24 pictures of 2 classes/);
});

test("outputs that can't be written are refused before training", async (t) => {
  const folder = await temporaryFolder(t);
  await drawBars(join(folder, "bars"), { train: 1, val: 1 });
  await put(join(folder, "file"), "");
  for (const words of [
    ["--out", join(folder, "file", "net.onnx")],
    ["--out", join(folder, "net.onnx"), "--report", folder],
  ]) {
    const { code, stderr } = await runInProcess(["train", "characters", join(folder, "bars"), ...words]);
    assert.equal(code, 1);
    assert.match(stderr, /^platekit train: .*(can't be written|is a folder)/);
  }
});
