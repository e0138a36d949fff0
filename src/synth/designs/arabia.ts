/** Gulf and Levant: the number once more in Arabic digits, the country's name in both scripts, odd divisions. */
import { chooseLettering, type Design, frameMarks, insetBox, letterRow } from "../design.ts";
import type { Mark } from "../drawing.ts";
import { setText } from "../lettering.ts";
import { designStandard } from "./standard.ts";

const WORDS: Readonly<Record<string, string>> = {
  ae: "دبي",
  sa: "السعودية",
  qa: "قطر",
  kw: "الكويت",
  bh: "البحرين",
  om: "عمان",
  jo: "الأردن",
  lb: "لبنان",
  iq: "العراق",
  sy: "سوريا",
};

const FACES = ["noto-naskh", "noto-arabic", "noto-kufi"] as const;

export const designArabia: Design = (request) => {
  const { size, random, rows, ink, format } = request;
  const [width, height] = size;
  const word = WORDS[format.region];
  if (word === undefined || random.chance(0.25)) return designStandard(request);
  const frame = frameMarks(request);
  const marks: Mark[] = [...frame.marks];
  const inner = insetBox([0, 0, width, height], frame.inset + width * 0.02, frame.inset + height * 0.03);
  const lettering = { ...chooseLettering(request), align: "centre" as const };
  const face = random.pick(FACES);
  if (format.region === "ae" && rows.length === 2 && random.chance(0.6)) {
    // Dubai's: both names on the left, the code small in the right corner, the number large below
    const [code, number] = [rows[0]!, rows[1]!];
    const small = inner[3] * random.range(0.22, 0.32);
    const large = inner[3] * random.range(0.42, 0.54);
    const name = [inner[0] + inner[2] * 0.06, inner[1] + inner[3] * random.range(0.04, 0.1), inner[2] * 0.3] as const;
    marks.push(...setText(format.badge.text ?? "", [...name, small * random.range(0.5, 0.8)], "arimo-bold", ink));
    if (random.chance(0.6)) {
      marks.push(...setText(word, [inner[0] + inner[2] * 0.4, name[1], inner[2] * 0.25, small * 0.7], face, ink));
    }
    const upper = letterRow(
      code,
      [inner[0] + inner[2] * random.range(0.66, 0.76), name[1], inner[2] * 0.2, small],
      lettering,
      request,
    );
    const lower = letterRow(
      number,
      [inner[0], inner[1] + inner[3] * random.range(0.92, 0.97) - large, inner[2], large],
      { ...lettering, spacing: random.range(0.1, 0.3) },
      request,
    );
    return {
      marks: [...marks, ...upper.marks, ...lower.marks],
      characters: [...upper.characters, ...lower.characters],
      capHeightMm: small,
    };
  }
  if (rows.length === 1 && random.chance(0.5)) {
    // the row again in Arabic digits above, or the name beside
    const half = inner[3] * 0.38;
    const arabic = [...rows[0]!]
      .filter((c) => c >= "0" && c <= "9")
      .map((c) => String.fromCharCode(0x660 + Number(c)))
      .join(" ");
    marks.push(...setText(arabic, [inner[0], inner[1] + inner[3] * 0.06, inner[2] * 0.6, half * 0.8], face, ink));
    marks.push(
      ...setText(
        word,
        [inner[0] + inner[2] * 0.68, inner[1] + inner[3] * 0.08, inner[2] * 0.26, half * 0.6],
        face,
        ink,
      ),
    );
    const set = letterRow(rows[0]!, [inner[0], inner[1] + inner[3] * 0.52, inner[2], half], lettering, request);
    return { marks: [...marks, ...set.marks], characters: set.characters, capHeightMm: half };
  }
  const band = inner[3] * random.range(0.24, 0.32);
  marks.push(
    ...setText(word, [inner[0] + inner[2] * 0.52, inner[1] + band * 0.22, inner[2] * 0.42, band * 0.56], face, ink),
  );
  marks.push(
    ...setText(
      format.badge.text ?? "",
      [inner[0] + inner[2] * 0.06, inner[1] + band * 0.22, inner[2] * 0.42, band * 0.5],
      "arimo-bold",
      ink,
    ),
  );
  const room = inner[3] - band;
  const cap = rows.length === 1 ? room * 0.82 : room * 0.42;
  const sets = rows.map((row, i) =>
    letterRow(row, [inner[0], inner[1] + band + i * room * 0.5, inner[2], cap], lettering, request),
  );
  return {
    marks: [...marks, ...sets.flatMap((set) => set.marks)],
    characters: sets.flatMap((set) => set.characters),
    capHeightMm: cap,
  };
};
