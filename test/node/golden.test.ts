import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { PixelTensor } from "../../src/core/model.ts";
import { loadModel } from "../../src/node/load-model.ts";

interface Stored {
  readonly shape: readonly number[];
  readonly data: string;
}

interface Golden {
  readonly input: Stored;
  readonly outputs: Readonly<Record<string, Stored>>;
}

const folder = new URL("../../models/", import.meta.url);

const nets = [
  { name: "detector", task: "detector" },
  { name: "recognizer", task: "recognizer" },
  { name: "merged", task: "recognizer" },
] as const;

for (const { name, task } of nets) {
  test(`the shipped ${name} answers its golden input to within 1e-3`, async () => {
    const golden = JSON.parse(await readFile(new URL(`${name}.golden.json`, folder), "utf8")) as Golden;
    const model = await loadModel<"detector" | "recognizer">(folder.pathname, task, name);
    try {
      const [batch, height, width] = golden.input.shape;
      const input: PixelTensor = {
        data: new Uint8Array(Buffer.from(golden.input.data, "base64")),
        shape: [batch!, height!, width!, 3],
      };
      const outputs = await model.run(input);
      for (const [output, expected] of Object.entries(golden.outputs)) {
        const bytes = new Uint8Array(Buffer.from(expected.data, "base64"));
        const values = new Float32Array(bytes.buffer);
        const actual = outputs[output];
        assert.deepEqual(actual?.shape, expected.shape, output);
        values.forEach((value, index) => {
          const difference = Math.abs(value - actual!.data[index]!);
          // Large logits differ by float rounding alone: relative above 1, absolute below.
          assert.ok(difference <= 1e-3 * Math.max(1, Math.abs(value)), `${output}[${index}] is off by ${difference}`);
        });
      }
    } finally {
      await model.close();
    }
  });
}
