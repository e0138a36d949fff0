import assert from "node:assert/strict";
import { test } from "node:test";
import { parseWords } from "../../src/cli/command.ts";
import { TRAIN_OPTIONS, trainSettings } from "../../src/cli/train-settings.ts";

const wrong = [
  { words: [], message: /train takes the word characters and one folder/ },
  { words: ["characters"], message: /platekit train characters DIR/ },
  { words: ["plates", "dir"], message: /Found "plates dir"/ },
  { words: ["characters", "a", "b"], message: /one folder/ },
  { words: ["characters", "a", "--out", "model.pt"], message: /--out must name an \.onnx file, found "model\.pt"/ },
  { words: ["characters", "a", "--out", ".onnx"], message: /--out must name/ },
  { words: ["characters", "a", "--preset", "big"], message: /--preset must be one of small, tutorial/ },
  { words: ["characters", "a", "--epochs", "0"], message: /--epochs must be a whole number from 1/ },
  { words: ["characters", "a", "--epochs", "1.5"], message: /--epochs must be a whole number/ },
  { words: ["characters", "a", "--batch", "NaN"], message: /--batch must be a whole number/ },
  { words: ["characters", "a", "--learning-rate", "-1"], message: /--learning-rate must be a number from/ },
  { words: ["characters", "a", "--learning-rate", "0"], message: /--learning-rate must be a number from/ },
  { words: ["characters", "a", "--shift", "1.1"], message: /--shift must be a number from 0 to 1/ },
  { words: ["characters", "a", "--stop-at", "99"], message: /--stop-at must be a number from 0 to 1/ },
  { words: ["characters", "a", "--seed", "-3"], message: /--seed must be a whole number/ },
];
for (const { words, message } of wrong) {
  test(`wrong usage: ${words.join(" ") || "nothing"}`, () => {
    assert.throws(
      () => {
        const parsed = parseWords(words, TRAIN_OPTIONS);
        trainSettings(parsed.words, parsed.options);
      },
      { code: "OPTION_INVALID", message },
    );
  });
}

test("a preset brings its own training, and options override it", () => {
  const plain = trainSettings(["characters", "dir"], {});
  assert.deepEqual([plain.preset, plain.out, plain.fit.seed, plain.resume], ["small", "model.onnx", 1, false]);
  const tutorial = trainSettings(["characters", "dir"], { preset: "tutorial", batch: 4 });
  assert.deepEqual(tutorial.fit, {
    epochs: 80,
    batchSize: 4,
    learningRate: 1e-4,
    schedule: "constant",
    shift: 0.1,
    stopAt: 0.992,
    seed: 1,
  });
});
