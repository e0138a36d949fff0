/** Plates of the 12 x 6 inch family: a state's name, scenery, stickers, a slogan, and lettering large across the middle. */
import type { BoxMm } from "../canvas.ts";
import { type Colour, colourOf, luminanceOf, mixColours, varyColour } from "../colour.ts";
import { chooseLettering, type Design, letterRow } from "../design.ts";
import type { Mark } from "../drawing.ts";
import { setText } from "../lettering.ts";
import { paintSticker, starPoints } from "../ornaments.ts";
import type { Random } from "../random.ts";

const STATES = [
  "Alabama",
  "ALASKA",
  "ARIZONA",
  "Arkansas",
  "California",
  "COLORADO",
  "Connecticut",
  "DELAWARE",
  "MYFLORIDA.COM",
  "GEORGIA",
  "HAWAII",
  "IDAHO",
  "Illinois",
  "INDIANA",
  "IOWA",
  "Kansas",
  "KENTUCKY",
  "Louisiana",
  "MAINE",
  "Maryland",
  "Massachusetts",
  "MICHIGAN",
  "Minnesota",
  "MISSISSIPPI",
  "Missouri",
  "MONTANA",
  "Nebraska",
  "NEVADA",
  "New Hampshire",
  "NEW JERSEY",
  "New Mexico USA",
  "NEW YORK",
  "First in Flight",
  "North Dakota",
  "OHIO",
  "OKLAHOMA",
  "Oregon",
  "Pennsylvania",
  "Rhode Island",
  "South Carolina",
  "South Dakota",
  "Tennessee",
  "TEXAS",
  "Utah",
  "VERMONT",
  "VIRGINIA",
  "WASHINGTON",
  "West Virginia",
  "WISCONSIN",
  "Wyoming",
  "U.S. GOVERNMENT",
] as const;

const SLOGANS = [
  "The Spirit of America",
  "Sportsman's Paradise",
  "IN GOD WE TRUST",
  "FAMOUS POTATOES",
  "America's Dairyland",
  "Constitution State",
  "Ocean State",
  "LIVE FREE OR DIE",
  "Wild, Wonderful",
  "TAXATION WITHOUT REPRESENTATION",
  "THE LONE STAR STATE",
  "Land of Lincoln",
  "GRAND CANYON STATE",
  "SUNSHINE STATE",
  "NATIVE AMERICA",
  "Vacationland",
  "EVERGREEN STATE",
  "Garden State",
  "dmv.ca.gov",
  "EMPIRE STATE",
  "10,000 lakes",
  "Great Faces. Great Places.",
  "KNOX",
  "ORANGE",
  "SHOW-ME STATE",
  "Birthplace of Aviation",
  "YOURS TO DISCOVER",
  "Je me souviens",
  "Beautiful",
  "Centennial",
  "TRUCK",
  "VETERAN",
] as const;

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"] as const;

const INKS: readonly Colour[] = [
  [22, 34, 92],
  [20, 28, 60],
  [12, 12, 14],
  [24, 70, 140],
  [130, 24, 30],
  [16, 84, 52],
  [60, 30, 90],
  [96, 60, 30],
];

const PAPERS: readonly Colour[] = [
  [238, 240, 240],
  [226, 234, 244],
  [240, 232, 208],
  [214, 228, 220],
  [236, 214, 214],
  [196, 216, 236],
  [246, 220, 120],
  [232, 176, 60],
  [150, 186, 220],
];

const DISPLAY_FACES = ["playfair", "playfair", "lobster", "arimo-bold", "oswald"] as const;

export const designNorthAmerica: Design = (request) => {
  const { random, size, format, rows } = request;
  const [width, height] = size;
  const isOwnState = format.region.includes("-");
  // the registry states one scheme a state; older and special ones look like anything
  const isSpecial = random.chance(isOwnState ? 0.35 : 0.75);
  const scheme = isSpecial ? specialScheme(random) : { ink: request.ink, paper: request.background };
  const name =
    format.badge.text !== undefined && (isOwnState || !format.region.startsWith("us"))
      ? format.badge.text
      : random.pick(STATES);
  const marks: Mark[] = scenery(scheme.paper, size, isSpecial, random);
  const nameColour =
    format.badge.colour !== undefined && !isSpecial
      ? varyColour(colourOf(format.badge.colour), random, 20)
      : random.pick([scheme.ink, [190, 34, 40], [24, 50, 120], scheme.ink] as const);
  const cap = height * random.range(0.4, 0.53);
  const middle = height * random.range(0.5, 0.55);
  const top = middle - cap / 2;
  marks.push(...nameMarks(name, [width, height], top, nameColour, random));
  if (random.chance(0.72)) {
    const small = height * random.range(0.06, 0.1);
    const y = (top + cap + height - small) / 2 - height * random.range(0, 0.03);
    const colour = random.chance(0.6) ? scheme.ink : nameColour;
    marks.push(
      ...setText(random.pick(SLOGANS), [width * 0.2, y, width * 0.6, small], random.pick(DISPLAY_FACES), colour),
    );
  }
  marks.push(...cornerMarks(size, scheme.ink, random));
  const lettering = {
    ...chooseLettering({ ...request, ink: scheme.ink }),
    spacing: random.range(0.12, 0.27),
    stretch: random.range(0.92, 1.2),
    align: random.chance(0.6) ? ("justify" as const) : ("centre" as const),
  };
  const letters = random.chance(0.06)
    ? sideLetters(top, cap, scheme.ink, width, random)
    : { marks: [] as Mark[], reach: 0 };
  marks.push(...letters.marks);
  const side = width * random.range(0.03, 0.08);
  const motif = random.chance(0.5) ? ("emblem" as const) : random.pick(["dot", "dash", "gap", "shield"] as const);
  const look = {
    ...request.look,
    separators: {
      " ": random.chance(0.45) ? motif : ("gap" as const),
      "-": random.pick(["dash", "dot", motif] as const),
    },
  };
  const area: BoxMm = [side + letters.reach, top, width - 2 * side - letters.reach, cap];
  const inked = { ...request, ink: scheme.ink, look };
  if (rows.length === 1) {
    const set = letterRow(rows[0]!, area, lettering, inked);
    return { marks: [...marks, ...set.marks], characters: set.characters, capHeightMm: cap, background: scheme.paper };
  }
  const half = cap * 0.66;
  const upper = letterRow(rows[0]!, [area[0], middle - half * 1.08, area[2], half], lettering, inked);
  const lower = letterRow(rows[1]!, [area[0], middle + half * 0.08, area[2], half], lettering, inked);
  return {
    marks: [...marks, ...upper.marks, ...lower.marks],
    characters: [...upper.characters, ...lower.characters],
    capHeightMm: half,
    background: scheme.paper,
  };
};

function specialScheme(random: Random): { readonly ink: Colour; readonly paper: Colour } {
  const paper = varyColour(random.pick(PAPERS), random, 24);
  const ink = varyColour(random.pick(INKS), random, 24);
  // vintage and dark schemes: pale letters on deep paint
  return random.chance(0.14) ? { ink: mixColours(paper, [250, 245, 225], 0.5), paper: ink } : { ink, paper };
}

function nameMarks(
  name: string,
  [width, height]: readonly [number, number],
  below: number,
  colour: Colour,
  random: Random,
): Mark[] {
  const cap = Math.min(height * random.range(0.1, 0.17), below * 0.72);
  const y = Math.max(height * 0.02, (below - cap) * random.range(0.2, 0.6));
  const marks: Mark[] = [];
  let ink = colour;
  if (random.chance(0.2)) {
    const band = below * random.range(0.7, 0.95);
    const paint = luminanceOf(colour) > 120 ? mixColours(colour, [0, 0, 30], 0.6) : colour;
    marks.push({ kind: "box", box: [0, 0, width, band], radius: height * 0.05, colour: paint });
    ink = random.pick([
      [245, 245, 245],
      [250, 215, 60],
    ] as const);
  }
  const share = random.range(0.4, 0.72);
  marks.push(...setText(name, [(width * (1 - share)) / 2, y, width * share, cap], random.pick(DISPLAY_FACES), ink));
  return marks;
}

function scenery(paper: Colour, [width, height]: readonly [number, number], isRich: boolean, random: Random): Mark[] {
  const marks: Mark[] = [];
  const pale = (colour: Colour): Colour => mixColours(colour, paper, random.range(0.12, 0.68));
  const tint = (): Colour => pale([random.range(20, 240), random.range(30, 220), random.range(30, 240)]);
  const whole: BoxMm = [0, 0, width, height];
  const kind = random.weighted([
    ["plain", 4],
    ["gradient", 3],
    ["hills", 3],
    ["bands", 1.5],
    ["motif", 3],
    ["sweep", 1.5],
  ] as const);
  if (kind === "plain" && !isRich) return marks;
  if (kind === "gradient") {
    const [first, second] = [tint(), tint()];
    const half = height * random.range(0.3, 0.6);
    marks.push({ kind: "gradient", box: [0, 0, width, half], top: first, bottom: paper });
    if (random.chance(0.7))
      marks.push({ kind: "gradient", box: [0, half, width, height - half], top: paper, bottom: second });
  }
  if (kind === "hills") {
    for (let i = random.int(1, 3); i > 0; i--) {
      const top = height * random.range(0.35, 0.75);
      marks.push({
        kind: "hills",
        box: [0, top, width, height - top],
        colour: tint(),
        phase: random.range(0, 6),
        waves: random.range(2, 16),
        opacity: random.range(0.3, 0.9),
      });
    }
  }
  if (kind === "bands") {
    marks.push({ kind: "box", box: [0, 0, width, height * random.range(0.15, 0.32)], radius: 0, colour: tint() });
    marks.push({ kind: "box", box: [0, height * random.range(0.7, 0.88), width, height], radius: 0, colour: tint() });
  }
  if (kind === "motif") {
    const [x, y] = [width * random.range(0.4, 0.6), height * random.range(0.4, 0.6)];
    const radius = height * random.range(0.14, 0.36);
    const colour = tint();
    const shape = random.pick(["disc", "star", "blot", "blot"] as const);
    if (shape === "disc") marks.push({ kind: "disc", x, y, radius, colour, opacity: 0.8 });
    else if (shape === "star") marks.push({ kind: "polygon", points: starPoints(x, y, radius), colour });
    else {
      for (let i = 0; i < 5; i++) {
        marks.push({
          kind: "disc",
          x: x + random.normal() * radius * 0.5,
          y: y + random.normal() * radius * 0.5,
          radius: radius * random.range(0.2, 0.6),
          colour: i === 3 ? tint() : colour,
          opacity: 0.7,
        });
      }
    }
  }
  if (kind === "sweep") {
    marks.push({
      kind: "hills",
      box: whole,
      colour: tint(),
      phase: random.range(0, 6),
      waves: random.range(1, 4),
      opacity: 0.6,
    });
    marks.push({
      kind: "disc",
      x: width * random.next(),
      y: height * random.range(0.1, 0.4),
      radius: height * random.range(0.1, 0.2),
      colour: tint(),
      opacity: 0.7,
    });
  }
  return marks;
}

/** Month and year stickers, or the years embossed in the corners. */
function cornerMarks([width, height]: readonly [number, number], ink: Colour, random: Random): Mark[] {
  const marks: Mark[] = [];
  const atTop = random.chance(0.65);
  for (const isLeft of [true, false]) {
    if (random.chance(0.35)) continue;
    const [w, h] = [height * random.range(0.14, 0.22), height * random.range(0.09, 0.16)];
    const x = isLeft ? width * random.range(0.015, 0.05) : width * random.range(0.95, 0.985) - w;
    const y = atTop ? height * random.range(0.02, 0.07) : height * random.range(0.93, 0.97) - h;
    const text = isLeft ? random.pick(MONTHS) : String(random.int(0, 99)).padStart(2, "0");
    if (random.chance(0.75)) {
      marks.push(...paintSticker([x, y, w, h], random, text));
    } else marks.push(...setText(text, [x, y + h * 0.2, w, h * 0.6], "arimo-bold", ink));
  }
  return marks;
}

/** Small stacked letters before the number: a class of the state's own, no part of the label. */
function sideLetters(
  top: number,
  cap: number,
  ink: Colour,
  width: number,
  random: Random,
): { marks: Mark[]; reach: number } {
  const letters = random.pick(["CH", "VA", "DV", "PF", "LD", "NG", "TRK", "USA", "CL", "EX"]);
  const small = (cap * 0.86) / letters.length;
  const marks = [...letters].flatMap((letter, i) =>
    setText(letter, [width * 0.02, top + cap * 0.04 + i * small * 1.08, width * 0.06, small * 0.86], "arimo-bold", ink),
  );
  return { marks: [...marks], reach: width * 0.05 };
}
