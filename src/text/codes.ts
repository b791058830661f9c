/** The one table of codes: every diagnostic and failure has a code here, and a line in `docs/errors.md`. */
import { COMMAND_LINE_CODES } from "./codes/command-line.ts";
import { OUTBOUND_CODES } from "./codes/outbound.ts";
import { PATTERN_CODES } from "./codes/pattern.ts";
import { QUERY_CODES } from "./codes/query.ts";
import { RULE_CODES } from "./codes/rules.ts";
import { RUN_CODES } from "./codes/run.ts";
import { SIGMA_CODES } from "./codes/sigma.ts";

/** What each code means, in one sentence. Codes are stable: scripts and people search for them. */
export const CODES: Readonly<Record<DiagnosticCode | FailureCode, string>> = {
  ...PATTERN_CODES,
  ...QUERY_CODES,
  ...RULE_CODES,
  ...SIGMA_CODES,
  ...RUN_CODES,
  ...OUTBOUND_CODES,
  ...COMMAND_LINE_CODES,
};

/** Codes of mistakes in a user's text. */
export type DiagnosticCode =
  | keyof typeof PATTERN_CODES
  | keyof typeof QUERY_CODES
  | keyof typeof RULE_CODES
  | keyof typeof SIGMA_CODES;

/** Codes of failures of the world: files, limits, the command line. */
export type FailureCode =
  | keyof typeof RUN_CODES
  | keyof typeof OUTBOUND_CODES
  | keyof typeof COMMAND_LINE_CODES;
