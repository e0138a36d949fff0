/** Punjab's wide green strip and small year, Islamabad's and Sindh's names, and whatever the owner had made. */
import type { BoxMm } from "../canvas.ts";
import { type Colour, varyColour } from "../colour.ts";
import { chooseLettering, type Design, frameMarks, letterRow } from "../design.ts";
import type { Mark } from "../drawing.ts";
import { setText } from "../lettering.ts";
import { designStandard } from "./standard.ts";

export const designPakistan: Design = (request) => {
  const { size, random, rows, ink, isHomemade } = request;
  if (rows.length === 1 && random.chance(isHomemade ? 0.5 : 0.15)) return designDiscreet(request);
  if (isHomemade || random.chance(0.35)) return designStandard(request);
  const [width, height] = size;
  const frame = frameMarks(request);
  const marks: Mark[] = [...frame.marks];
  const lettering = { ...chooseLettering(request), align: random.pick(["left", "centre"] as const) };
  if (rows.length === 1) {
    // the authority's name above or below
    const isAbove = random.chance(0.3);
    const small = height * random.range(0.12, 0.17);
    const name = random.pick([
      "ICT-ISLAMABAD",
      "ISLAMABAD",
      "SINDH",
      "PUNJAB",
      "BALOCHISTAN",
      "GOVT OF SINDH",
      "PESHAWAR",
      "KARACHI",
    ]);
    marks.push(
      ...setText(
        name,
        [width * 0.15, isAbove ? height * 0.08 : height * 0.92 - small, width * 0.7, small],
        "arimo-bold",
        ink,
      ),
    );
    const cap = height * random.range(0.42, 0.52);
    const top = isAbove ? height * 0.34 : height * 0.14;
    const set = letterRow(rows[0]!, [width * 0.06, top, width * 0.88, cap], lettering, request);
    return { marks: [...marks, ...set.marks], characters: set.characters, capHeightMm: cap };
  }
  const strip = width * random.range(0.18, 0.26);
  const green: Colour = varyColour([20, 130, 80], random, 24);
  marks.push({ kind: "box", box: [0, 0, strip, height], radius: height * 0.04, colour: green });
  for (let i = 0; i < 5; i++) {
    marks.push({
      kind: "disc",
      x: strip * random.range(0.3, 0.7),
      y: height * (0.2 + i * 0.11),
      radius: strip * random.range(0.06, 0.13),
      colour: [225, 195, 90],
    });
  }
  marks.push(
    ...setText("PUNJAB", [strip * 0.1, height * 0.85, strip * 0.8, height * 0.08], "arimo-bold", [230, 230, 230]),
  );
  const cap = height * random.range(0.33, 0.39);
  const left = strip + width * 0.04;
  const room = width - left - width * 0.04;
  const [letters = "", year = ""] = rows[0]!.split(" ");
  const set = [
    letterRow(letters, [left, height * 0.11, room * (year === "" ? 1 : 0.68), cap], lettering, request),
    letterRow(rows[1]!, [left, height * 0.54, room, cap], lettering, request),
  ];
  if (year !== "") {
    // the year of registration, small and high, behind a dash or a dot
    const end = Math.max(...set[0]!.characters.map(({ box }) => box[0] + box[2]));
    const small = cap * random.range(0.45, 0.75);
    const x = Math.max(end + width * 0.05, width * random.range(0.68, 0.78));
    const y = height * random.range(0.11, 0.15);
    const dash: BoxMm = [(end + x) / 2 - width * 0.01, y + cap * 0.42, width * random.range(0.014, 0.03), cap * 0.1];
    if (random.chance(0.85)) marks.push({ kind: "box", box: dash, radius: 0, colour: ink });
    const thin = random.chance(0.5) ? { ...lettering, face: "roboto-condensed" } : lettering;
    const row = letterRow(year, [x, y, width * 0.97 - x, small], { ...thin, align: "left" }, request);
    set.splice(1, 0, row);
  }
  return {
    marks: [...marks, ...set.flatMap((row) => row.marks)],
    characters: set.flatMap((row) => row.characters),
    capHeightMm: cap,
  };
};

/** Small, wide letters on much empty plate, with the city in smaller ones: a fashion of owners. */
const designDiscreet: Design = (request) => {
  const { size, random, rows, ink } = request;
  const [width, height] = size;
  const cap = height * random.range(0.18, 0.32);
  const top = (height - cap) * random.range(0.3, 0.65);
  const lettering = {
    ...chooseLettering(request),
    stretch: random.range(1, 1.9),
    embolden: random.range(-0.03, 0.02),
    align: "centre" as const,
  };
  const set = letterRow(rows[0]!, [width * 0.08, top, width * 0.84, cap], lettering, request);
  const words: readonly (readonly [string, number])[] = [
    ["ICT", top - cap * 0.9],
    [random.pick(["ISLAMABAD", "KARACHI", "LAHORE", "SINDH", "PUNJAB"]), top + cap * 1.4],
  ];
  const small = words
    .filter(() => random.chance(0.45))
    .flatMap(([word, y]) => setText(word, [width * 0.3, y, width * 0.4, cap * 0.45], "arimo-bold", ink));
  return {
    marks: [...frameMarks(request).marks, ...set.marks, ...small],
    characters: set.characters,
    capHeightMm: cap,
  };
};
