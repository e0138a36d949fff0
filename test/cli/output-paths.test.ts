import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { annotatedPath, createOutputStems, cropPath } from "../../src/cli/output-paths.ts";

const cases: readonly { name: string; names: readonly string[]; stems: readonly string[] }[] = [
  { name: "no pictures", names: [], stems: [] },
  { name: "one picture", names: ["a.jpg"], stems: ["a"] },
  { name: "folders are kept", names: ["x/a.jpg", "y/a.jpg"], stems: ["x/a", "y/a"] },
  { name: "endings collide", names: ["a.jpg", "a.png", "a.webp"], stems: ["a", "a-2", "a-3"] },
  { name: "case collides", names: ["A.jpg", "a.jpg"], stems: ["A", "a-2"] },
  {
    name: "composed and decomposed letters collide",
    names: ["\u00e4.jpg", "a\u0308.jpg"],
    stems: ["\u00e4", "a\u0308-2"],
  },
  { name: "a name that looks like ours", names: ["a.jpg", "a.jpg", "a-2.jpg"], stems: ["a", "a-2", "a-2-2"] },
  { name: "parents are cut off", names: ["../../etc/a.jpg", "..", "x/../../b.jpg"], stems: ["etc/a", "image", "b"] },
  { name: "a root is cut off", names: ["/etc/a.jpg"], stems: ["etc/a"] },
  { name: "hidden names stay whole", names: [".jpg"], stems: [".jpg"] },
  {
    name: "long names are cut between characters",
    names: [`x/${"ä".repeat(126)}.jpg`],
    stems: [`x/${"ä".repeat(100)}`],
  },
];
describe("createOutputStems", () => {
  for (const { name, names, stems } of cases) {
    test(name, () => {
      const stemOf = createOutputStems();
      assert.deepEqual(
        names.map(stemOf),
        stems.map((stem) => join(...stem.split("/"))),
      );
    });
  }

  test("never gives one stem twice, and none that leaves the folder", () => {
    const stemOf = createOutputStems();
    const parts = ["a", "A", "..", ".", "a-2", "b.jpg", "a.jpg", "a.png", "/", "a-2-2.gif"];
    const seen = new Set<string>();
    let state = 3;
    const random = () => {
      state = (state * 48271) % 2147483647;
      return parts[state % parts.length]!;
    };
    for (let round = 0; round < 2000; round++) {
      const stem = stemOf([random(), random(), random()].join("/"));
      const path = annotatedPath("/out", stem, ".jpg");
      assert.ok(path.startsWith(join("/out", "/")), path);
      assert.ok(!seen.has(path.toLowerCase()), path);
      seen.add(path.toLowerCase());
    }
  });
});

test("annotated pictures and crops never share a name", () => {
  assert.equal(annotatedPath("out", "x/a", ".jpg"), join("out", "x", "a.plates.jpg"));
  assert.equal(cropPath("out", "x/a", 0, ".png"), join("out", "x", "a.plate-1.png"));
});
