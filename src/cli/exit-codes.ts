/** The exit codes of the command line, and which failure ends with which. */
import type { FailureCode } from "#text";

/** One exit code. */
export interface ExitCode {
  readonly code: number;
  readonly sentence: string;
}

/** All exit codes, by what they mean. */
export const EXIT: Readonly<Record<ExitReason, ExitCode>> = {
  done: { code: 0, sentence: "The command did what it was asked." },
  broken: { code: 1, sentence: "Trawl or its engine failed; this is a mistake of Trawl worth reporting." },
  usage: { code: 2, sentence: "The command line is not understood." },
  wrongText: { code: 3, sentence: "A script or pattern has mistakes." },
  unreachable: { code: 4, sentence: "A source cannot be read, or the output cannot be written." },
  limit: { code: 5, sentence: "A limit was reached." },
  interrupted: { code: 130, sentence: "The run was interrupted." },
};

/** Why a command ends. */
export type ExitReason = "done" | "broken" | "usage" | "wrongText" | "unreachable" | "limit" | "interrupted";

const REASON_OF: Partial<Readonly<Record<FailureCode, ExitReason>>> = {
  usage: "usage",
  "nothing-to-run": "wrongText",
  "time-zone-unknown": "usage",
  "follow-refused": "usage",
  "limit-reached": "limit",
  "engine-failed": "broken",
  cancelled: "interrupted",
};

/** The exit code of a run that ended with this failure. */
export function exitCodeOf(code: FailureCode): number {
  return EXIT[REASON_OF[code] ?? "unreachable"].code;
}
