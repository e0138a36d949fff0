/** Passages from the store to the wire, and the filters of a search from the wire to the store. */

import type { z } from "zod";
import { isKnownRegion } from "../core/formats.ts";
import type { Passage } from "../core/passage.ts";
import type { PassageFilter, PassageDetail as StoredDetail, StoredPassage } from "../store/types.ts";
import type { Caller } from "./caller.ts";
import { RequestProblem } from "./problem.ts";
import type {
  newPassageSchema,
  PassageDetail,
  PassageOnWire,
  PassageRow,
  passageFilterQuery,
} from "./schemas/passages.ts";

export function passageOnWire(passage: StoredPassage): PassageOnWire {
  return {
    ...rowOnWire(passage),
    characters: passage.characters.map((one) => ({ ...one })),
    candidates: passage.candidates.map((one) => ({ ...one })),
    path: passage.path.map(([timeMs, x, y]) => [timeMs, x, y]),
    best: {
      timeMs: passage.best.timeMs,
      box: [...passage.best.box],
      corners: quadOnWire(passage.best.corners),
      detectionConfidence: passage.best.detectionConfidence,
    },
  };
}

export function rowOnWire(passage: StoredPassage): PassageRow {
  const { id, cameraId, siteId, text, plate, display, confidence, region, regionConfidence, lines, doubt } = passage;
  const { firstTimeMs, lastTimeMs, frames, direction, preview, correctedText, hold, receivedAtMs, isHashed } = passage;
  return {
    schema: 1,
    ...{ id, cameraId, siteId, text, plate, display, confidence, region, regionConfidence, lines, doubt },
    ...{ firstTimeMs, lastTimeMs, frames, direction, preview, correctedText, hold, isHashed },
    receivedMs: receivedAtMs,
    pictures: { ...passage.pictures },
    listHits: passage.listHits.map((hit) => ({ ...hit })),
  };
}

export function detailOnWire(
  detail: StoredDetail,
  cameraName: string | null,
  others: readonly StoredPassage[],
): PassageDetail {
  return {
    ...passageOnWire(detail),
    cameraName,
    reads: detail.reads.map(({ timeMs, text, confidence, region, doubt, box }) => ({
      ...{ timeMs, text, confidence, region, doubt },
      box: [...box],
    })),
    holdNote: detail.holdNote,
    heldBy: detail.heldBy,
    corrections: [...detail.corrections]
      .reverse()
      .map(({ fromText, toText, by, atMs, note }) => ({ fromText, toText, by, timeMs: atMs, note })),
    others: others.filter(({ id }) => id !== detail.id).map(rowOnWire),
  };
}

function quadOnWire(corners: Passage["best"]["corners"]): PassageOnWire["best"]["corners"] {
  const [a, b, c, d] = corners;
  return [[...a], [...b], [...c], [...d]];
}

/**
 * The store's filter: what was asked for, within what the caller may see.
 *
 * @throws RequestProblem 403 for a site that the caller may not see, 400 for times in the wrong order.
 */
export function storeFilter(query: z.output<typeof passageFilterQuery>, caller: Caller): PassageFilter {
  const { text, match, from, to, camera, region, list, minConfidence, maxConfidence, doubt, corrected, hold } = query;
  if (from !== undefined && to !== undefined && from >= to) {
    throw new RequestProblem(400, "INPUT_INVALID", "from must lie before to.");
  }
  const siteIds = sitesWithin(query.site, caller);
  return {
    ...(text === undefined ? {} : { plate: text }),
    ...(match === undefined ? {} : { match }),
    ...(from === undefined ? {} : { fromMs: from }),
    ...(to === undefined ? {} : { toMs: to }),
    ...(camera === undefined ? {} : { cameraIds: camera }),
    ...(siteIds === undefined ? {} : { siteIds }),
    ...(region === undefined ? {} : { regions: region }),
    ...(list === undefined ? {} : { listIds: list }),
    ...(minConfidence === undefined ? {} : { minConfidence }),
    ...(maxConfidence === undefined ? {} : { maxConfidence }),
    ...(doubt === undefined ? {} : { doubts: doubt.map((one) => (one === "none" ? "" : one)) }),
    ...(corrected === undefined ? {} : { isCorrected: corrected }),
    ...(hold === undefined ? {} : { hasHold: hold }),
  };
}

function sitesWithin(asked: readonly string[] | undefined, { siteIds }: Caller): readonly string[] | undefined {
  const wanted = asked !== undefined && asked.length > 0 ? asked : undefined;
  if (siteIds === null) return wanted;
  if (wanted?.some((site) => !siteIds.includes(site))) {
    throw new RequestProblem(403, "SITE_NOT_ALLOWED", "You may not see this site.");
  }
  // Nobody's site: an empty list would not narrow anything.
  return wanted ?? (siteIds.length > 0 ? siteIds : ["none"]);
}

/** A passage of another program, completed to what the store keeps. Its text is taken to upper case without separators. */
export function passageOfWire(given: z.output<typeof newPassageSchema>, id: string): Passage {
  const { confidence, region, firstTimeMs, lastTimeMs = firstTimeMs, frames, direction } = given;
  const text = plainPlate(given.text);
  if (text === "") throw new RequestProblem(422, "TEXT_EMPTY", "A plate needs at least one letter or digit.");
  if (lastTimeMs < firstTimeMs) {
    throw new RequestProblem(422, "TIMES_REVERSED", "lastTimeMs must not lie before firstTimeMs.");
  }
  const [x, y, width, height] = given.box ?? [0, 0, 0, 0];
  const candidates = given.candidates?.map((one) => ({ text: plainPlate(one.text), confidence: one.confidence })) ?? [];
  const path = given.path ?? [];
  const stepMs = (lastTimeMs - firstTimeMs) / Math.max(1, path.length - 1);
  return {
    schema: 1,
    ...{ id, text, confidence, region, firstTimeMs, lastTimeMs, frames, direction },
    display: null,
    regionConfidence: region === null ? null : 1,
    lines: 1,
    characters: [...text].map((character) => ({ text: character, confidence })),
    candidates: candidates.length > 0 ? candidates : [{ text, confidence }],
    doubt: null,
    path: path.map(([pointX, pointY], i) => [firstTimeMs + i * stepMs, pointX, pointY]),
    best: {
      timeMs: firstTimeMs,
      box: [x, y, width, height],
      corners: [
        [x, y],
        [x + width, y],
        [x + width, y + height],
        [x, y + height],
      ],
      detectionConfidence: 1,
    },
    preview: false,
  };
}

/** Upper case, letters and digits alone. */
export function plainPlate(text: string): string {
  return text
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
}

/** Regions that the registry knows, of those given. */
export function knownRegions(regions: readonly string[]): readonly string[] {
  return regions.filter(isKnownRegion);
}
