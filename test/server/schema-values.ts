/** Values for JSON schemas, seeded: such as fit, such as nearly fit, and such as an attacker would send. */

export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly default?: unknown;
}

/** Uniform in 0..1; mulberry32. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function pick<T>(random: () => number, choices: readonly T[]): T {
  return choices[Math.floor(random() * choices.length)]!; // of lists that are not empty
}

const NASTY_TEXTS = [
  "",
  " ",
  "\u0000",
  "AB?1*",
  "*".repeat(60),
  "?".repeat(32),
  "'; DROP TABLE passage; --",
  '" OR 1=1 --',
  "%27%20OR%201=1",
  "../../../../etc/passwd",
  "..\\..\\windows",
  "%2e%2e%2f",
  "a\r\nSet-Cookie: x=1",
  "<script>alert(1)</script>",
  "=cmd|' /C calc'!A0",
  "\u202eABC",
  "А\u0410В\u0412", // Cyrillic look-alikes
  "Ⅷ８𝟠", // digits of other blocks
  "İıſß",
  "\ud800",
  "👩‍👩‍👧‍👦",
  "__proto__",
  "constructor",
  "null",
  "-1",
  "1e309",
  "9".repeat(400),
  "x".repeat(5000),
  "file:///etc/passwd",
  "gopher://127.0.0.1:70/",
  "http://169.254.169.254/latest/meta-data/",
  "http://[::1]:1/",
  "rtsp://user:secret@127.0.0.1:1/x",
  "Europe/Nowhere",
  "2026-13-45T99:99:99Z",
  "Infinity",
];

const NASTY_NUMBERS = [0, -1, -0, 1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308, Number.MIN_VALUE, 253_402_300_800_000];

export function nastyValue(random: () => number): unknown {
  return pick<() => unknown>(random, [
    () => pick(random, NASTY_TEXTS),
    () => pick(random, NASTY_NUMBERS),
    () => null,
    () => true,
    () => [],
    () => ({}),
    () => [[[[]]]],
    () => ({ $ne: null, __proto__: { admin: true }, toString: 1 }),
    () => Array.from({ length: 300 }, (_, i) => i),
  ])();
}

/** Mostly fits the schema; `nastiness` is the chance, 0..1, that a part does not. */
export function valueFor(schema: JsonSchema, random: () => number, nastiness: number, text: () => string): unknown {
  if (random() < nastiness) return nastyValue(random);
  const choice = schema.anyOf ?? schema.oneOf;
  if (choice !== undefined) return valueFor(pick(random, choice), random, nastiness, text);
  if (schema.allOf !== undefined) return valueFor(schema.allOf[0] ?? {}, random, nastiness, text);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return pick(random, schema.enum);
  const type = Array.isArray(schema.type) ? pick(random, schema.type as readonly string[]) : schema.type;
  switch (type) {
    case "object": {
      const entries = Object.entries(schema.properties ?? {}).filter(
        ([name]) => schema.required?.includes(name) === true || random() < 0.6,
      );
      const made = Object.fromEntries(entries.map(([name, part]) => [name, valueFor(part, random, nastiness, text)]));
      if (random() < nastiness) made[pick(random, NASTY_TEXTS).slice(0, 50)] = nastyValue(random);
      return made;
    }
    case "array": {
      if (schema.prefixItems) return schema.prefixItems.map((part) => valueFor(part, random, nastiness, text));
      const length = Math.floor(random() * 4);
      return Array.from({ length }, () => valueFor(schema.items ?? {}, random, nastiness, text));
    }
    case "string":
      return textOf(schema, random, text);
    case "integer":
    case "number":
      return numberOf(schema, random, type === "integer");
    case "boolean":
      return random() < 0.5;
    case "null":
      return null;
    default:
      return nastyValue(random);
  }
}

function textOf(
  { pattern, minLength = 0, maxLength = 40 }: JsonSchema,
  random: () => number,
  text: () => string,
): string {
  const tries = [
    text(),
    "AB123",
    "Gate 1",
    "de",
    "#00ff00",
    "Europe/Berlin",
    "rtsp://camera.invalid/1",
    "https://hook.invalid/x",
    "mqtt://broker.invalid",
    "platekit",
    "correct horse battery staple",
    "anna2",
    "0".repeat(64),
  ];
  const fits = (value: string): boolean =>
    value.length >= minLength &&
    value.length <= maxLength &&
    (pattern === undefined || new RegExp(pattern, "u").test(value));
  return tries.filter(fits).sort(() => random() - 0.5)[0] ?? "x".repeat(Math.max(1, minLength));
}

function numberOf(
  { minimum, maximum, exclusiveMinimum }: JsonSchema,
  random: () => number,
  isInteger: boolean,
): number {
  const low = minimum ?? exclusiveMinimum ?? 0;
  const high = Math.min(maximum ?? low + 1000, low + 2e12);
  const value = pick(random, [low, high, low + random() * (high - low)]);
  return isInteger ? Math.floor(value) : value;
}
