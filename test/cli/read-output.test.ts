import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { describe, test } from "node:test";
import type { ImageRecord, PlateRecord } from "../../src/cli/image-record.ts";
import { imageRecord } from "../../src/cli/image-record.ts";
import { inOrder } from "../../src/cli/in-order.ts";
import { createProgressBar } from "../../src/cli/progress-bar.ts";
import { createReadOutput, type OutputForm } from "../../src/cli/read-output.ts";

const PLATE: PlateRecord = {
  text: "AB123CD",
  display: "AB-123-CD",
  confidence: 0.987,
  region: "fr",
  regionConfidence: 0.9,
  lines: 1,
  box: [10, 20.4, 100, 30],
  corners: [
    [10, 20],
    [110, 20],
    [110, 50],
    [10, 50],
  ],
  detectionConfidence: 0.95,
  characters: [{ text: "A", confidence: 0.99 }],
  candidates: [
    { text: "AB123CD", confidence: 0.987 },
    { text: "A8123CD", confidence: 0.01 },
  ],
  doubt: null,
};
const MS = { decode: 1, detect: 2, read: 3, total: 6 };
const WITH = { image: "a.jpg", width: 640, height: 480, plates: [PLATE], ms: MS };
const WITHOUT = { image: "empty.jpg", width: 640, height: 480, plates: [], ms: MS };
const BROKEN: ImageRecord = {
  image: "bad.jpg",
  error: { code: "IMAGE_UNREADABLE", message: 'bad.jpg: "damaged", cut off.' },
};

function print(
  form: OutputForm,
  records: readonly ImageRecord[],
  candidates = false,
): { text: string; complaints: string } {
  const stdout = new Writable();
  const output = createReadOutput(form, stdout, { imageWidth: 9, candidates });
  const parts = records.map((record) => output.image(record));
  return {
    text: output.head + parts.map(({ text }) => text).join("") + output.tail,
    complaints: parts.map(({ complaint }) => complaint).join(""),
  };
}

describe("the forms of platekit read", () => {
  const records = [WITH, WITHOUT, BROKEN];

  test("--json is one array, also of nothing", () => {
    assert.deepEqual(JSON.parse(print("json", []).text), []);
    assert.deepEqual(JSON.parse(print("json", records).text), records);
  });

  test("--jsonl is one object a line", () => {
    const lines = print("jsonl", records).text.trimEnd().split("\n");
    assert.deepEqual(
      lines.map((line) => JSON.parse(line)),
      records,
    );
    assert.equal(print("jsonl", []).text, "");
  });

  test("--csv is one row a plate, and one for an image without or in error, quoted where needed", () => {
    const [head, plate, none, error, end] = print("csv", records).text.split("\n");
    assert.equal(head?.split(",").length, plate?.split(",").length);
    assert.match(
      plate!,
      /^a\.jpg,AB123CD,AB-123-CD,0\.987,fr,0\.9,1,10,20\.4,100,30,10,20,110,20,110,50,10,50,0\.95,,$/,
    );
    assert.match(none!, /^empty\.jpg,+$/);
    assert.match(error!, /^bad\.jpg,+"IMAGE_UNREADABLE: bad\.jpg: ""damaged"", cut off\."$/);
    assert.equal(end, "");
  });

  test("the table aligns its columns and sends errors to standard error", () => {
    const { text, complaints } = print("table", records);
    assert.equal(
      text,
      [
        "IMAGE      PLATE           SURE  REGION  X,Y WIDTHxHEIGHT     DOUBT",
        "a.jpg      AB-123-CD       98 %  fr      10,20 100x30",
        "empty.jpg  no plate",
        "",
      ].join("\n"),
    );
    assert.equal(complaints, 'platekit read: bad.jpg: "damaged", cut off.\n');
  });

  test("the table lists doubts and, when asked for, candidates; wide characters keep the columns", () => {
    const doubtful = { ...PLATE, display: null, text: "京A12345", doubt: "blurred" as const };
    const { text } = print("table", [{ ...WITH, plates: [doubtful] }], true);
    assert.match(text, /\na\.jpg {6}京A12345 {8}98 % {2}fr {6}10,20 100x30 {9}blurred; or A8123CD\n/);
  });

  test("a file name cannot drive the terminal", () => {
    const { text } = print("table", [{ ...WITHOUT, image: "a\x1b[2Jb\nc" }]);
    assert.match(text, /\na\\x1b\[2Jb\\nc {2}no plate\n/);
  });
});

test("imageRecord keeps the fixed format: names, order, rounding", () => {
  const read = {
    ...WITH,
    ms: { decode: 1.26, detect: 2, read: 3, total: 6.26 },
    plates: [
      {
        text: "X",
        display: null,
        confidence: 0.123456,
        region: null,
        regionConfidence: null,
        detection: { box: [1.23, 2, 3, 4.56], corners: PLATE.corners, lines: 2, confidence: 0.99999 },
        characters: [],
        candidates: [],
        doubt: "cut",
      },
    ],
  } as const;
  assert.equal(
    JSON.stringify(imageRecord("x.jpg", read)),
    '{"image":"x.jpg","width":640,"height":480,"plates":[{"text":"X","display":null,"confidence":0.1235,"region":null,' +
      '"regionConfidence":null,"lines":2,"box":[1.2,2,3,4.6],"corners":[[10,20],[110,20],[110,50],[10,50]],' +
      '"detectionConfidence":1,"characters":[],"candidates":[],"doubt":"cut"}],' +
      '"ms":{"decode":1.3,"detect":2,"read":3,"total":6.3}}',
  );
});

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

describe("inOrder", () => {
  test("yields nothing of nothing", async () => {
    assert.deepEqual(await collect(inOrder([], 3, async () => 1)), []);
  });

  test("keeps the order and the bound", async () => {
    let underway = 0;
    let most = 0;
    const items = Array.from({ length: 40 }, (_, i) => i);
    const outcomes = await collect(
      inOrder(items, 4, async (item) => {
        most = Math.max(most, ++underway);
        await new Promise((resolve) => setTimeout(resolve, (item * 7) % 5));
        underway--;
        return item;
      }),
    );
    assert.deepEqual(outcomes, items);
    assert.equal(most, 4);
  });

  test("throws a rejection in its place and leaves none unhandled", async () => {
    const seen: number[] = [];
    const outcomes = inOrder([0, 1, 2, 3], 3, async (item) => {
      if (item > 0) throw new Error(`item ${item}`);
      return item;
    });
    await assert.rejects(async () => {
      for await (const outcome of outcomes) seen.push(outcome);
    }, /item 1/);
    assert.deepEqual(seen, [0]);
  });
});

describe("the progress bar", () => {
  function terminal(isTTY: boolean): { stream: Writable & { isTTY: boolean }; text: () => string } {
    const chunks: string[] = [];
    const stream = new Writable({
      write(chunk, _encoding, done) {
        chunks.push(String(chunk));
        done();
      },
    });
    return { stream: Object.assign(stream, { isTTY }), text: () => chunks.join("") };
  }

  for (const { name, isTTY, total } of [
    { name: "where there is no terminal", isTTY: false, total: 10 },
    { name: "for a single image", isTTY: true, total: 1 },
  ]) {
    test(`is silent ${name}`, () => {
      const { stream, text } = terminal(isTTY);
      const bar = createProgressBar(stream, total);
      bar.step();
      bar.clear();
      assert.equal(text(), "");
    });
  }

  test("shows how far it is and how long it takes, and is gone at the end", () => {
    const { stream, text } = terminal(true);
    let nowMs = 0;
    const bar = createProgressBar(stream, 4, () => nowMs);
    for (let i = 0; i < 4; i++) {
      nowMs += 1000;
      bar.step();
    }
    assert.match(text(), /█{6}░{18} 1\/4 images, 3 s left.*█{12}░{12} 2\/4 images, 2 s left/s);
    assert.ok(text().endsWith("\r\x1b[2K"));
  });
});
