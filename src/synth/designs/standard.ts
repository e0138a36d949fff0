/** The plate of most regions: a strip or a band, a frame, one or two rows of lettering. */
import type { BoxMm } from "../canvas.ts";
import {
  chooseLettering,
  type Design,
  type DesignedPlate,
  type DesignRequest,
  frameMarks,
  insetBox,
  letterRow,
} from "../design.ts";
import type { Mark, PlacedCharacter } from "../drawing.ts";
import { type Lettering, setText } from "../lettering.ts";
import { paintSticker } from "../ornaments.ts";
import { composeStrip } from "../strips.ts";

export const designStandard: Design = (request) => {
  const { size, rows, random, isHomemade, format } = request;
  const frame = frameMarks(request);
  const isShort = rows.length > 1 && format.badge.kind.startsWith("eu") && random.chance(0.75);
  const strip = composeStrip(format, size, isHomemade && random.chance(0.6), isShort, random);
  const inner = insetBox(strip.free, frame.inset + size[1] * random.range(0.02, 0.06), frame.inset + size[1] * 0.02);
  const lettering = chooseLettering(request);
  const body =
    rows.length === 1 ? setOneRow(request, inner, lettering) : setRows(request, inner, lettering, isShort, frame.inset);
  return { ...body, marks: [...frame.marks, ...strip.marks, ...body.marks] };
};

function setOneRow(request: DesignRequest, inner: BoxMm, lettering: Lettering): DesignedPlate {
  const { size, look, random, rows, ink } = request;
  const cap = Math.min(inner[3] * 0.96, size[1] * (look.cap ?? 0.67) * random.range(0.92, 1.06));
  const slack = inner[3] - cap;
  const top = inner[1] + slack * random.range(0.42, 0.58);
  const set = letterRow(rows[0]!, [inner[0], top, inner[2], cap], lettering, request);
  const marks: Mark[] = [...set.marks];
  // the maker's or the town's name in small print below
  if (slack > size[1] * 0.14 && random.chance(0.12)) {
    const small = size[1] * random.range(0.05, 0.09);
    marks.push(
      ...setText(random.pick(SMALL_PRINT), [inner[0], top + cap + slack * 0.12, inner[2], small], "arimo-bold", ink),
    );
  }
  return { marks, characters: set.characters, capHeightMm: cap };
}

const SMALL_PRINT = [
  "ISLAMABAD",
  "EUROPLATE",
  "BS AU 145d",
  "LUIMNEACH",
  "www.plates.com",
  "PRINCIPAUTE",
  "CENTRAL MOTORS",
  "1999",
] as const;

/** Two rows; beside a short strip the upper row starts right of it and the lower one takes the whole width. */
function setRows(
  request: DesignRequest,
  inner: BoxMm,
  lettering: Lettering,
  isShort: boolean,
  inset: number,
): DesignedPlate {
  const { size, rows, random, isHomemade } = request;
  const [width, height] = size;
  if (random.chance(isHomemade ? 0.12 : 0.01) && rows.length === 2) return setStacked(request, inner, lettering);
  const room = inner[3] * random.range(0.78, 0.9);
  const share = random.chance(0.25) ? random.range(0.36, 0.46) : 0.5;
  const caps = [room * share, room * (1 - share)] as const;
  const leading = (inner[3] - room) * random.range(0.3, 0.6);
  const top = inner[1] + (inner[3] - room - leading) / 2;
  const left = inset + width * 0.03;
  const wide: BoxMm = [left, top + caps[0] + leading, width - 2 * left, caps[1]];
  const alignment =
    isHomemade || random.chance(0.12) ? random.pick(["left", "centre", "centre"] as const) : lettering.align;
  const aligned: Lettering = { ...lettering, align: alignment };
  const marks: Mark[] = [];
  const characters: PlacedCharacter[] = [];
  rows.forEach((row, index) => {
    const area: BoxMm =
      index > 0 && isShort ? wide : [inner[0], index === 0 ? top : wide[1], inner[2], caps[Math.min(index, 1)]!];
    const set = letterRow(row, area, aligned, request);
    marks.push(...set.marks);
    characters.push(...set.characters);
  });
  if (!isHomemade && random.chance(0.2)) {
    const side = height * 0.13;
    marks.push(...paintSticker([width - side * 1.4, height * 0.08, side, side], random));
  }
  return { marks, characters, capHeightMm: Math.min(...caps) };
}

/** Home-made: the first row broken into two small ones, the number large beside them. */
function setStacked(request: DesignRequest, inner: BoxMm, lettering: Lettering): DesignedPlate {
  const { random, rows } = request;
  const letters = rows[0]!;
  const breakAt = letters.indexOf(" ") > 0 ? letters.indexOf(" ") : Math.ceil(letters.length / 2);
  const small = inner[3] * random.range(0.34, 0.42);
  const share = random.range(0.3, 0.42);
  const area = (y: number, height: number, x: number, width: number): BoxMm => [
    inner[0] + x * inner[2],
    y,
    width * inner[2],
    height,
  ];
  const gap = inner[3] - 2 * small;
  const sets = [
    letterRow(letters.slice(0, breakAt), area(inner[1] + gap * 0.2, small, 0, share), lettering, request),
    letterRow(letters.slice(breakAt).trim(), area(inner[1] + small + gap * 0.7, small, 0, share), lettering, request),
    letterRow(
      rows[1]!,
      area(inner[1] + inner[3] * 0.2, inner[3] * 0.6, share + 0.05, 0.95 - share),
      lettering,
      request,
    ),
  ];
  return {
    marks: sets.flatMap((set) => set.marks),
    characters: sets.flatMap((set) => set.characters),
    capHeightMm: small,
  };
}
