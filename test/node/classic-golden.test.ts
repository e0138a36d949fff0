import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { bestCharacter } from "../../src/classic/character-model.ts";
import { defaultCharactersPath, loadCharacterModel } from "../../src/node/classic-characters.ts";
import { DEFAULT_MODELS_FOLDER } from "../../src/node/models-folder.ts";

test("the shipped character net answers its golden input to within 1e-3", async () => {
  const { input, outputs } = JSON.parse(await readFile(join(DEFAULT_MODELS_FOLDER, "characters.golden.json"), "utf8"));
  const model = await loadCharacterModel(defaultCharactersPath());
  try {
    const [count, height, width, channels] = input.shape;
    const { resize, alphabet } = model.card;
    assert.deepEqual([height, width, channels], [resize.height, resize.width, 1]);
    const actual = await model.run(new Uint8Array(Buffer.from(input.data, "base64")), count);
    const bytes = new Uint8Array(Buffer.from(outputs.probabilities.data, "base64"));
    const expected = new Float32Array(bytes.buffer);
    assert.equal(actual.length, count * alphabet.length);
    const worst = Math.max(...expected.map((value, index) => Math.abs(value - actual[index]!)));
    assert.ok(worst < 1e-3, `off by ${worst}`);
    // A bar and a ring, which any net of characters knows; one that knows what is none takes them as drawn for that.
    const best = (row: number) => {
      const of = actual.slice(row * alphabet.length, (row + 1) * alphabet.length);
      return bestCharacter(of, alphabet).text;
    };
    assert.match(best(0), /[1I]/);
    assert.match(best(1), /[0OQDC]/);
  } finally {
    await model.close();
  }
});
