/** What lasts as long as one run: its clock, its reasons to stop, and its streams. */
import { availableParallelism } from "node:os";
import type { CheckedScript, Relation, Wanted, WantedAnswer } from "#language";
import { ScanThreads } from "#records";
import { type ListedObject, ObjectStreams, type OpenStores, refuseUnfollowed } from "#sources";
import { Failure, type TextSource } from "#text";
import type { Invocation } from "./command.ts";
import { storesOf } from "./datastores.ts";
import { answerFormat, type Looking } from "./detection.ts";
import { follows } from "./follow/follow-option.ts";
import { answerMapping } from "./mapping.ts";
import { fetchForScript } from "./outside.ts";
import { patternProblems } from "./parse-steps.ts";
import { answerText, checkWithAnswers, readScriptArguments, readStatement } from "./script.ts";
import { type Stop, watchForStop } from "./stop.ts";
import { answerTable } from "./tables.ts";

/** One run of a command. */
export interface Session {
  readonly invocation: Invocation;
  /** The query's clock. */
  readonly nowMs: bigint;
  readonly stop: Stop;
  readonly stores: OpenStores;
  readonly streams: ObjectStreams;
  readonly scanThreads: ScanThreads;
}

/** Opens a session for the action, and closes it. */
export async function inSession<T>(
  invocation: Invocation,
  action: (session: Session) => Promise<T>,
): Promise<T> {
  const { surroundings, settings } = invocation;
  const stop = watchForStop(surroundings, settings.timeoutMs);
  const stores = storesOf(invocation, stop.signal);
  const streams = new ObjectStreams({ signal: stop.signal, stores });
  const scanThreads = new ScanThreads();
  try {
    return await action({
      invocation,
      nowMs: BigInt(surroundings.wallClockMs()),
      stop,
      stores,
      streams,
      scanThreads,
    });
  } catch (error) {
    const reason: unknown = stop.signal.reason;
    throw reason instanceof Failure ? reason : error;
  } finally {
    stop.release();
    await Promise.all([streams.close(), scanThreads.close(), stores.close()]);
  }
}

/** Smaller sources are scanned by one thread, which does not take long to start. */
const LARGE_BYTES = 4 << 20;

/** Threads of a scan. */
export function threadsOf({ threads }: Invocation["settings"]): number {
  return threads ?? availableParallelism();
}

/** What looking at sources needs, in a session. */
export function lookingOf({ invocation, stores, streams, stop, scanThreads }: Session): Looking {
  const { surroundings, settings, messages } = invocation;
  const { workingDirectory } = surroundings;
  // A file that is looked at is likely to be read: threads start while its format is found.
  const isFollowed = follows(invocation.arguments);
  const onSource = (object: ListedObject) => {
    // Why here: looking would wait for what is never read.
    if (isFollowed) refuseUnfollowed(object);
    if (!isFollowed && (object.sizeBytes ?? 0) >= LARGE_BYTES) scanThreads.prepare(threadsOf(settings));
  };
  const { timeZone } = settings;
  return { workingDirectory, timeZone, stores, streams, signal: stop.signal, messages, onSource };
}

/** How a script is checked. */
export interface ScriptCheck {
  /** Sources are not looked at. */
  readonly isOffline: boolean;
  /** A source that cannot be looked at is a mistake of the script, not the end of the command. */
  readonly forgivesSources: boolean;
}

/** Checks a script, looking at the sources it names. */
export async function checkInSession(
  source: TextSource,
  session: Session,
  { isOffline, forgivesSources }: ScriptCheck = { isOffline: false, forgivesSources: false },
): Promise<CheckedScript> {
  const { arguments: parsed, settings } = session.invocation;
  const answer = async (wanted: Wanted): Promise<WantedAnswer> => {
    try {
      return await answerWanted(wanted, session);
    } catch (error) {
      if (!forgivesSources || !(error instanceof Failure) || session.stop.signal.aborted) throw error;
      return { kind: "missing", message: error.message };
    }
  };
  const execution = readStatement(parsed);
  const environment = {
    ...(execution === null ? {} : { execution }),
    nowMs: session.nowMs,
    timeZone: settings.timeZone,
    arguments: readScriptArguments(parsed),
    isOffline,
  };
  const checked = await checkWithAnswers(source, environment, answer);
  const problems = checked.relation === null ? [] : patternProblems(checked.relation);
  return { ...checked, diagnostics: [...checked.diagnostics, ...problems] };
}

async function answerWanted(wanted: Wanted, session: Session): Promise<WantedAnswer> {
  const { invocation, stores, stop } = session;
  const { signal } = stop;
  switch (wanted.kind) {
    case "text":
      return await answerText(wanted, {
        workingDirectory: invocation.surroundings.workingDirectory,
        fileAccess: stores.fileAccess,
        fetchText: (url) => fetchForScript(url, invocation, signal),
      });
    case "table":
      return await answerTable(wanted, { invocation, stores, signal });
    case "mapping":
      return await answerMapping(wanted, stores, signal);
    default:
      return await answerFormat(wanted, lookingOf(session));
  }
}

/** The query of a script, or null when it has mistakes, which are told. */
export async function relationOf(source: TextSource, session: Session): Promise<Relation | null> {
  const { messages } = session.invocation;
  const { relation, diagnostics } = await checkInSession(source, session);
  messages.diagnostics(diagnostics);
  if (diagnostics.some((diagnostic) => diagnostic.severity === "error")) return null;
  if (relation === null) {
    throw new Failure("nothing-to-run", `"${source.name}" asks for nothing.`, {
      help: "A script ends with a stream that is to be run, such as: PARSE(src:'access.log') | limit(10)",
    });
  }
  return relation;
}
