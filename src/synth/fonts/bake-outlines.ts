/**
 * Writes outlines.json: the few glyphs synthesis draws, taken from open fonts, so that no font package is a dependency.
 * Run from a folder in which the packages of FONTS.md are installed: `npx node bake-outlines.ts FOLDER > outlines.json`.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

interface Path {
  readonly commands: readonly { readonly command: string; readonly args: readonly number[] }[];
}
interface Font {
  readonly unitsPerEm: number;
  hasGlyphForCodePoint(codePoint: number): boolean;
  layout(text: string): {
    readonly glyphs: readonly { readonly path: Path; readonly bbox: { readonly maxY: number } }[];
    readonly positions: readonly { readonly xAdvance: number; readonly xOffset: number; readonly yOffset: number }[];
  };
}

/** Units of the baked cap height; at 512 a coordinate is off by at most a tenth of a per cent of it. */
const CAP_UNITS = 512;

const CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const LATIN = `${CAPITALS}ÄÖÜ`;
const TEXT = `${LATIN}abcdefghijklmnopqrstuvwxyzäöü.,:-/&'()!#·•ñéçãóí`;
const CHINA = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领警学挂港澳电";
const ARABIC = "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹ءأآإابتثجحخدذرزسشصضطظعغفقكلمنهةويىئؤپچژکگیھ";
const KANA = "あいうえかきくけこさすせそたちつてとなにぬねのはひふほまみむめもやゆよらりるれろわば";
const JAPAN =
  "品馬練立足子王戸八摩多浜横崎越南模相宮阪分大和浦谷本熊沢所部日春葉千野志習田柏成水土都宇群知高幌札館函旭台仙屋古名橋豊河重三山岡牧小張尾一静松沼阜岐潟長富石金井島福梨口形泉歌堺神路姫良奈賀滋敷倉広取鳥根関下徳香媛愛州九北米留久筑保世佐児鹿縄沖森手岩盛秋内庄会京津湘川青新";
const HANGUL =
  "가강거경고광구기나남너노누다대더도두라러로루마머모무바배버보부북사산서세소수아어오우울원인자저전제조종주천충하허호";
const THAI = "กขคฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผพฟภมยรลวศษสหฬอฮ";
const LAO = "ກຂຄງຈສຊຍດຕຖທນບປຜຝພຟມຢຣລວຫອຮ";
const MONGOLIA = "АБВГДЕЗИКЛМНОӨПРСТУҮХЦЧЭЯ";
/** Shaped as whole words, since Arabic letters join. */
const ARABIC_WORDS = [
  "تونس",
  "مصر",
  "السعودية",
  "المغرب",
  "ليبيا",
  "قطر",
  "الكويت",
  "دبي",
  "عمان",
  "البحرين",
  "الأردن",
  "لبنان",
  "العراق",
  "سوريا",
];
const THAI_WORDS = ["กรุงเทพมหานคร", "ชลบุรี", "เชียงใหม่"];

/** Face name, package, weight, characters. Faces of running text carry lower case. */
const FONTS: readonly (readonly [
  name: string,
  family: string,
  weight: number,
  characters: string,
  words?: readonly string[],
])[] = [
  ["oswald", "oswald", 500, TEXT],
  ["saira-condensed", "saira-condensed", 600, LATIN],
  ["saira-extra-condensed", "saira-extra-condensed", 600, LATIN],
  ["barlow", "barlow", 600, LATIN],
  ["barlow-condensed", "barlow-condensed", 600, LATIN],
  ["barlow-semi-condensed", "barlow-semi-condensed", 500, LATIN],
  ["bebas-neue", "bebas-neue", 400, LATIN],
  ["roboto-condensed", "roboto-condensed", 700, LATIN],
  ["roboto-mono", "roboto-mono", 600, LATIN],
  ["archivo-narrow", "archivo-narrow", 600, LATIN],
  ["fjalla-one", "fjalla-one", 400, LATIN],
  ["antonio", "antonio", 600, LATIN],
  ["league-gothic", "league-gothic", 400, LATIN],
  ["pathway-gothic-one", "pathway-gothic-one", 400, LATIN],
  ["share-tech", "share-tech", 400, LATIN],
  ["share-tech-mono", "share-tech-mono", 400, LATIN],
  ["teko", "teko", 500, LATIN],
  ["khand", "khand", 600, LATIN],
  ["rajdhani", "rajdhani", 700, LATIN],
  ["overpass", "overpass", 700, LATIN],
  ["overpass-mono", "overpass-mono", 600, LATIN],
  ["big-shoulders", "big-shoulders-display", 700, LATIN],
  ["staatliches", "staatliches", 400, LATIN],
  ["francois-one", "francois-one", 400, LATIN],
  ["arimo", "arimo", 500, LATIN],
  ["arimo-bold", "arimo", 700, TEXT],
  ["pt-sans-narrow", "pt-sans-narrow", 700, LATIN],
  ["plex-condensed", "ibm-plex-sans-condensed", 600, LATIN],
  ["gudea", "gudea", 700, LATIN],
  ["yantramanav", "yantramanav", 500, LATIN],
  ["chakra-petch", "chakra-petch", 600, LATIN],
  ["quantico", "quantico", 700, LATIN],
  ["b612-mono", "b612-mono", 700, LATIN],
  ["russo-one", "russo-one", 400, LATIN],
  ["michroma", "michroma", 400, LATIN],
  ["saira-stencil", "saira-stencil-one", 400, LATIN],
  ["patrick-hand", "patrick-hand", 400, LATIN],
  ["lobster", "lobster", 400, TEXT],
  ["playfair", "playfair-display", 700, TEXT],
  ["noto-sc", "noto-sans-sc", 500, CHINA],
  ["noto-sc-bold", "noto-sans-sc", 700, CHINA],
  ["noto-naskh", "noto-naskh-arabic", 600, ARABIC, ARABIC_WORDS],
  ["noto-arabic", "noto-sans-arabic", 600, ARABIC, ARABIC_WORDS],
  ["noto-kufi", "noto-kufi-arabic", 600, ARABIC, ARABIC_WORDS],
  ["noto-jp", "noto-sans-jp", 500, KANA + JAPAN],
  ["noto-kr", "noto-sans-kr", 500, HANGUL],
  ["do-hyeon", "do-hyeon", 400, HANGUL],
  ["noto-thai", "noto-sans-thai", 600, THAI, THAI_WORDS],
  ["noto-lao", "noto-sans-lao", 600, LAO],
  ["roboto-cyrillic", "roboto-condensed", 600, MONGOLIA],
];

/** Characters that set the cap line of a font, the first present one counts; the em box's 0.84 for ideographs and kana. */
function capHeightOf(font: Font): number {
  for (const reference of ["H", "ا"]) {
    if (has(font, reference)) return font.layout(reference).glyphs[0]!.bbox.maxY / font.unitsPerEm;
  }
  return 0.8;
}

function has(font: Font, character: string): boolean {
  return font.hasGlyphForCodePoint(character.codePointAt(0)!);
}

const LETTERS = { moveTo: "M", lineTo: "L", quadraticCurveTo: "Q", bezierCurveTo: "C", closePath: "Z" } as const;

/** Outline of a character or a shaped word: base line at CAP_UNITS, cap line at 0. */
function bakeGlyph(font: Font, text: string, capHeight: number): readonly [advance: number, path: string] {
  const scale = CAP_UNITS / capHeight / font.unitsPerEm;
  const { glyphs, positions } = font.layout(text);
  let pen = 0;
  let path = "";
  glyphs.forEach((glyph, i) => {
    const { xAdvance, xOffset, yOffset } = positions[i]!;
    for (const { command, args } of glyph.path.commands) {
      const numbers = args.map((value, k) =>
        k % 2 === 0 ? Math.round((pen + xOffset + value) * scale) : Math.round(CAP_UNITS - (yOffset + value) * scale),
      );
      path += LETTERS[command as keyof typeof LETTERS] + numbers.join(" ");
    }
    pen += xAdvance;
  });
  return [Math.round(pen * scale), path];
}

const folder = process.argv[2] ?? ".";
const modules = join(folder, "node_modules");
const fontkit = (await import(pathToFileURL(join(modules, "fontkit/dist/module.mjs")).href)) as {
  create(bytes: Buffer): Font;
};
const baked: Record<string, Record<string, readonly [advance: number, path: string]>> = {};
for (const [name, family, weight, characters, words = []] of FONTS) {
  const files = join(modules, "@fontsource", family, "files");
  if (!existsSync(files)) throw new Error(`${family} is not installed in ${folder}`);
  const fonts = readdirSync(files)
    .filter((file) => file.endsWith(`-${weight}-normal.woff2`))
    .sort((a, b) => Number(b.includes("-latin-")) - Number(a.includes("-latin-")))
    .map((file) => fontkit.create(readFileSync(join(files, file))));
  const glyphs: Record<string, readonly [advance: number, path: string]> = {};
  for (const character of [...new Set(characters), ...words]) {
    const font = fonts.find((candidate) => has(candidate, character));
    if (font === undefined) continue;
    const capFont = fonts.find((candidate) => has(candidate, "H") && CAPITALS.includes(characters[0]!)) ?? font;
    glyphs[character] = bakeGlyph(font, character, capHeightOf(capFont));
  }
  const missing = [...new Set(characters)].filter((character) => glyphs[character] === undefined).join("");
  process.stderr.write(`${name}: ${Object.keys(glyphs).length} glyphs${missing === "" ? "" : `, lacks ${missing}`}\n`);
  baked[name] = glyphs;
}
process.stdout.write(`${JSON.stringify(baked, null, 0).replaceAll('},"', '},\n"')}\n`);
