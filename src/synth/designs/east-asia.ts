/** China's fixed grid, Japan's four fields, Korea's green two-liners. */
import type { BoxMm } from "../canvas.ts";
import { chooseLettering, type Design, frameMarks, insetBox, letterRow } from "../design.ts";
import type { Mark } from "../drawing.ts";

/** GA 36: province and letter, a dot, five or six characters; all cells the same width, across the whole plate. */
export const designChina: Design = (request) => {
  const { size, random, rows, format, background } = request;
  const [width, height] = size;
  const isGreen = format.name.startsWith("green");
  const marks: Mark[] = [];
  if (isGreen) {
    marks.push({ kind: "gradient", box: [0, 0, width, height], top: [232, 240, 234], bottom: background });
    if (format.name === "green-large")
      marks.push({ kind: "box", box: [0, 0, width * 0.28, height], radius: 0, colour: [226, 200, 62] });
  }
  const frame = frameMarks({ ...request, frameInk: request.ink, look: { ...request.look, border: 1 } });
  marks.push(...frame.marks);
  const han = random.pick(["noto-sc", "noto-sc-bold"]);
  const lettering = {
    ...chooseLettering(request),
    align: "justify" as const,
    monospaced: true,
    spacing: random.range(0.12, 0.22),
    stretch: random.range(0.92, 1.02),
  };
  const look = { ...request.look, separators: { "·": "dot" as const, " ": "gap" as const } };
  const set = (row: string, area: BoxMm) => {
    const placed = letterRow(row, area, lettering, { ...request, look });
    return {
      ...placed,
      marks: placed.marks.map((mark) =>
        mark.kind === "glyph" && mark.character > "一" ? { ...mark, face: han } : mark,
      ),
    };
  };
  const inset = width * random.range(0.035, 0.06);
  if (rows.length === 1) {
    const cap = height * random.range(0.6, 0.68);
    const placed = set(rows[0]!, [inset, (height - cap) / 2, width - 2 * inset, cap]);
    return { marks: [...marks, ...placed.marks], characters: placed.characters, capHeightMm: cap };
  }
  const [small, large] = [height * random.range(0.26, 0.29), height * random.range(0.48, 0.52)];
  const upper = set([...rows[0]!].join(" "), [width * 0.25, height * 0.07, width * 0.5, small]);
  const lower = set(rows[1]!, [inset, height * 0.92 - large, width - 2 * inset, large]);
  return {
    marks: [...marks, ...upper.marks, ...lower.marks],
    characters: [...upper.characters, ...lower.characters],
    capHeightMm: small,
  };
};

/** Japan: office and class small above, the kana small left of the four large digits. */
export const designJapan: Design = (request) => {
  const { size, random, rows } = request;
  const [width, height] = size;
  const drawn = chooseLettering(request);
  // the digits' strokes are a ninth of their height, thinner than those of the faces at hand
  const lettering = { ...drawn, align: "centre" as const, embolden: drawn.embolden - random.range(0, 0.035) };
  const small = height * random.range(0.21, 0.25);
  const upper = letterRow(rows[0]!, [width * 0.2, height * 0.08, width * 0.6, small], lettering, request);
  const [kana, number] = [rows[1]!.slice(0, 1), rows[1]!.slice(1).trim()];
  const large = height * random.range(0.42, 0.52);
  const left = letterRow(kana, [width * 0.03, height * 0.58, width * 0.12, height * 0.2], lettering, request);
  const digits = letterRow(
    number,
    [width * 0.17, height * 0.42, width * 0.79, large],
    { ...lettering, align: "justify" },
    request,
  );
  return {
    marks: [...upper.marks, ...left.marks, ...digits.marks],
    characters: [...upper.characters, ...left.characters, ...digits.characters],
    capHeightMm: small,
  };
};

/** Korea: place and class small above, syllable and digits large below on two-line plates; one row otherwise. */
export const designKorea: Design = (request) => {
  const { size, random, rows } = request;
  const [width, height] = size;
  const frame = frameMarks(request);
  const inner = insetBox([0, 0, width, height], frame.inset + width * 0.02, frame.inset + height * 0.03);
  const lettering = chooseLettering(request);
  if (rows.length === 1) {
    const cap = height * random.range(0.56, 0.68);
    const set = letterRow(rows[0]!, [inner[0], (height - cap) / 2, inner[2], cap], lettering, request);
    return { marks: [...frame.marks, ...set.marks], characters: set.characters, capHeightMm: cap };
  }
  const [small, large] = [inner[3] * 0.3, inner[3] * 0.5];
  const upper = letterRow(rows[0]!, [width * 0.2, inner[1] + inner[3] * 0.04, width * 0.6, small], lettering, request);
  const lower = letterRow(rows[1]!, [inner[0], inner[1] + inner[3] * 0.44, inner[2], large], lettering, request);
  return {
    marks: [...frame.marks, ...upper.marks, ...lower.marks],
    characters: [...upper.characters, ...lower.characters],
    capHeightMm: small,
  };
};
