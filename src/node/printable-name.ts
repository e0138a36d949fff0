/** A file name on one line and harmless to a terminal: control characters are escaped (`\n`, `\x1b`), the rest stays. */
export function printableName(path: string): string {
  return path.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    const code = character.codePointAt(0)!; // the pattern matches exactly one character
    if (character === "\n") return "\\n";
    return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`;
  });
}
