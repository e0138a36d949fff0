import assert from "node:assert/strict";
import { before, test } from "node:test";
import { levenshtein } from "../../src/core/edit-distance.ts";
import type { Doubt } from "../../src/core/read.ts";
import { fitsPattern, foldPlate, normalisePattern, normalisePlate } from "../../src/store/plate-text.ts";
import type { PassageFilter, StoredPassage } from "../../src/store/types.ts";
import { onBothDatabases, START_MS } from "./both-databases.ts";
import { newCamera, newPassage, seededRandom } from "./made-passage.ts";

const PASSAGES = 600;
const SEARCHES = 150;
const LISTS = ["l1", "l2", "l3"];
const REGIONS = ["de", "fr", null];
const DOUBTS: readonly (Doubt | null)[] = [null, null, null, "blurred", "cut"];
/** Few characters, so that texts are near each other; look-alikes, another script and two code units among them. */
const ALPHABET = [..."AB8O0DI1Z25S", "А", "粤", "𠮷"];

/** What a search must find, by looking at everything. */
function isWanted(passage: StoredPassage, filter: PassageFilter): boolean {
  const isIn = (values: readonly unknown[] | undefined, value: unknown): boolean =>
    values === undefined || values.length === 0 || values.includes(value);
  return (
    fitsPlate(passage.plate, filter) &&
    passage.firstTimeMs >= (filter.fromMs ?? -Infinity) &&
    passage.firstTimeMs < (filter.toMs ?? Infinity) &&
    isIn(filter.cameraIds, passage.cameraId) &&
    isIn(filter.regions, passage.region ?? "") &&
    isIn(filter.doubts, passage.doubt ?? "") &&
    (filter.listIds === undefined || passage.listHits.some(({ listId }) => filter.listIds?.includes(listId))) &&
    passage.confidence >= (filter.minConfidence ?? 0) &&
    passage.confidence < (filter.maxConfidence ?? 2) &&
    (filter.hasHold ?? passage.hold) === passage.hold &&
    (filter.isCorrected ?? passage.correctedText !== null) === (passage.correctedText !== null)
  );
}

function fitsPlate(plate: string, { plate: asked = "", match }: PassageFilter): boolean {
  if (asked === "") return true;
  const text = normalisePlate(asked);
  switch (match ?? (/[?*]/.test(asked) ? "wildcard" : "exact")) {
    case "wildcard":
      return fitsPattern(normalisePattern(asked), plate);
    case "look-alike":
      return text !== "" && foldPlate(text) === foldPlate(plate);
    case "similar":
      return text !== "" && plate !== "" && isNear(foldPlate(text), foldPlate(plate));
    default:
      return text !== "" && text === plate;
  }
}

/** Of two texts of one character, one replaced leaves nothing in common. */
function isNear(a: string, b: string): boolean {
  return a === b || (levenshtein(a, b) <= 1 && Math.max([...a].length, [...b].length) > 1);
}

onBothDatabases("search", (opened) => {
  const random = seededRandom(20261122);
  const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)]!;
  const text = (length: number): string => Array.from({ length }, () => pick(ALPHABET)).join("");
  const known: StoredPassage[] = [];
  const cameras: string[] = [];

  before(async () => {
    for (const name of ["one", "two", "three"]) cameras.push((await opened.store.cameras.create(newCamera(name))).id);
    const texts = Array.from({ length: 120 }, () => text(Math.floor(random() * 8)));
    await Promise.all(
      Array.from({ length: PASSAGES }, async () => {
        const listId = pick([...LISTS, null, null]);
        const listHits = [listId, pick([null, listId])].flatMap((id) =>
          id === null
            ? []
            : [
                {
                  listId: id,
                  listName: id,
                  listKind: "allow",
                  entryId: "e",
                  entryText: "x",
                  match: "exact" as const,
                  probability: 1,
                },
              ],
        );
        const changes = {
          firstTimeMs: START_MS + Math.floor(random() * 300),
          region: pick(REGIONS),
          doubt: pick(DOUBTS),
          confidence: Math.round(random() * 100) / 100,
        };
        await opened.store.passages.append(newPassage(pick(texts), pick(cameras), changes, { listHits }));
      }),
    );
    const ids: string[] = [];
    for await (const { id } of opened.store.passages.iterate({})) ids.push(id);
    await Promise.all(
      ids.map(async (id, i) => {
        if (i % 10 === 0) await opened.store.passages.correct(id, { text: `A${text(5)}`, by: "ann" });
        if (i % 15 === 0) await opened.store.passages.setHold(id, { hold: true, by: "ann" });
      }),
    );
    for await (const passage of opened.store.passages.iterate({})) known.push(passage);
    assert.equal(known.length, PASSAGES);
  });

  const edited = (plate: string): string => {
    const characters = [...plate];
    const at = Math.floor(random() * (characters.length + 1));
    const kind = random();
    if (kind < 0.3) characters.splice(at, 0, pick(ALPHABET));
    else if (kind < 0.6) characters.splice(at, 1);
    else characters.splice(at, 1, pick(ALPHABET));
    return characters.join("");
  };
  const pattern = (plate: string): string => {
    const characters = [...plate].map((character) => (random() < 0.25 ? "?" : character));
    const from = Math.floor(random() * (characters.length + 1));
    if (random() < 0.7) characters.splice(from, Math.floor(random() * 4), "*");
    if (random() < 0.3) characters.unshift("*");
    return characters.join("");
  };
  const filter = (): PassageFilter => {
    const { plate, firstTimeMs } = pick(known);
    const way = random();
    const asked: PassageFilter =
      way < 0.2
        ? {}
        : way < 0.35
          ? { plate }
          : way < 0.6
            ? { plate: pattern(plate) }
            : way < 0.7
              ? { plate, match: "look-alike" }
              : { plate: random() < 0.5 ? edited(plate) : edited(edited(plate)), match: "similar" };
    const some = (chance: number): boolean => random() < chance;
    return {
      ...asked,
      ...(some(0.2) ? { fromMs: firstTimeMs - 50 } : {}),
      ...(some(0.2) ? { toMs: firstTimeMs + 50 } : {}),
      ...(some(0.25) ? { cameraIds: some(0.5) ? [pick(cameras)] : [pick(cameras), pick(cameras)] } : {}),
      ...(some(0.2) ? { regions: some(0.5) ? [pick(REGIONS) ?? ""] : ["de", ""] } : {}),
      ...(some(0.15) ? { doubts: [pick(DOUBTS) ?? "", "cut"] as const } : {}),
      ...(some(0.2) ? { listIds: some(0.5) ? [pick(LISTS)] : ["l1", "l2"] } : {}),
      ...(some(0.1) ? { minConfidence: 0.3 } : {}),
      ...(some(0.1) ? { maxConfidence: 0.8 } : {}),
      ...(some(0.1) ? { hasHold: some(0.5) } : {}),
      ...(some(0.1) ? { isCorrected: some(0.5) } : {}),
    };
  };

  test(`${SEARCHES} searches at random find what looking at everything finds, page by page`, async () => {
    let found = 0;
    for (let i = 0; i < SEARCHES; i++) {
      const asked = filter();
      const order = random() < 0.7 ? "newest" : "oldest";
      const wanted = known.filter((passage) => isWanted(passage, asked));
      if (order === "oldest") wanted.reverse();
      const rows: StoredPassage[] = [];
      let cursor: string | null = null;
      do {
        const page = await opened.store.passages.page(asked, { limit: 40, cursor, order });
        rows.push(...page.rows);
        cursor = page.nextCursor;
      } while (cursor !== null);
      assert.deepEqual(
        rows.map(({ id }) => id),
        wanted.map(({ id }) => id),
        JSON.stringify({
          asked,
          order,
          rows: rows.map(({ plate }) => plate),
          wanted: wanted.map(({ plate }) => plate),
        }),
      );
      found += rows.length;
    }
    assert.ok(found > SEARCHES, "most searches must find something");
  });

  const odd = [
    { name: "nothing but signs finds nothing", plate: "'; --", expected: 0 },
    { name: "SQL is a text like any other", plate: "A' OR '1'='1", expected: 0 },
    { name: "LIKE's wildcards are no wildcards", plate: "%", expected: 0 },
    { name: "GLOB's sets are no sets", plate: "[A-Z]*", expected: -1 },
    { name: "a star finds everything", plate: "*", expected: PASSAGES },
    { name: "stars in a row are one", plate: "***?**", expected: -1 },
    { name: "a text far too long finds nothing", plate: "A".repeat(5000), expected: 0 },
    { name: "a lone surrogate finds nothing", plate: "\ud842", expected: 0 },
    { name: "a zero byte is left out", plate: "\0", expected: 0 },
  ];
  for (const { name, plate, expected } of odd) {
    test(`searching for odd texts: ${name}`, async () => {
      const { count } = await opened.store.passages.count({ plate });
      assert.equal(count, expected >= 0 ? expected : known.filter((passage) => isWanted(passage, { plate })).length);
    });
  }

  test("the tables are as they were after all that", async () => {
    assert.deepEqual(await opened.store.passages.count({}), { count: PASSAGES, isExact: true });
  });
});
