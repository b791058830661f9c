/** What `trawl detect` does. */
import { ctimBundle, mispEvent, stixBundle } from "#actions";
import {
  type DetectionReport,
  type DetectionRun,
  type RuleEngine,
  type RuleMatch,
  runDetection,
} from "#detections";
import { Failure } from "#text";
import { lastValue } from "../arguments.ts";
import type { Invocation } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { type OutputTarget, openFileOutput, openStandardOutput } from "../output-target.ts";
import { openProgressLine } from "../progress.ts";
import { inSession, type Session, threadsOf } from "../session.ts";
import { printElapsed } from "../sizes.ts";
import { tellWarnings } from "../warnings.ts";
import { type DetectionParts, setUpDetection } from "./detection-setup.ts";
import { printFindingsCsv } from "./findings-csv.ts";
import { findLogGroups } from "./log-groups.ts";
import { matchRecord } from "./match-record.ts";
import { printSummary } from "./print-summary.ts";
import { safeJson } from "./safe-json.ts";
import { tellUnasked, tellUnmetRules } from "./tell-unmet-rules.ts";

/** What is written. */
type Answer = "summary" | "report" | "findings" | "csv" | "matches" | "stix" | "ctim" | "misp";

/** How long a client counts as malicious in CTIM. */
const JUDGED_FOR_MS = 7 * 86_400_000;

/** Carries out `trawl detect`, and gives the exit code. */
export async function runDetect(invocation: Invocation): Promise<number> {
  const answer = answerOf(invocation);
  return inSession(invocation, async (session) => {
    const setup = await setUpDetection(session, answer === "matches");
    const groups = await findLogGroups(invocation.arguments.positionals, session);
    tellUnasked(setup.engine.rules, groups, session.invocation.messages);
    tellUnmetRules(setup.own, groups, session.invocation.messages);
    const target = await openTarget(session, answer);
    session.stop.onHardStop(() => target.discardNow());
    target.onClosed(() => session.stop.readerGone());
    let page: OutputTarget | null = null;
    try {
      // Before the logs are read: a page that cannot be written shall not be told at the end of an hour.
      page = await openPage(invocation);
      session.stop.onHardStop(() => page?.discardNow());
      const writer = new LineWriter(target);
      const run = await detect(
        { ...setup, groups },
        session,
        (line) => writer.add(line),
        answer === "matches",
      );
      await writer.finish();
      if (answer !== "matches")
        await target.write(Buffer.from(textOf(answer, run.report, invocation, target)));
      await target.finish();
      if (page !== null) await writePage(page, run.report, invocation);
      tell(run, setup.engine, invocation, session);
    } finally {
      await target.discard();
      await page?.discard();
    }
    return setup.hasMistakes ? EXIT.wrongText.code : EXIT.done.code;
  });
}

function answerOf({ arguments: parsed }: Invocation): Answer {
  const { values } = parsed;
  const format = lastValue(parsed, "format");
  const incident = lastValue(parsed, "incident");
  if (format !== null && !["text", "json", "ndjson", "csv"].includes(format))
    throw new Failure("usage", `--format takes "text", "json", "ndjson" or "csv" here, not "${format}".`);
  if (incident !== null) {
    if (incident === "stix" || incident === "ctim" || incident === "misp") return incident;
    throw new Failure("usage", `--incident takes "stix", "ctim" or "misp", not "${incident}".`);
  }
  if (values.has("matches") && values.has("findings"))
    throw new Failure("usage", "--matches and --findings are two answers: ask for one.");
  if (values.has("matches")) return "matches";
  if (format === "csv") return "csv";
  if (values.has("findings") || format === "ndjson") return "findings";
  return format === "json" ? "report" : "summary";
}

function openTarget({ invocation, stop }: Session, answer: Answer): Promise<OutputTarget> {
  const { arguments: parsed, surroundings } = invocation;
  const path = lastValue(parsed, "output");
  if (path !== null && path !== "-") return openFileOutput(path, surroundings.workingDirectory);
  // The summary has colours of its own, and lets nothing of a log through.
  return Promise.resolve(openStandardOutput(surroundings.stdout, answer === "summary", stop.signal));
}

/** Runs detections in a session, with progress. */
export async function detect(
  { groups, engine, detectors, promotions }: DetectionParts,
  session: Session,
  onLine: (line: string) => void,
  writesMatches: boolean,
): Promise<DetectionRun> {
  const { invocation, stop, scanThreads } = session;
  const { messages, surroundings, settings, startedMs } = invocation;
  const draw = openProgressLine(messages, surroundings.clockMs, startedMs);
  const sizes = groups.flatMap(({ inputs }) => inputs.map(({ sizeBytes }) => sizeBytes));
  const isKnown = groups.every(({ inputs }) => inputs.every(({ opening }) => opening.kind === "file"));
  const totalBytes = isKnown ? sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0) : null;
  try {
    return await runDetection({
      groups,
      engine,
      detectors,
      promotions,
      timeZone: settings.timeZone,
      threads: threadsOf(settings),
      workers: scanThreads,
      signal: stop.signal,
      onProgress: (progress) => draw({ ...progress, rows: 0 }, totalBytes),
      ...(writesMatches
        ? { onMatch: (event, matches: readonly RuleMatch[]) => onLine(matchRecord(event, matches)) }
        : {}),
    });
  } finally {
    messages.clearProgress();
  }
}

/** Writes lines in pieces, one after the other. */
class LineWriter {
  readonly #target: OutputTarget;
  #lines: string[] = [];
  #bytes = 0;
  #written: Promise<void> = Promise.resolve();

  constructor(target: OutputTarget) {
    this.#target = target;
  }

  add(line: string): void {
    this.#lines.push(`${line}\n`);
    this.#bytes += line.length;
    if (this.#bytes > 1 << 16) this.#flush();
  }

  async finish(): Promise<void> {
    this.#flush();
    await this.#written;
  }

  #flush(): void {
    const bytes = Buffer.from(this.#lines.join(""));
    this.#lines = [];
    this.#bytes = 0;
    this.#written = this.#written.then(() => this.#target.write(bytes));
    // A write that failed is told by the one that waits for all.
    this.#written.catch(() => {});
  }
}

function textOf(
  answer: Exclude<Answer, "matches">,
  report: DetectionReport,
  { arguments: parsed, messages }: Invocation,
  { terminalWidth }: OutputTarget,
): string {
  switch (answer) {
    case "summary":
      return printSummary(report, {
        width: terminalWidth ?? 100,
        paint: messages.paint,
        isTerminal: terminalWidth !== null,
      });
    case "report":
      return safeJson(`${JSON.stringify(report, null, 2)}\n`);
    case "findings":
      return safeJson(report.findings.map((finding) => `${JSON.stringify(finding)}\n`).join(""));
    case "csv":
      return printFindingsCsv(report.findings);
    case "stix":
      return safeJson(stixBundle(report));
    case "misp":
      return safeJson(mispEvent(report));
    default:
      return safeJson(
        ctimBundle(report, { target: lastValue(parsed, "target"), judgedForMs: JUDGED_FOR_MS }),
      );
  }
}

function openPage({ arguments: parsed, surroundings }: Invocation): Promise<OutputTarget> | null {
  const path = lastValue(parsed, "report");
  return path === null ? null : openFileOutput(path, surroundings.workingDirectory);
}

async function writePage(
  target: OutputTarget,
  report: DetectionReport,
  invocation: Invocation,
): Promise<void> {
  const { htmlReport } = await import("#actions");
  const { placesOf } = await import("./client-places.ts");
  const page = htmlReport(report, {
    madeMs: invocation.surroundings.wallClockMs(),
    places: placesOf(report, invocation),
  });
  await target.write(Buffer.from(page));
  await target.finish();
}

/** What came of it besides the answer, on standard error. */
function tell(
  { report, warnings }: DetectionRun,
  engine: RuleEngine,
  invocation: Invocation,
  session: Session,
): void {
  const { messages, surroundings, startedMs, arguments: parsed } = invocation;
  tellWarnings(messages, warnings);
  for (const note of report.account.notes) messages.note(note);
  if (parsed.values.has("profile-rules")) messages.lines(printProfile(engine));
  if (messages.isTerminal && !session.stop.signal.aborted)
    messages.note(printElapsed(surroundings.clockMs() - startedMs));
}

const SHOWN_RULES = 30;

function printProfile(engine: RuleEngine): string {
  const costly = [...engine.profile()].filter(({ asked }) => asked > 0).sort((a, b) => b.ms - a.ms);
  const rows = costly
    .slice(0, SHOWN_RULES)
    .map(
      ({ rule, asked, matched, ms }) =>
        `${ms.toFixed(1).padStart(9)} ms ${String(asked).padStart(9)} asked ${String(matched).padStart(8)} matched  ${rule.id}`,
    );
  return [`rules that cost most, of ${costly.length} that were asked:`, ...rows].join("\n");
}
