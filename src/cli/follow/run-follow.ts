/** Runs a query over files that are followed, until it is told to stop. */
import type { Batch } from "#records";
import { type FollowClock, openFollow, type RunningFollow } from "#relations";
import { Failure } from "#text";
import type { RowWriter } from "../output/output-format.ts";
import {
  accountOf,
  closeQuery,
  type Meter,
  openWriter,
  optionsOf,
  type Run,
  reasonOf,
  tell,
} from "../run-relation.ts";
import type { Session } from "../session.ts";
import { heightOf } from "../surroundings.ts";
import { type AnswerScreen, openAnswerList, openLastAnswer, openRedrawing } from "./answer-screen.ts";

/** Follows the files of a checked query and gives the exit code. Ended by Ctrl-C it has done what it was asked. */
export async function runFollow(run: Run): Promise<number> {
  const { target, session } = run;
  session.stop.onHardStop(() => target.discardNow());
  target.onClosed(() => session.stop.readerGone());
  const meter: Meter = { rows: 0, endMs: session.invocation.startedMs, isOver: true };
  const end = new AbortController();
  session.stop.onGentleStop(() => end.abort());
  let query: RunningFollow | null = null;
  let failure: Failure | null = null;
  try {
    query = openFollow(run.relation, optionsOf(session, meter), clockOf(session, end.signal));
    refuseStored(run, query);
    if (query.isRowWise) await writeRows(run, query, meter);
    else await writeAnswers(run, query, meter);
    await target.finish();
  } catch (error) {
    failure = reasonOf(error, session.stop.signal);
  } finally {
    await target.discard();
  }
  meter.endMs = session.invocation.surroundings.clockMs();
  const exitCode = await tell(
    run,
    query === null ? null : accountOf(query, session, meter),
    failure,
    end.signal.aborted,
  );
  const isClosed = await closeQuery(query, session.stop.signal.aborted);
  if (!isClosed) session.invocation.surroundings.exitNow(exitCode);
  return exitCode;
}

function clockOf({ invocation, stop }: Session, end: AbortSignal): FollowClock {
  return {
    nowMs: invocation.surroundings.clockMs,
    end,
    wait: (ms) =>
      new Promise((resolve) => {
        const either = AbortSignal.any([end, stop.signal]);
        const done = () => {
          clearTimeout(timer);
          either.removeEventListener("abort", done);
          resolve();
        };
        const timer = setTimeout(done, ms);
        either.addEventListener("abort", done);
        if (either.aborted) done();
      }),
  };
}

/** Formats of files that are made as a whole need an end; answers that take each other's place need lines between them. */
function refuseStored({ output }: Run, { isRowWise }: RunningFollow): void {
  const { format, path } = output;
  const isFile = path !== null && path !== "-";
  if (format.storedAs === undefined && (format.isBinary !== true || isRowWise || isFile)) return;
  throw new Failure("follow-refused", `What is followed cannot be written as ${format.name}.`, {
    help: "Formats that can: table, json, ndjson, csv, tsv, markdown; arrow where each record is a row of its own.",
  });
}

/** Rows as they come, as one result that has no end. */
async function writeRows(run: Run, query: RunningFollow, meter: Meter): Promise<void> {
  const { target } = run;
  const writer = await openWriter(run, query);
  await target.write(writer.start());
  for await (const rows of query.answers) {
    for await (const batch of rows) {
      await target.write(writer.add(batch));
      meter.rows += batch.rowCount;
    }
    await target.write(writer.settle());
  }
  await target.write(writer.finish());
}

/** Each answer as a result of its own. */
async function writeAnswers(run: Run, query: RunningFollow, meter: Meter): Promise<void> {
  const screen = screenOf(run);
  for await (const rows of query.answers) {
    const writer = await openWriter(run, query);
    const { bytes, rowCount } = await printAll(writer, rows);
    meter.rows = rowCount;
    await screen.show(bytes);
  }
  await screen.finish();
}

async function printAll(
  writer: RowWriter,
  rows: AsyncIterable<Batch>,
): Promise<{ readonly bytes: Uint8Array; readonly rowCount: number }> {
  const pieces = [writer.start()];
  let rowCount = 0;
  for await (const batch of rows) {
    pieces.push(writer.add(batch).slice());
    rowCount += batch.rowCount;
  }
  pieces.push(writer.finish());
  return { bytes: Buffer.concat(pieces), rowCount };
}

function screenOf({ output, target, session }: Run): AnswerScreen {
  const { stdout, environment } = session.invocation.surroundings;
  if (output.path !== null && output.path !== "-") return openLastAnswer(target);
  const canRedraw = target.terminalWidth !== null && output.format.isTerminalSafe;
  if (!canRedraw || environment["TERM"] === "dumb") return openAnswerList(target);
  return openRedrawing(target, () => heightOf(stdout));
}
