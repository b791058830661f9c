/** Codes of mistakes in scripts. */
export const QUERY_CODES = {
  "query-syntax": "The script text is not well formed.",
  "field-unknown": "No field of this name can be reached here.",
} as const;
