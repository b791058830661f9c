/** Codes of failures while reading and computing. */
export const RUN_CODES = {
  "source-missing": "Nothing is at this address.",
  "source-unreadable": "The source is there but cannot be read.",
  "source-scheme-unknown": "Addresses of this kind cannot be read.",
  "source-changed": "An object changed between being listed and being read to its end.",
  "access-denied":
    "A store refuses to be read: credentials are missing, wrong or expired, or do not suffice.",
  "store-unknown": "No datastore has this name, or its definition cannot be used.",
  "time-zone-unknown": "No time zone has this name.",
  "compressed-data-broken": "Compressed data ends early or is damaged.",
  "archive-member-unreadable": "A member of an archive is packed or encrypted in a way that is not read.",
  "unpacked-too-large": "Packed data makes far more of each byte than logs do.",
  "packed-too-deep": "Data is packed inside other packed data too many times.",
  "archive-too-many-members": "An archive has too many members.",
  "header-differs": "Records stand below another header than the one that the pattern was made from.",
  "format-unknown": "No shipped format fits the data.",
  "sample-empty": "There are no bytes to learn a pattern from.",
  "sample-binary": "The bytes are no text, so no pattern can be learned from them.",
  "sample-no-line": "The sample has no line end, so no pattern can be learned from it.",
  "limit-reached": "A limit of the run was reached.",
  "lookup-unavailable": "Nothing is installed, or allowed, that answers this function.",
  "database-broken": "A database of places or networks cannot be used.",
  "list-missing": "There is no list of this name, or it was never fetched.",
  "list-definition": "The definition of a list cannot be used.",
  "list-unreadable": "A list cannot be fetched, or what was fetched is no such list.",
  "save-refused": "What a script saves may not be written there.",
  "allow-list-line": "A line of an allow-list is neither an address nor a network.",
  "incident-file": "What should be sent as incidents is no bundle that was made here.",
  "incident-refused": "Another system does not take incidents, or what it answers cannot be understood.",
  "secret-missing": "There is no secret where an option says that it is.",
  "follow-refused": "What is asked for cannot be followed.",
  "engine-failed": "The engine could not carry out the query.",
  cancelled: "The run was stopped before its end.",
} as const;

/** Codes of data that gave what could be read of it: one source is not all that was asked for, others go on. */
export const DAMAGE_CODES = [
  "compressed-data-broken",
  "archive-member-unreadable",
  "unpacked-too-large",
  "packed-too-deep",
  "archive-too-many-members",
] as const;

/** Codes of sources that could not be read, or not to their end. */
export const LOSS_CODES = ["source-missing", "source-changed", "source-unreadable"] as const;
