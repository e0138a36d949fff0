/** Markup by tagged template: whatever is put in is escaped, unless it is markup itself. */

/** Text that is safe to put into a page as it is; only `html` makes it. */
export interface Markup {
  readonly markup: string;
}

/** What may stand in a template: plain values are escaped, lists are joined, null and false vanish. */
export type Part = string | number | null | false | Markup | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes text for element content and for quoted attributes alike. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** Builds markup: html`<b>${name}</b>`. Attributes must be quoted in the template. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let markup = strings[0]!;
  for (const [index, part] of parts.entries()) markup += render(part) + strings[index + 1]!;
  return { markup };
}

/** Marks text of our own (styles, script) as safe. Never call it with anything read from a file. */
export function trusted(markup: string): Markup {
  return { markup };
}

function render(part: Part): string {
  if (part === null || part === false) return "";
  if (typeof part === "string") return escapeHtml(part);
  if (typeof part === "number") return String(part);
  return "markup" in part ? part.markup : part.map(render).join("");
}
