/** Codes of mistakes in patterns. */
export const PATTERN_CODES = {
  "pattern-syntax": "The pattern text is not well formed.",
  "matcher-unknown": "No matcher has this name.",
} as const;
