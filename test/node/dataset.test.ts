import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { PlateKitError } from "../../src/core/errors.ts";
import { parseLabel, readDataset } from "../../src/node/dataset.ts";

const plate = { box: [1, 2, 30, 10], corners: null, text: "AB123", region: "de", lines: 1, legible: "full" };
const label = { image: "a.webp", width: 64, height: 48, kind: "scene", plates: [plate] };

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "platekit-dataset-"));
});
after(() => rm(folder, { recursive: true, force: true }));

/** Writes a set: its labels, and an empty file for each picture named in `pictures`. */
async function writeSet(path: string, lines: readonly string[], pictures: readonly string[]): Promise<void> {
  await mkdir(join(folder, path), { recursive: true });
  await writeFile(join(folder, path, "labels.jsonl"), lines.join("\n"));
  for (const picture of pictures) await writeFile(join(folder, path, picture), "");
}

const broken: { name: string; line: string; message: RegExp }[] = [
  { name: "half a line", line: '{"image":', message: /^s:7: not JSON/ },
  { name: "a list", line: "[]", message: /^s:7: the line must be an object, found \[\]\.$/ },
  {
    name: "no image",
    line: JSON.stringify({ ...label, image: undefined }),
    message: /^s:7: image must be a file name, found nothing/,
  },
  {
    name: "an image outside the set",
    line: JSON.stringify({ ...label, image: "../../etc/passwd" }),
    message: /image must be a path inside/,
  },
  {
    name: "an absolute image",
    line: JSON.stringify({ ...label, image: "/a.webp" }),
    message: /image must be a path inside/,
  },
  {
    name: "an unknown kind",
    line: JSON.stringify({ ...label, kind: "video" }),
    message: /kind must be .*found "video"/,
  },
  { name: "a size of 0", line: JSON.stringify({ ...label, width: 0 }), message: /width must be .*found 0/ },
  {
    name: "a height as text",
    line: JSON.stringify({ ...label, height: "48" }),
    message: /height must be .*found "48"/,
  },
  { name: "no plates", line: JSON.stringify({ ...label, plates: null }), message: /plates must be a list, found null/ },
  {
    name: "a plate in a negative",
    line: JSON.stringify({ ...label, kind: "negative" }),
    message: /plates must be empty/,
  },
  {
    name: "two plates in a crop",
    line: JSON.stringify({ ...label, kind: "crop", plates: [plate, plate] }),
    message: /one plate at most/,
  },
  {
    name: "a plate that is a number",
    line: JSON.stringify({ ...label, plates: [3] }),
    message: /plates\[0\] must be an object, found 3/,
  },
  {
    name: "a box of three",
    line: JSON.stringify({ ...label, plates: [plate, { ...plate, box: [1, 2, 3] }] }),
    message: /plates\[1\]\.box must be/,
  },
  {
    name: "a flat box",
    line: JSON.stringify({ ...label, plates: [{ ...plate, box: [1, 2, 3, 0] }] }),
    message: /plates\[0\]\.box must be/,
  },
  {
    name: "a box with null",
    line: JSON.stringify({ ...label, plates: [{ ...plate, box: [1, null, 3, 4] }] }),
    message: /box must be/,
  },
  {
    name: "three corners",
    line: JSON.stringify({
      ...label,
      plates: [
        {
          ...plate,
          corners: [
            [0, 0],
            [1, 0],
            [1, 1],
          ],
        },
      ],
    }),
    message: /corners must be/,
  },
  {
    name: "an empty text",
    line: JSON.stringify({ ...label, plates: [{ ...plate, text: "" }] }),
    message: /text must be letters and digits, or null/,
  },
  {
    name: "a text of separators",
    line: JSON.stringify({ ...label, plates: [{ ...plate, text: "- ." }] }),
    message: /text must be/,
  },
  {
    name: "a numeric region",
    line: JSON.stringify({ ...label, plates: [{ ...plate, region: 49 }] }),
    message: /region must be/,
  },
  {
    name: "three lines",
    line: JSON.stringify({ ...label, plates: [{ ...plate, lines: 3 }] }),
    message: /lines must be 1, 2 or null, found 3/,
  },
  {
    name: "an unknown legibility",
    line: JSON.stringify({ ...label, plates: [{ ...plate, legible: "yes" }] }),
    message: /legible must be/,
  },
];
for (const { name, line, message } of broken) {
  test(`a label with ${name} is refused by file, line and field`, () => {
    assert.throws(
      () => parseLabel(line, "s:7"),
      (error) => {
        assert.ok(error instanceof PlateKitError);
        assert.equal(error.code, "DATASET_INVALID");
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      },
    );
  });
}

test("a long wrong value is cut in the message", () => {
  assert.throws(
    () => parseLabel(JSON.stringify({ ...label, kind: "x".repeat(5000) }), "s:7"),
    (error: Error) => error.message.length < 200,
  );
});

test("texts lose case and separators, keep other scripts and unreadable marks", () => {
  const texts = ["ab-123 cd", "wü·1", "皖A·0N718", "٣٩٤٥ جبط", "A?1"];
  const parsed = texts.map(
    (text) => parseLabel(JSON.stringify({ ...label, plates: [{ ...plate, text }] }), "s:1").plates[0]?.text,
  );
  assert.deepEqual(parsed, ["AB123CD", "WÜ1", "皖A0N718", "٣٩٤٥جبط", "A?1"]);
});

test("fields that may be missing are null", () => {
  const parsed = parseLabel(JSON.stringify({ ...label, plates: [{ box: [0.5, 1, 2, 3] }] }), "s:1");
  assert.deepEqual(parsed.plates, [
    { box: [0.5, 1, 2, 3], corners: null, text: null, region: null, lines: null, legible: null },
  ]);
});

test("a folder that does not exist, a file, and a folder without labels are named", async () => {
  await mkdir(join(folder, "empty"), { recursive: true });
  await writeFile(join(folder, "file"), "");
  await assert.rejects(readDataset(join(folder, "nowhere")), {
    code: "FILE_NOT_FOUND",
    message: /nowhere: no such dataset folder/,
  });
  await assert.rejects(readDataset(join(folder, "file")), { code: "DATASET_INVALID", message: /file: is a file/ });
  await assert.rejects(readDataset(join(folder, "empty")), {
    code: "DATASET_INVALID",
    message: /no labels.jsonl found/,
  });
});

test("an empty labels file is a dataset of nothing", async () => {
  await writeSet("nothing", [], []);
  assert.deepEqual(await readDataset(join(folder, "nothing")), { samples: [], problems: [] });
});

test("a tree of sets is read in order, each sample named by its set", async () => {
  await writeSet("tree/scenes/b", [JSON.stringify(label)], ["a.webp"]);
  await writeSet("tree/crops/a", [`\uFEFF${JSON.stringify({ ...label, kind: "crop" })}\r`, "", " "], ["a.webp"]);
  const { samples, problems } = await readDataset(join(folder, "tree"));
  assert.deepEqual(problems, []);
  assert.deepEqual(
    samples.map(({ dataset, kind, path }) => ({ dataset, kind, path })),
    [
      { dataset: "crops/a", kind: "crop", path: join(folder, "tree/crops/a/a.webp") },
      { dataset: "scenes/b", kind: "scene", path: join(folder, "tree/scenes/b/a.webp") },
    ],
  );
  const [alone] = (await readDataset(join(folder, "tree/scenes/b"))).samples;
  assert.equal(alone?.dataset, "b");
});

test("bad lines and missing pictures are named and the rest stays", async () => {
  const lines = [
    JSON.stringify(label),
    "{",
    JSON.stringify({ ...label, image: "gone.webp" }),
    JSON.stringify(label),
    JSON.stringify({ ...label, image: "b.webp" }),
  ];
  await writeSet("mixed", lines, ["a.webp", "b.webp"]);
  const { samples, problems } = await readDataset(join(folder, "mixed"));
  assert.deepEqual(
    samples.map((sample) => sample.image),
    ["a.webp", "b.webp"],
  );
  assert.deepEqual(
    problems.map((problem) => problem.code),
    ["DATASET_INVALID", "FILE_NOT_FOUND", "DATASET_INVALID"],
  );
  assert.match(problems[0]!.message, /labels\.jsonl:2: not JSON/);
  assert.match(problems[1]!.message, /gone\.webp: no such picture, named by .*labels\.jsonl:3/);
  assert.match(problems[2]!.message, /labels\.jsonl:4: "a.webp" is labelled twice, first on line 1/);
});

test("a dataset of which no line can be used is an error, not an empty result", async () => {
  await writeSet("useless", ["{", "["], []);
  await assert.rejects(readDataset(join(folder, "useless")), {
    code: "DATASET_INVALID",
    message: /none of its 2 lines can be used; the first: .*labels\.jsonl:1/,
  });
});
