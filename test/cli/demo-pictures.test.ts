import assert from "node:assert/strict";
import { test } from "node:test";
import sharp from "sharp";
import { createDemoPictures } from "../../src/cli/demo-pictures.ts";
import { boxOfQuad } from "../../src/core/geometry.ts";
import { fillDemo } from "../../src/server/demo.ts";
import { openStore } from "../../src/store/open-store.ts";
import { temporaryFolder } from "../node/temporary-folder.ts";

const folder = await temporaryFolder();

test("a demo's vehicle has its plate where it is said to be, and the same seed draws the same", async () => {
  const { crop, whole } = (await createDemoPictures(1)("BAB123", "de", 0, true))!;
  const frame = await sharp(whole!.frame).metadata();
  assert.deepEqual([frame.format, frame.width, frame.height], ["jpeg", whole!.width, whole!.height]);
  const [x, y, width, height] = boxOfQuad(whole!.corners);
  assert.ok(x > 0 && y > 0 && x + width < whole!.width && y + height < whole!.height && width > 2 * height);
  const cut = await sharp(crop).metadata();
  assert.ok(cut.width! >= width && cut.width! < 2 * width && cut.height! >= height);
  const again = (await createDemoPictures(1)("BAB123", "de", 0, true))!;
  assert.deepEqual([again.crop, again.whole?.frame], [crop, whole!.frame]);
  const other = (await createDemoPictures(1)("BAB123", "de", 1, true))!;
  assert.notDeepEqual(other.whole?.frame, whole!.frame);
});

test("plates are drawn alone where no frame is asked for, whatever their text, and a region that is none has no picture", async () => {
  const draw = createDemoPictures(1);
  for (const plate of ["K1", "WX8YG30", "QQQQQQQQ", "8285WA"]) {
    const drawn = await draw(plate, null, 0, false);
    assert.equal(drawn?.whole, null);
    assert.equal((await sharp(drawn!.crop).metadata()).format, "jpeg");
  }
  assert.equal(await draw("AB123", "nowhere", 0, true), null);
});

test("the newest passages of a demo have pictures, and older ones none", async () => {
  const store = await openStore({ directory: folder.path("store") });
  try {
    let wholes = 0;
    const draw = createDemoPictures(1);
    const filled = await fillDemo(store, Date.now(), (plate, region, view, isWhole) => {
      if (isWhole) wholes++;
      return draw(plate, region, view, isWhole && wholes === 1);
    });
    assert.equal(filled, true);
    assert.ok(wholes >= 5);
    const { rows } = await store.passages.page({}, { limit: 200 });
    const framed = rows.filter(({ pictures }) => pictures.frame !== null);
    assert.equal(framed.length, 1);
    assert.ok(framed[0]!.best.box[2] > 20 && (await store.pictures.get(framed[0]!.pictures.frame!)) !== null);
    assert.ok(rows.slice(0, 20).every(({ pictures }) => pictures.crop !== null));
    assert.equal(rows.at(-1)?.pictures.crop, null);
  } finally {
    await store.close();
  }
});
