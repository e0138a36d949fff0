import assert from "node:assert/strict";
import { test } from "node:test";
import { formatsOf } from "../../src/core/formats.ts";
import { type Box, boxOfQuad } from "../../src/core/geometry.ts";
import { crop, greyscale, type Image } from "../../src/core/image.ts";
import { insetQuad } from "../../src/core/rectify.ts";
import { mixSeed } from "../../src/core/seed.ts";
import { formatPicker } from "../../src/synth/region-mix.ts";
import { MERGED_SIZE, renderMerged } from "../../src/synth/render-merged.ts";

const german = formatPicker(formatsOf(["de"]));
const pictures = Array.from({ length: 24 }, (_, i) => renderMerged(german, mixSeed(5, i), 0));

test("a merged picture is of the recognizer's size and holds one plate", () => {
  for (const { image, kind, plates } of pictures) {
    assert.deepEqual([image.width, image.height, image.data.length], [160, 64, 160 * 64 * 3]);
    assert.equal(kind, "crop");
    assert.equal(plates.length, 1);
    assert.equal(plates[0]!.region, "de");
  }
});

test("the same seed merges the same bytes, whatever was drawn before, another seed others", () => {
  const again = renderMerged(german, mixSeed(5, 3), 0);
  assert.deepEqual(again, pictures[3]);
  assert.notDeepEqual(pictures[4]!.image.data, again.image.data);
});

test("plates lie in their pictures as a detector would have cut them: near the inset, not quite on it", () => {
  const { width, height } = MERGED_SIZE;
  const [[left, top]] = insetQuad(MERGED_SIZE);
  const offsets = pictures.flatMap(({ plates }) => {
    const [x, y] = plates[0]!.corners[0];
    return [Math.abs(x - left) / width, Math.abs(y - top) / height];
  });
  assert.ok(Math.max(...offsets) < 0.4);
  assert.ok(offsets.filter((offset) => offset > 0.01).length > offsets.length / 3);
});

/** Mean luminance, 0..255. */
function lightOf(image: Image, box: Box): number {
  const greys = greyscale(crop(image, box));
  return greys.reduce((sum, grey) => sum + grey, 0) / greys.length;
}

test("characters are where the labels say: their boxes are darker than the ground between them", () => {
  let darker = 0;
  let pairs = 0;
  for (const { image, plates } of pictures) {
    const { legible, lines, characters } = plates[0]!;
    if (legible !== "full" || lines === 2) continue;
    const boxes = characters.map(({ quad }) => boxOfQuad(quad));
    for (const [i, [x, y, width, height]] of boxes.slice(0, -1).entries()) {
      const end = x + width;
      const gap = boxes[i + 1]![0] - end;
      if (gap < 2) continue;
      pairs++;
      darker += Number(lightOf(image, [x, y, width, height]) < lightOf(image, [end, y, gap, height]));
    }
  }
  assert.ok(pairs > 40, `${pairs} pairs`);
  assert.ok(darker > 0.75 * pairs, `${darker} of ${pairs}`);
});
