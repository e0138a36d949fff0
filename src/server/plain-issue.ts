/** What a schema found wrong with a value, in words that stand beside a field as well as in an API's answer. */

/** An issue as fastify-type-provider-zod hands it on. */
export interface SchemaIssue {
  readonly keyword?: string;
  readonly message?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** The schema's own sentence where it has one; the library's, which name types and patterns, are put plainly. */
export function plainIssue({ keyword, message = "", params = {} }: SchemaIssue): string {
  const { origin, minimum, maximum, inclusive } = params;
  const isMissing = /received (undefined|null|NaN)$/.test(message);
  switch (keyword) {
    case "invalid_type":
      if (isMissing) return "is missing";
      return params.expected === "int" ? "must be a whole number" : message;
    case "too_small":
      if (!message.startsWith("Too small")) return message;
      if (origin === "string") return minimum === 1 ? "must not be empty" : `needs at least ${minimum} characters`;
      if (origin === "array") return `needs at least ${minimum}`;
      return inclusive === false ? `must be more than ${minimum}` : `must be at least ${minimum}`;
    case "too_big":
      if (!message.startsWith("Too big")) return message;
      if (origin === "string") return `must have at most ${maximum} characters`;
      if (origin === "array") return `must be at most ${maximum}`;
      return inclusive === false ? `must be less than ${maximum}` : `must be at most ${maximum}`;
    case "invalid_format":
      if (message === "Invalid URL") return "is no address, such as http://10.0.0.9/open";
      return message.startsWith("Invalid string") ? "is not written as it should be" : message;
    case "unrecognized_keys":
      return `has no ${(params.keys as readonly string[]).map((key) => `"${key}"`).join(", ")}`; // by zod
    default:
      return message === "" ? "is wrong" : message;
  }
}
