/** Russia: the region's code small in a box of its own on the right, above the country's mark and flag. */
import { chooseLettering, type Design, frameMarks, letterRow } from "../design.ts";
import type { Mark } from "../drawing.ts";
import { setText } from "../lettering.ts";

export const designRussia: Design = (request) => {
  const { size, random, rows, ink } = request;
  const [width, height] = size;
  const isTwoLine = rows.length > 1;
  const frame = frameMarks(request);
  const lettering = { ...chooseLettering(request), align: "centre" as const };
  const last = rows[rows.length - 1]!;
  const cutAt = last.lastIndexOf(" ");
  const [serial, code] = [last.slice(0, cutAt), last.slice(cutAt + 1)];
  const box = isTwoLine ? width * 0.42 : width * random.range(0.21, 0.25);
  const boxTop = isTwoLine ? height * 0.5 : 0;
  const line = height * 0.02;
  const right = width - box;
  const marks: Mark[] = [
    ...frame.marks,
    { kind: "box", box: [right, boxTop, line, height - boxTop], radius: 0, colour: ink },
  ];
  const room = height - boxTop;
  const small = room * (isTwoLine ? 0.5 : 0.44);
  const coded = letterRow(code, [right + box * 0.12, boxTop + room * 0.09, box * 0.8, small], lettering, request);
  const mark = room * 0.14;
  marks.push(...setText("RUS", [right + box * 0.1, boxTop + room * 0.72, box * 0.4, mark], "arimo-bold", ink));
  [
    [240, 240, 240],
    [40, 70, 170],
    [200, 40, 40],
  ].forEach((colour, i) => {
    marks.push({
      kind: "box",
      box: [right + box * 0.6, boxTop + room * 0.71 + (mark * i) / 3, box * 0.28, mark / 3],
      radius: 0,
      colour: colour as [number, number, number],
    });
  });
  if (!isTwoLine) {
    const cap = height * random.range(0.56, 0.66);
    const set = letterRow(
      serial,
      [width * 0.03, (height - cap) / 2 + height * 0.02, right - width * 0.06, cap],
      lettering,
      request,
    );
    return {
      marks: [...marks, ...set.marks, ...coded.marks],
      characters: [...set.characters, ...coded.characters],
      capHeightMm: small,
    };
  }
  const cap = height * 0.36;
  const upper = letterRow(rows[0]!, [width * 0.06, height * 0.09, width * 0.88, cap], lettering, request);
  const lower = letterRow(serial, [width * 0.06, height * 0.54, right - width * 0.1, cap], lettering, request);
  return {
    marks: [...marks, ...upper.marks, ...lower.marks, ...coded.marks],
    characters: [...upper.characters, ...lower.characters, ...coded.characters],
    capHeightMm: small,
  };
};
