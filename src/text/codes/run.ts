/** Codes of failures while reading and computing. */
export const RUN_CODES = {
  "source-missing": "Nothing is at this address.",
  "source-unreadable": "The source is there but cannot be read.",
  "source-scheme-unknown": "Addresses of this kind cannot be read.",
  "time-zone-unknown": "No time zone has this name.",
  "compressed-data-broken": "Compressed data ends early or is damaged.",
  "header-differs": "Records stand below another header than the one that the pattern was made from.",
  "format-unknown": "No shipped format fits the data.",
  "sample-empty": "There are no bytes to learn a pattern from.",
  "sample-binary": "The bytes are no text, so no pattern can be learned from them.",
  "sample-no-line": "The sample has no line end, so no pattern can be learned from it.",
  "limit-reached": "A limit of the run was reached.",
  "lookup-unavailable": "Nothing is installed, or allowed, that answers this function.",
  "save-refused": "What a script saves may not be written there.",
  "allow-list-line": "A line of an allow-list is neither an address nor a network.",
  "engine-failed": "The engine could not carry out the query.",
  cancelled: "The run was stopped before its end.",
} as const;
