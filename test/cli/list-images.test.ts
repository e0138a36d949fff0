import assert from "node:assert/strict";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { after, before, describe, test } from "node:test";
import { listImages } from "../../src/cli/list-images.ts";
import { temporaryFolder } from "../node/temporary-folder.ts";

describe("listImages", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
    for (const path of ["photos/b/c", "photos/.hidden", "photos/out", "empty/deep", "texts", "odd[1]"]) {
      await mkdir(folder.path(path), { recursive: true });
    }
    const files = [
      ...[
        "photos/10.jpg",
        "photos/2.JPG",
        "photos/notes.txt",
        "photos/.secret.jpg",
        "photos/b/x.webp",
        "photos/b/c/y.heic",
      ],
      ...["photos/.hidden/z.png", "photos/out/2.plates.jpg", "texts/a.txt", "odd[1]/q.png", "odd[1]/lone.bin"],
    ];
    for (const file of files) await writeFile(folder.path(file), "x");
    await symlink(folder.path("photos"), folder.path("photos/b/loop"));
    await symlink(folder.path("photos/10.jpg"), folder.path("photos/b/link.jpg"));
    await symlink(folder.path("gone"), folder.path("photos/b/broken.jpg"));
  });
  after(() => folder[Symbol.asyncDispose]());

  /** Paths below the folder with `/`, errors as their codes. */
  async function list(words: readonly string[], excluded: readonly string[] = []): Promise<string[]> {
    const listed = await listImages(words, excluded);
    return listed.map((entry) => {
      const path = entry.image === "-" ? "-" : relative(folder.path(), entry.image).replaceAll("\\", "/");
      return "error" in entry ? `${path} ${entry.error.code}` : path;
    });
  }

  const PHOTOS = ["photos/2.JPG", "photos/10.jpg", "photos/b/link.jpg", "photos/b/x.webp", "photos/b/c/y.heic"];
  const cases: readonly {
    name: string;
    words: readonly string[];
    excluded?: readonly string[];
    expected: readonly string[];
  }[] = [
    { name: "nothing", words: [], expected: [] },
    { name: "a file, whatever its name", words: ["photos/notes.txt"], expected: ["photos/notes.txt"] },
    { name: "standard input once", words: ["-", "-"], expected: ["-"] },
    {
      name: "a folder at any depth, in natural order, without hidden files and loops",
      words: ["photos"],
      excluded: ["photos/out"],
      expected: PHOTOS,
    },
    {
      name: "a folder and a file in it: each picture once",
      words: ["photos/10.jpg", "photos/b", "photos/b/../b"],
      expected: ["photos/10.jpg", ...PHOTOS.slice(2)],
    },
    { name: "a glob", words: ["photos/*.jpg"], expected: ["photos/10.jpg"] },
    {
      name: "a glob over folders",
      words: ["photos/**/*.{webp,heic}"],
      expected: ["photos/b/x.webp", "photos/b/c/y.heic"],
    },
    { name: "a glob that matches a folder lists it", words: ["photos/b*"], expected: PHOTOS.slice(2) },
    {
      name: "a name with brackets that exists is no glob",
      words: ["odd[1]/q.png", "odd[1]"],
      expected: ["odd[1]/q.png"],
    },
    {
      name: "what is missing, and the rest",
      words: ["nope.jpg", "photos/10.jpg"],
      expected: ["nope.jpg FILE_NOT_FOUND", "photos/10.jpg"],
    },
    { name: "an empty word", words: [""], expected: [" FILE_NOT_FOUND"] },
    { name: "a name of 300 letters", words: ["n".repeat(300)], expected: [`${"n".repeat(300)} FILE_NOT_FOUND`] },
    { name: "folders without pictures", words: ["empty", "texts"], expected: ["empty NO_IMAGES", "texts NO_IMAGES"] },
    { name: "a glob without matches", words: ["photos/*.bmp"], expected: ["photos/*.bmp NO_IMAGES"] },
  ];
  for (const { name, words, excluded = [], expected } of cases) {
    test(`lists ${name}`, async () => {
      const absolute = words.map((word) => (word === "-" || word === "" ? word : `${folder.path()}/${word}`));
      const found = await list(
        absolute,
        excluded.map((path) => folder.path(path)),
      );
      assert.deepEqual(
        found.map((path) => path.replace(/^(\.\.\/)+.*? /, " ")),
        expected,
      );
    });
  }

  test("gives the path as given and an output name below the folder", async () => {
    const listed = await listImages([
      folder.path("photos/b"),
      `${folder.path()}/pho*/*.jpg`,
      folder.path("photos/2.JPG"),
    ]);
    assert.deepEqual(
      listed.map((entry) => ("error" in entry ? entry.error.code : entry.outputName.replaceAll("\\", "/"))),
      ["link.jpg", "x.webp", "c/y.heic", "photos/10.jpg", "2.JPG"],
    );
    assert.equal(listed[0]?.image, join(folder.path("photos/b"), "link.jpg"));
  });

  test("names a folder that may not be listed and lists the rest", { skip: process.platform === "win32" }, async () => {
    await using locked = await temporaryFolder();
    await chmod(locked.path(), 0o755);
    await mkdir(locked.path("shut"));
    await writeFile(locked.path("a.jpg"), "x");
    await chmod(locked.path("shut"), 0);
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65534); // root may list everything, so be nobody for a moment
    try {
      const listed = await listImages([locked.path()]);
      assert.deepEqual(
        listed.map((entry) => ("error" in entry ? entry.error.code : entry.outputName)),
        ["a.jpg", "FILE_UNREADABLE"],
      );
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });
});
