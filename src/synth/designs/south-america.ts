/** Grey Brazilian plates with the town's name, Mercosur's blue band, Argentina's white letters in a black field. */
import { type Colour, varyColour } from "../colour.ts";
import { chooseLettering, type Design, frameMarks, letterRow } from "../design.ts";
import type { Mark } from "../drawing.ts";
import { setText } from "../lettering.ts";

const TOWNS = [
  "SP-SAO PAULO",
  "PR-CURITIBA",
  "RJ-NITEROI",
  "MG-BELO HORIZONTE",
  "RS-PORTO ALEGRE",
  "SC-ITAJAI",
  "BA-SALVADOR",
  "PE-RECIFE",
  "CE-FORTALEZA",
  "GO-GOIANIA",
  "ES-VITORIA",
  "RS-LAGOA VERMELHA",
  "PR-PARANAGUA",
  "DF-BRASILIA",
] as const;

/** Brazil until 2018: a small town plate above the letters, stamped from one sheet. */
export const designOldBrazil: Design = (request) => {
  const { size, random, ink, rows } = request;
  const [width, height] = size;
  const frame = frameMarks(request);
  const isTwoLine = rows.length > 1;
  const band = height * (isTwoLine ? random.range(0.12, 0.16) : random.range(0.17, 0.24));
  const marks: Mark[] = [...frame.marks];
  const small = band * random.range(0.5, 0.68);
  if (random.chance(0.3)) {
    marks.push({
      kind: "outline",
      box: [width * 0.25, height * 0.03, width * 0.5, band],
      radius: 4,
      line: 1.6,
      colour: varyColour(ink, random, 40),
      relief: true,
    });
  }
  marks.push(
    ...setText(
      random.pick(TOWNS),
      [width * 0.2, height * 0.05 + (band - small) / 2, width * 0.6, small],
      "arimo-bold",
      ink,
    ),
  );
  const lettering = { ...chooseLettering(request), align: "centre" as const };
  const top = band + height * 0.07;
  const room = height * random.range(0.92, 0.95) - top;
  const inset = width * random.range(0.03, 0.06);
  if (!isTwoLine) {
    const cap = Math.min(room, height * random.range(0.5, 0.62));
    const set = letterRow(rows[0]!, [inset, top + (room - cap) / 2, width - 2 * inset, cap], lettering, request);
    return { marks: [...marks, ...set.marks], characters: set.characters, capHeightMm: cap };
  }
  const cap = room * 0.46;
  const sets = rows.map((row, i) =>
    letterRow(row, [inset, top + i * room * 0.52, width - 2 * inset, cap], lettering, request),
  );
  return {
    marks: [...marks, ...sets.flatMap((set) => set.marks)],
    characters: sets.flatMap((set) => set.characters),
    capHeightMm: cap,
  };
};

/** Mercosur since 2016: blue band with the country's name, emblem and flag, FE lettering below. */
export const designMercosur: Design = (request) => {
  const { size, random, rows, format } = request;
  const [width, height] = size;
  const blue = varyColour([10, 47, 135], random, 26);
  const band = height * random.range(0.2, 0.27) * (rows.length > 1 ? 0.8 : 1);
  const marks: Mark[] = [
    ...frameMarks({
      ...request,
      look: { ...request.look, border: 0.9 },
      frameInk: random.chance(0.5) ? blue : request.ink,
    }).marks,
  ];
  marks.push({ kind: "box", box: [0, 0, width, band], radius: height * 0.05, colour: blue });
  const white: Colour = [240, 242, 246];
  marks.push(
    ...setText(
      format.badge.text ?? "MERCOSUR",
      [width * 0.25, band * 0.28, width * 0.5, band * 0.44],
      "arimo-bold",
      white,
    ),
  );
  const flag = band * 0.55;
  const right = width - flag * 1.7;
  const colours: readonly Colour[] = random.pick([
    [
      [20, 120, 60],
      [250, 220, 40],
      [20, 120, 60],
    ],
    [
      [110, 170, 220],
      [240, 240, 240],
      [110, 170, 220],
    ],
    [
      [200, 40, 50],
      [240, 240, 240],
      [30, 60, 150],
    ],
  ]);
  colours.forEach((colour, i) => {
    marks.push({ kind: "box", box: [right, band * 0.22 + (flag * i) / 3, flag * 1.4, flag / 3], radius: 0, colour });
  });
  for (const [x, y] of [
    [0.055, 0.4],
    [0.075, 0.62],
    [0.04, 0.65],
    [0.085, 0.35],
  ] as const) {
    marks.push({ kind: "disc", x: width * x, y: band * y, radius: band * 0.07, colour: [150, 200, 120] });
  }
  if (random.chance(0.4))
    marks.push(
      ...setText("BR", [width * 0.02, height * 0.84, width * 0.06, height * 0.08], "arimo-bold", [40, 40, 40]),
    );
  if (random.chance(0.3)) {
    const code = height * 0.13;
    marks.push({
      kind: "box",
      box: [width * 0.025, band + height * 0.08, code, code],
      radius: 0,
      colour: [60, 60, 64],
      opacity: 0.75,
    });
  }
  const lettering = { ...chooseLettering(request), monospaced: true };
  const inset = width * random.range(0.04, 0.09);
  const room = height - band;
  if (rows.length === 1) {
    const cap = Math.min(room * 0.86, height * random.range(0.5, 0.6));
    const set = letterRow(rows[0]!, [inset, band + (room - cap) / 2, width - 2 * inset, cap], lettering, request);
    return { marks: [...marks, ...set.marks], characters: set.characters, capHeightMm: cap };
  }
  const cap = room * 0.4;
  const sets = rows.map((row, i) =>
    letterRow(row, [inset, band + room * (0.07 + 0.47 * i), width - 2 * inset, cap], lettering, request),
  );
  return {
    marks: [...marks, ...sets.flatMap((set) => set.marks)],
    characters: sets.flatMap((set) => set.characters),
    capHeightMm: cap,
  };
};

/** Argentina 1995 to 2016: white rim with the country's name, white letters in a black field. */
export const designOldArgentina: Design = (request) => {
  const { size, random, rows } = request;
  const [width, height] = size;
  const rim = varyColour([228, 228, 226], random, 20);
  const field: Colour = varyColour([24, 24, 26], random, 12);
  const side = width * random.range(0.03, 0.06);
  const top = height * random.range(0.16, 0.24);
  const bottom = height * random.range(0.1, 0.2);
  const marks: Mark[] = [
    { kind: "box", box: [side, top, width - 2 * side, height - top - bottom], radius: height * 0.05, colour: field },
    ...setText(
      "ARGENTINA",
      [width * 0.3, top * 0.3, width * 0.4, top * 0.5],
      "arimo-bold",
      random.chance(0.5) ? [60, 110, 180] : [120, 120, 122],
    ),
  ];
  const letters: Colour = varyColour([236, 236, 232], random, 14);
  const lettering = {
    ...chooseLettering({ ...request, ink: letters }),
    face: random.pick(["us-dies", "us-dies-bold", "din-mittel", "nordic"]),
  };
  const room = height - top - bottom;
  const cap = room * random.range(0.66, 0.8);
  const look = { ...request.look, separators: { " ": random.pick(["gap", "gap", "emblem"] as const) } };
  const set = letterRow(rows[0]!, [side * 1.7, top + (room - cap) / 2, width - 3.4 * side, cap], lettering, {
    ...request,
    look,
    ink: letters,
    background: field,
  });
  return { marks: [...marks, ...set.marks], characters: set.characters, capHeightMm: cap, background: rim };
};
