/** For fields that hold plates or code: the field alone, not its label. */
export const MONOSPACE_INPUT = { input: { fontFamily: "var(--mantine-font-family-monospace)" } } as const;
