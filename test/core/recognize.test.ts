import assert from "node:assert/strict";
import { test } from "node:test";
import { PlateKitError } from "../../src/core/errors.ts";
import type { Image } from "../../src/core/image.ts";
import type { Model, PixelTensor, RecognizerCard, Tensor } from "../../src/core/model.ts";
import { recognizePlates } from "../../src/core/recognize.ts";

const card: RecognizerCard = {
  schema: 1,
  task: "recognizer",
  name: "toy",
  version: "0",
  sha256: "",
  input: { name: "image", type: "uint8", layout: "NHWC", colour: "RGB", normalisation: "" },
  training: { data: [], seed: 0, commit: "" },
  figures: {},
  resize: { rule: "stretch", width: 2, height: 1, margin: 0 },
  outputs: ["characters", "region", "lines", "legibility"],
  slots: 2,
  alphabet: ["A", "B"],
  regions: ["de", "fr"],
  calibration: { temperature: 2, weights: [], bias: 0 },
};

/** A recognizer whose first logit of every output is the first pixel of the crop. */
function toy(
  change: (outputs: Record<string, Tensor>) => void = () => {},
): Model<RecognizerCard> & { inputs: PixelTensor[] } {
  const inputs: PixelTensor[] = [];
  return {
    card,
    inputs,
    async run(input) {
      inputs.push(input);
      const [count, height, width] = input.shape;
      const tensor = (...shape: number[]): Tensor => {
        const size = shape.reduce((product, side) => product * side, 1);
        const data = new Float32Array(count * size);
        for (let i = 0; i < count; i++) data[i * size] = input.data[i * height * width * 3]!;
        return { data, shape: [count, ...shape] };
      };
      const outputs = { characters: tensor(2, 3), region: tensor(2), lines: tensor(2), legibility: tensor(3) };
      change(outputs);
      return outputs;
    },
  };
}

function crop(first: number): Image {
  return { width: 2, height: 1, data: Uint8Array.of(first, 0, 0, 0, 0, 0) };
}

test("recognizePlates: no crops, no run", async () => {
  const recognizer = toy();
  assert.deepEqual(await recognizePlates([], recognizer), []);
  assert.equal(recognizer.inputs.length, 0);
});

test("recognizePlates: nine crops run as eight and one, in order", async () => {
  const recognizer = toy();
  const posteriors = await recognizePlates(
    Array.from({ length: 9 }, (_, index) => crop(index)),
    recognizer,
  );
  assert.deepEqual(
    recognizer.inputs.map(({ shape }) => shape),
    [
      [8, 1, 2, 3],
      [1, 1, 2, 3],
    ],
  );
  posteriors.forEach(({ regionProbabilities }, index) => {
    assert.ok(Math.abs(regionProbabilities[0]! - 1 / (1 + Math.exp(-index))) < 1e-6, `crop ${index}`);
  });
});

test("recognizePlates: slots are softened by the temperature and every head sums to 1", async () => {
  const [posteriors] = await recognizePlates([crop(200)], toy());
  assert.ok(Math.abs(posteriors!.characters[0]! - 0) < 1e-6 && Math.abs(posteriors!.characters[1]! + 100) < 1e-3);
  assert.ok(Math.abs(Math.exp(posteriors!.characters[3]!) - 1 / 3) < 1e-6);
  const { full, partial, none } = posteriors!.legibility;
  assert.ok(Math.abs(full + partial + none - 1) < 1e-6);
  assert.ok(Math.abs(posteriors!.lines[0] + posteriors!.lines[1] - 1) < 1e-6);
});

const failures: { name: string; code: string; change: (outputs: Record<string, Tensor>) => void }[] = [
  { name: "an output is missing", code: "MODEL_MISMATCH", change: (outputs) => delete outputs.lines },
  {
    name: "a shape is not the card's",
    code: "MODEL_MISMATCH",
    change: (outputs) => (outputs.region = { data: new Float32Array(3), shape: [1, 3] }),
  },
  {
    name: "the data is shorter than its shape",
    code: "MODEL_MISMATCH",
    change: (outputs) => (outputs.region = { data: new Float32Array(1), shape: [1, 2] }),
  },
  {
    name: "the values are no numbers",
    code: "MODEL_FAILED",
    change: (outputs) => outputs.characters!.data.fill(Number.NaN),
  },
  {
    name: "the run fails",
    code: "MODEL_FAILED",
    change: () => {
      throw new Error("out of memory");
    },
  },
  {
    name: "the reader was closed meanwhile",
    code: "READER_CLOSED",
    change: () => {
      throw new PlateKitError("READER_CLOSED", "closed");
    },
  },
];
for (const { name, code, change } of failures) {
  test(`recognizePlates: throws ${code} when ${name}`, async () => {
    await assert.rejects(
      recognizePlates([crop(1)], toy(change)),
      (error) => error instanceof PlateKitError && error.code === code,
    );
  });
}

test("recognizePlates: a crop of another size is a bug of the caller", async () => {
  await assert.rejects(recognizePlates([{ width: 1, height: 1, data: new Uint8Array(3) }], toy()), RangeError);
});
