/** Punjab's wide green strip and small year, Islamabad's and Sindh's names, and whatever the owner had made. */
import { type Colour, varyColour } from "../colour.ts";
import { chooseLettering, type Design, frameMarks, letterRow } from "../design.ts";
import type { Mark } from "../drawing.ts";
import { setText } from "../lettering.ts";
import { designStandard } from "./standard.ts";

export const designPakistan: Design = (request) => {
  const { size, random, rows, ink, isHomemade } = request;
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
  // the year's two digits stand small behind the letters, no part of the label
  const year = random.chance(0.75) ? String(random.int(4, 24)).padStart(2, "0") : "";
  const upper = letterRow(rows[0]!, [left, height * 0.11, room * (year === "" ? 1 : 0.74), cap], lettering, request);
  if (year !== "") {
    const x = Math.max(...upper.characters.map(({ box }) => box[0] + box[2])) + width * 0.05;
    const small = cap * random.range(0.4, 0.55);
    if (random.chance(0.6))
      marks.push({
        kind: "box",
        box: [x - width * 0.03, height * 0.11 + cap * 0.45, width * 0.018, cap * 0.1],
        radius: 0,
        colour: ink,
      });
    marks.push(...setText(year, [x, height * 0.11, width * 0.1, small], "arimo-bold", ink, "left"));
  }
  const lower = letterRow(rows[1]!, [left, height * 0.54, room, cap], lettering, request);
  return {
    marks: [...marks, ...upper.marks, ...lower.marks],
    characters: [...upper.characters, ...lower.characters],
    capHeightMm: cap,
  };
};
