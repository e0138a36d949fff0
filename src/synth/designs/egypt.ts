/** Egypt since 2008: a coloured band with the country's name in two scripts, digits left, letters right, a bar between. */
import { type Colour, varyColour } from "../colour.ts";
import { chooseLettering, type Design, letterRow } from "../design.ts";
import type { Mark } from "../drawing.ts";
import { setText } from "../lettering.ts";

/** Band colours by use: private, taxi, truck, diplomat, tourism, customs. */
const BANDS: readonly (readonly [colour: Colour, weight: number])[] = [
  [[74, 160, 220], 8],
  [[40, 96, 190], 5],
  [[240, 130, 40], 3],
  [[200, 40, 40], 2],
  [[90, 170, 90], 1],
  [[230, 215, 90], 0.7],
  [[150, 150, 150], 0.6],
];

const INK: Colour = [18, 18, 20];

export const designEgypt: Design = (request) => {
  const { size, random, rows, text } = request;
  const [width, height] = size;
  const band = height * random.range(0.28, 0.4);
  const paper = random.chance(0.9) ? varyColour([236, 236, 232], random, 16) : varyColour([235, 170, 60], random, 16);
  const line = height * random.range(0.012, 0.03);
  const marks: Mark[] = [
    {
      kind: "box",
      box: [0, 0, width, band],
      radius: height * 0.05,
      colour: varyColour(random.weighted(BANDS), random, 18),
    },
    { kind: "outline", box: [0, 0, width, height], radius: height * 0.05, line, colour: INK, relief: true },
    { kind: "box", box: [0, band - line / 2, width, line], radius: 0, colour: INK },
  ];
  const name = band * random.range(0.34, 0.46);
  const y = band * 0.32;
  marks.push(...setText("EGYPT", [width * 0.08, y, width * 0.36, name], "arimo-bold", INK));
  marks.push(
    ...setText(
      "مصر",
      [width * 0.58, y, width * 0.34, name],
      random.pick(["noto-naskh", "noto-arabic", "noto-kufi"]),
      INK,
    ),
  );
  const face = random.weighted([
    ["noto-naskh", 6],
    ["noto-arabic", 3],
    ["noto-kufi", 1],
  ] as const);
  const lettering = {
    ...chooseLettering({ ...request, ink: INK }),
    face,
    align: "centre" as const,
    spacing: random.range(0.26, 0.6),
    stretch: random.range(0.9, 1.25),
    embolden: random.range(-0.01, 0.03),
  };
  const top = band + (height - band) * random.range(0.2, 0.28);
  const cap = (height - band) * random.range(0.42, 0.52);
  if (rows.length > 1) {
    const small = (height - band) * 0.28;
    const sets = rows.map((row, i) =>
      letterRow(row, [width * 0.08, band + (height - band) * (0.12 + 0.45 * i), width * 0.84, small], lettering, {
        ...request,
        ink: INK,
      }),
    );
    return {
      marks: [...marks, ...sets.flatMap((set) => set.marks)],
      characters: sets.flatMap((set) => set.characters),
      capHeightMm: small,
      background: paper,
    };
  }
  const split = width * random.range(0.48, 0.53);
  if (random.chance(0.88))
    marks.push({ kind: "box", box: [split - line / 2, band, line, height - band], radius: 0, colour: INK });
  const digits = [...text].filter((character) => character >= "٠" && character <= "٩").join("");
  const letters = text.slice(digits.length);
  const left = letterRow(digits, [width * 0.04, top, split - width * 0.07, cap], lettering, { ...request, ink: INK });
  const right = letterRow(letters, [split + width * 0.03, top, width - split - width * 0.07, cap], lettering, {
    ...request,
    ink: INK,
  });
  return {
    marks: [...marks, ...left.marks, ...right.marks],
    characters: [...left.characters, ...right.characters],
    capHeightMm: cap,
    background: paper,
  };
};
