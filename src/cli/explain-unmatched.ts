/** `trawl parse --explain-unmatched`: reads sources and says where the pattern failed in what it does not match. */
import type { Pattern } from "#language";
import { compileProgram, explainUnmatched, type UnmatchedInput, type UnmatchedReport } from "#records";
import { listObjects } from "#sources";
import { Failure, UNPAINTED } from "#text";
import { EXIT, exitCodeOf } from "./exit-codes.ts";
import type { OutputChoice } from "./output-options.ts";
import type { OutputTarget } from "./output-target.ts";
import { openProgressLine } from "./progress.ts";
import type { Session } from "./session.ts";
import { printSize } from "./sizes.ts";
import {
  printUnmatched,
  printUnmatchedAccount,
  UNMATCHED_COLUMNS,
  unmatchedRows,
} from "./unmatched-report.ts";
import { tellWarnings } from "./warnings.ts";

/** What is to be explained, and where to. */
export interface UnmatchedRun {
  readonly pattern: Pattern;
  readonly uris: readonly string[];
  readonly session: Session;
  /** Null: as text for people. */
  readonly output: OutputChoice | null;
  readonly target: OutputTarget;
}

/** Reads the sources, writes the report and gives the exit code. */
export async function runExplainUnmatched(run: UnmatchedRun): Promise<number> {
  const { session, target } = run;
  session.stop.onHardStop(() => target.discardNow());
  target.onClosed(() => session.stop.readerGone());
  try {
    const report = await examine(run);
    await target.write(reportBytes(run, report));
    await target.finish();
    return tellEnd(run, report);
  } finally {
    await target.discard();
  }
}

function examine({ pattern, uris, session }: UnmatchedRun): Promise<UnmatchedReport> {
  const { settings, messages, surroundings, startedMs } = session.invocation;
  const program = compileProgram(pattern, [], { timeZone: settings.timeZone });
  const showProgress = openProgressLine(messages, surroundings.clockMs, startedMs);
  return explainUnmatched(program, inputsOf(uris, session), {
    signal: session.stop.signal,
    maxBytes: settings.maxBytes,
    onProgress: (progress) => showProgress({ ...progress, rows: 0 }, null),
  });
}

async function* inputsOf(uris: readonly string[], session: Session): AsyncGenerator<UnmatchedInput> {
  const { invocation, stores, streams, stop, nowMs } = session;
  const { workingDirectory } = invocation.surroundings;
  const { timeZone } = invocation.settings;
  const { signal } = stop;
  for await (const objects of listObjects(uris, { workingDirectory, timeZone, signal, stores })) {
    for (const object of objects) {
      const referenceTimeMs = object.lastModifiedMs ?? object.pathTimeMs ?? nowMs;
      yield { uri: object.uri, referenceTimeMs, chunks: streams.open(object) };
    }
  }
}

function reportBytes(
  { pattern, output, target, session }: UnmatchedRun,
  report: UnmatchedReport,
): Uint8Array {
  const { source } = pattern;
  const { messages, settings } = session.invocation;
  messages.clearProgress();
  if (output === null) {
    const paint = target.terminalWidth === null ? UNPAINTED : messages.paint;
    return new TextEncoder().encode(printUnmatched(report, source, paint));
  }
  const writer = output.format.open(UNMATCHED_COLUMNS, {
    timeZone: settings.timeZone,
    terminalWidth: target.terminalWidth,
    guardsFormulas: output.guardsFormulas,
  });
  const parts = [writer.start(), writer.add(unmatchedRows(report, source)), writer.settle(), writer.finish()];
  return Buffer.concat(parts);
}

/** Tells the account where rows were written, warnings, and the limit if it was reached. */
function tellEnd({ output, session }: UnmatchedRun, report: UnmatchedReport): number {
  const { messages, settings } = session.invocation;
  tellWarnings(messages, report.warnings);
  if (output !== null) messages.note(printUnmatchedAccount(report));
  const isUseless = report.warnings.length > 0 && report.bytes === 0;
  if (!report.isLimitReached) return isUseless ? EXIT.unreachable.code : EXIT.done.code;
  const limit = printSize(settings.maxBytes ?? 0);
  messages.failure(
    new Failure("limit-reached", `Reading stopped after ${limit}, the limit of --max-bytes.`, {
      help: "What is told is true for what was read until there.",
    }),
  );
  return exitCodeOf("limit-reached");
}
