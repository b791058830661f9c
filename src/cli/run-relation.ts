/** Runs a checked query: its rows to the output, its account and warnings to standard error. */
import type { Relation } from "#language";
import { type Batch, type ScanInput, startScan } from "#records";
import { openQuery, type QueryOptions, type RunningQuery } from "#relations";
import { Failure } from "#text";
import { type Account, printAccount, printAccountJson } from "./account.ts";
import { EXIT, exitCodeOf } from "./exit-codes.ts";
import { type Messages, wantsColor } from "./messages.ts";
import { explainNoRecords } from "./no-records.ts";
import type { RowWriter } from "./output/output-format.ts";
import type { OutputChoice } from "./output-options.ts";
import type { OutputTarget } from "./output-target.ts";
import { lookupsOf } from "./outside.ts";
import { openProgressLine } from "./progress.ts";
import { lookingOf, type Session, threadsOf } from "./session.ts";
import { withSettling } from "./settling.ts";
import { READER_GONE } from "./stop.ts";
import { writeStored } from "./stored-output.ts";
import { savePlaces } from "./stores.ts";
import { tellWarnings } from "./warnings.ts";

/** So long after a wish to stop the process ends, whatever threads are busy with. */
const CLOSED_AT_LATEST_MS = 1000;

/** A run and what it needs. */
export interface Run {
  readonly relation: Relation;
  readonly session: Session;
  readonly output: OutputChoice;
  readonly target: OutputTarget;
}

/** Runs the query and gives the exit code. Failures of the run are told here; nothing is left of an output that is not complete. */
export async function runRelation(run: Run): Promise<number> {
  const { target, session } = run;
  session.stop.onHardStop(() => target.discardNow());
  target.onClosed(() => session.stop.readerGone());
  const meter: Meter = { rows: 0, endMs: session.invocation.startedMs, isOver: false };
  let query: RunningQuery | null = null;
  let failure: Failure | null = null;
  try {
    query = await openQuery(run.relation, optionsOf(session, meter));
    await writeRows(run, query, meter);
    await target.finish();
  } catch (error) {
    failure = reasonOf(error, session.stop.signal);
    if (failure !== null) meter.endMs = session.invocation.surroundings.clockMs();
  } finally {
    meter.isOver = true;
    await target.discard();
  }
  const exitCode = await tell(run, query === null ? null : accountOf(query, session, meter), failure);
  const isClosed = await closeQuery(query, session.stop.signal.aborted);
  if (!isClosed) session.invocation.surroundings.exitNow(exitCode);
  return exitCode;
}

/** Closes the query; of one that was stopped it is not waited for long: who wants to leave leaves. False: it is not closed yet. */
export async function closeQuery(
  query: Pick<RunningQuery, "close"> | null,
  wasStopped: boolean,
): Promise<boolean> {
  if (query === null) return true;
  const closed = query.close().then(() => true);
  if (!wasStopped) return closed;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), CLOSED_AT_LATEST_MS);
  });
  try {
    return await Promise.race([closed, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What is known of a run while it goes on. */
export interface Meter {
  rows: number;
  /** When the last row was written, or the run was given up. */
  endMs: number;
  /** What ends the run is told from now on, and no progress. */
  isOver: boolean;
}

/** How a session's queries are run. */
export function optionsOf(
  { invocation, nowMs, stop, stores, streams, scanThreads }: Session,
  meter: Meter,
): QueryOptions {
  const { settings, surroundings, messages, startedMs } = invocation;
  const showProgress = openProgressLine(messages, surroundings.clockMs, startedMs);
  let totalBytes: number | null = 0;
  return {
    threads: threadsOf(settings),
    timeZone: settings.timeZone,
    nowMs,
    maxRows: settings.maxRows,
    maxBytes: settings.maxBytes,
    memoryBytes: settings.memoryBytes,
    signal: stop.signal,
    onProgress: (progress) => {
      if (!meter.isOver) showProgress(progress, totalBytes);
    },
    startScan: (task) => {
      totalBytes = sumOfSizes(totalBytes, task.inputs);
      return startScan({ ...task, workers: scanThreads });
    },
    workingDirectory: surroundings.workingDirectory,
    stores,
    openingsOf: (objects, signal) => streams.openingsOf(objects, signal),
    lookups: lookupsOf(invocation, Number(nowMs)),
    savePlaces: savePlaces(invocation),
  };
}

/** The total with the sizes of more inputs; null when one is not known before it is read. */
function sumOfSizes(totalBytes: number | null, inputs: readonly ScanInput[]): number | null {
  return inputs.reduce<number | null>(
    (sum, { sizeBytes }) => (sum === null || sizeBytes === null ? null : sum + sizeBytes),
    totalBytes,
  );
}

async function writeRows(run: Run, query: RunningQuery, meter: Meter): Promise<void> {
  const { session, output, target } = run;
  const { settings, surroundings, messages } = session.invocation;
  const { storedAs } = output.format;
  if (storedAs !== undefined) {
    const onBatch = ({ rowCount }: Batch) => {
      meter.rows += rowCount;
    };
    const { timeZone } = settings;
    await writeStored(query, target, { format: storedAs, timeZone, signal: session.stop.signal, onBatch });
    meter.endMs = surroundings.clockMs();
    return;
  }
  const writer = await openWriter(run, query);
  const write = async (bytes: Uint8Array): Promise<void> => {
    if (bytes.length === 0) return;
    if (target.terminalWidth !== null) messages.clearProgress();
    await target.write(bytes);
  };
  await write(writer.start());
  const settle = () => write(writer.settle());
  for await (const batch of withSettling(query.batches, session.stop.signal, settle)) {
    await write(writer.add(batch));
    meter.rows += batch.rowCount;
    meter.endMs = surroundings.clockMs();
  }
  await write(writer.finish());
  meter.endMs = surroundings.clockMs();
}

/** Opens the writer of one result. */
export async function openWriter(
  { session, output, target }: Run,
  { columns, rendering }: Pick<RunningQuery, "columns" | "rendering">,
): Promise<RowWriter> {
  const { settings, surroundings } = session.invocation;
  const { openLater, open } = output.format;
  return (openLater ?? open)(columns, {
    timeZone: settings.timeZone,
    terminalWidth: target.terminalWidth,
    guardsFormulas: output.guardsFormulas,
    hasColor:
      target.terminalWidth !== null &&
      wantsColor(surroundings.stdout, settings.color, surroundings.environment),
    isAscii: surroundings.environment["TERM"] === "dumb",
    ...(rendering === null ? {} : { rendering }),
  });
}

/** What a run came to so far. */
export function accountOf(
  query: Pick<RunningQuery, "summary">,
  { invocation }: Session,
  meter: Meter,
): Account {
  const elapsedMs = meter.endMs - invocation.startedMs;
  return { summary: query.summary(), rows: meter.rows, elapsedMs };
}

/** What ended the run. An aborted signal says it best: what else is thrown then is only its echo. Null: the reader went, which is fine. */
export function reasonOf(error: unknown, signal: AbortSignal): Failure | null {
  const reason: unknown = signal.aborted ? signal.reason : error;
  if (reason === READER_GONE) return null;
  if (reason instanceof Failure) return reason;
  throw reason;
}

/** Tells warnings, the failure if there is one, and the account, which comes last. Gives the exit code. `wasEnded`: Ctrl-C ended what would have gone on. */
export async function tell(
  run: Run,
  account: Account | null,
  failure: Failure | null,
  wasEnded = false,
): Promise<number> {
  const { invocation, stop } = run.session;
  invocation.messages.clearProgress();
  const isUseless = account !== null && tellLosses(invocation.messages, account);
  if (failure !== null) invocation.messages.failure(failure);
  else if (account !== null && !stop.signal.aborted) await tellNoRecords(run, account);
  if (account !== null) tellAccount(run, account, failure !== null, wasEnded);
  if (failure !== null) return exitCodeOf(failure.code);
  return isUseless ? EXIT.unreachable.code : EXIT.done.code;
}

/** Whether sources were damaged so that they gave nothing at all. */
function tellLosses(messages: Messages, { summary }: Account): boolean {
  tellWarnings(messages, summary.warnings);
  for (const note of summary.notes) messages.note(note);
  return summary.warnings.length > 0 && summary.records === 0;
}

async function tellNoRecords({ relation, session }: Run, { summary }: Account): Promise<void> {
  if (summary.records > 0 || summary.unmatchedBytes === 0 || summary.warnings.length > 0) return;
  const lines = await explainNoRecords(relation, lookingOf(session));
  if (lines !== null) session.invocation.messages.lines(lines);
}

function tellAccount(
  { session, output }: Run,
  account: Account,
  isStopped: boolean,
  wasEnded: boolean,
): void {
  const { messages } = session.invocation;
  const wasBusy = session.stop.signal.aborted || account.summary.bytes > 0 || account.rows > 0;
  if (output.stats === "json") messages.lines(printAccountJson(account));
  else if (output.stats === "text" || (isStopped || wasEnded ? wasBusy : messages.isTerminal)) {
    messages.note(isStopped ? `So far: ${printAccount(account)}` : printAccount(account));
  }
}
