/** `trawl infer`: learns a pattern for unknown text. */
import {
  accountOfSample,
  detectFormat,
  type FormatCandidate,
  firstRecords,
  type Inference,
  inferPattern,
  loadFormats,
  type SampleAccount,
  type UnmatchedRecord,
} from "#records";
import {
  type ListedObject,
  listObjects,
  readSpreadSample,
  type SampleSize,
  type SpreadSample,
} from "#sources";
import { countOf, endsOneSource, Failure, visibleText } from "#text";
import { lastValue } from "../arguments.ts";
import type { Command, Invocation } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { REACH_SETTINGS, settingOptions, valueOption } from "../option.ts";
import { outputFormatOf } from "../output/formats.ts";
import { inSession, type Session } from "../session.ts";
import { printShare, printSize } from "../sizes.ts";
import { widthOf } from "../surroundings.ts";
import { tellWarnings, warningOf } from "../warnings.ts";

const ROWS_OPTION = valueOption("rows", "N", "Learn from so many lines at most. Default: 10000.");
const EXAMPLE_OPTION = valueOption(
  "example",
  "LINE",
  "Learn from this line instead of the source, which is then only tried; may be repeated.",
);
const FORMAT_OPTION = valueOption("format", "FORMAT", "Format of the answer: text or json. Default: text.");

/** Learns a pattern from the lines of a source. */
export const INFER_COMMAND: Command = {
  name: "infer",
  sentence: "Learns a pattern for unknown text from a sample of its lines, and says what it matches.",
  usage: "URI",
  positionals: { min: 1, max: 1 },
  options: [
    ROWS_OPTION,
    EXAMPLE_OPTION,
    FORMAT_OPTION,
    ...settingOptions(["timeZone", "timeoutMs", ...REACH_SETTINGS, "color"]),
  ],
  examples: [
    "trawl infer app.log",
    "trawl infer app.log > app.sxp",
    `trawl infer app.log --example '2026-10-01 12:00:00 INFO started' --example '2026-10-01 12:00:01 WARN slow'`,
  ],
  run,
};

const DEFAULT_ROWS = 10_000;
const MOST_ROWS = 1_000_000;
/** Bytes per line that are read when so many lines are asked for; whole lines of the usual length fit. */
const BYTES_PER_LINE = 150;
const MOST_BYTES = 32 << 20;
/** A shipped format is named when it covers this share. */
const SHARE_TO_NAME = 0.95;
/** Most unmatched lines that are shown, and their length. */
const SHOWN_LINES = 5;
const SHOWN_LENGTH = 160;
const SHOWN_ROWS = 5;

/** All there is to say. */
interface Answer {
  readonly name: string;
  readonly inference: Inference;
  readonly account: SampleAccount;
  readonly format: FormatCandidate | null;
  readonly sample: Uint8Array;
  readonly referenceTimeMs: bigint;
}

async function run(invocation: Invocation): Promise<number> {
  const { arguments: parsed, surroundings, settings } = invocation;
  const format = lastValue(parsed, FORMAT_OPTION.name) ?? "text";
  if (format !== "text" && format !== "json") {
    throw new Failure("usage", `--format takes "text" or "json" here, not "${format}".`);
  }
  const size = sizeOf(lastValue(parsed, ROWS_OPTION.name));
  const examples = parsed.values.get(EXAMPLE_OPTION.name) ?? [];
  return inSession(invocation, async (session) => {
    const answer = await answerOf(session, size, examples);
    const width = surroundings.stdout.isTTY === true ? widthOf(surroundings.stdout) : null;
    const text =
      format === "json" ? printJson(answer, settings.timeZone) : printText(answer, settings.timeZone, width);
    surroundings.stdout.write(text);
    return EXIT.done.code;
  });
}

function sizeOf(text: string | null): SampleSize {
  const maxLines = text === null ? DEFAULT_ROWS : Number(text);
  if (!Number.isSafeInteger(maxLines) || maxLines < 1 || maxLines > MOST_ROWS) {
    throw new Failure("usage", `--rows takes a number from 1 to ${MOST_ROWS}, not "${text}".`);
  }
  return { maxLines, maxBytes: Math.min(MOST_BYTES, Math.max(DEFAULT_ROWS, maxLines) * BYTES_PER_LINE) };
}

async function answerOf(session: Session, size: SampleSize, examples: readonly string[]): Promise<Answer> {
  const { object, bytes: sample, hasNoLineEnd, damage } = await firstSample(session, size);
  if (damage !== null) tellWarnings(session.invocation.messages, [warningOf(damage, object.uri)]);
  if (hasNoLineEnd && damage !== null) throw damage;
  if (hasNoLineEnd) {
    throw new Failure(
      "sample-no-line",
      `There is no line end in the first ${printSize(size.maxBytes)} of "${object.uri}".`,
      {
        help: "Patterns are learned from lines. For other data write a pattern by hand and try it with trawl parse.",
        place: { uri: object.uri },
      },
    );
  }
  const learned = examples.length === 0 ? sample : Buffer.from(examples.map((line) => `${line}\n`).join(""));
  const inference = inferPattern(learned);
  const account = accountOfSample(inference.pattern, sample);
  const choice = detectFormat(sample, loadFormats());
  const format = choice !== null && choice.share >= SHARE_TO_NAME ? choice : null;
  return {
    name: object.uri,
    inference,
    account,
    format,
    sample,
    referenceTimeMs: object.lastModifiedMs ?? session.nowMs,
  };
}

/** Lines of a source. */
interface Sampled extends SpreadSample {
  readonly object: ListedObject;
}

/** A sample of the first of the objects that hold anything. Those of which nothing can be read are told when another one can. */
async function firstSample(session: Session, size: SampleSize): Promise<Sampled> {
  const { invocation, stores, stop } = session;
  const { workingDirectory } = invocation.surroundings;
  const { timeZone } = invocation.settings;
  const { positionals } = invocation.arguments;
  const options = { workingDirectory, timeZone, signal: stop.signal, stores };
  const losses: Failure[] = [];
  let empty: Sampled | null = null;
  for await (const objects of listObjects(positionals, options)) {
    for (const object of objects) {
      const sampled = await sampleOf(object, size, session);
      if (sampled.bytes.length === 0 && sampled.damage !== null) losses.push(sampled.damage);
      else if (object.sizeBytes === 0) empty ??= sampled;
      else {
        const warnings = losses.map((loss) => warningOf(loss, loss.place?.uri ?? object.uri));
        tellWarnings(invocation.messages, warnings);
        return sampled;
      }
    }
  }
  if (losses[0] !== undefined) throw losses[0];
  if (empty !== null) return empty;
  const [uri = ""] = positionals;
  throw new Failure("source-missing", `Nothing is at "${uri}".`, { place: { uri } });
}

const NOTHING_READ = { bytes: new Uint8Array(0), isWhole: false, hasNoLineEnd: false };

async function sampleOf(
  object: ListedObject,
  size: SampleSize,
  { streams, stop }: Session,
): Promise<Sampled> {
  try {
    return { object, ...(await readSpreadSample(object, size, streams, stop.signal)) };
  } catch (error) {
    if (!endsOneSource(error)) throw error;
    return { object, ...NOTHING_READ, damage: error };
  }
}

/** The pattern with what is to be said about it as comments, so that all of it is the text of a pattern. */
function printText(answer: Answer, timeZone: string, width: number | null): string {
  const { inference } = answer;
  const head = [...formatLines(answer), ...accountLines(answer)];
  const tail = [...unmatchedLines(answer.account.unmatched), ...rowLines(answer, timeZone, width)];
  return [...head.map(comment), inference.text, ...tail.map(comment), ""].join("\n");
}

function comment(line: string): string {
  return line === "" ? "//" : `// ${line}`;
}

function formatLines({ format, name }: Answer): readonly string[] {
  if (format === null) return [];
  const { format: shipped, share } = format;
  return [
    `${shipped.title} (format "${shipped.name}", ${printShare(share, 1)}): needs no pattern.`,
    `PARSE(src:'${visibleText(name)}') reads it; trawl formats ${shipped.name} shows its fields.`,
  ];
}

function accountLines({ name, inference, account }: Answer): readonly string[] {
  const { sampleBytes, matchedBytes, records, matchedRecords } = account;
  const kinds = inference.kinds === 1 ? "one kind" : `${inference.kinds} kinds`;
  return [
    `${visibleText(name)}: ${printShare(matchedBytes, sampleBytes)} of a sample of ${printSize(sampleBytes)}, ` +
      `${matchedRecords} of ${countOf(records, "record")} of ${kinds}.`,
  ];
}

function unmatchedLines(unmatched: readonly UnmatchedRecord[]): readonly string[] {
  if (unmatched.length === 0) return [];
  const lines = unmatched.slice(0, SHOWN_LINES).map(({ bytes, count }) => `  ${count} × ${shown(bytes)}`);
  const more = unmatched.length - lines.length;
  return ["", "Not matched:", ...lines, ...(more > 0 ? [`  and ${countOf(more, "other")}`] : [])];
}

function shown(bytes: Uint8Array): string {
  if (bytes.length === 0) return "(an empty line)";
  const text = visibleText(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8"));
  return text.length <= SHOWN_LENGTH ? text : `${text.slice(0, SHOWN_LENGTH)}…`;
}

const COMMENT_WIDTH = 3;

function rowLines(answer: Answer, timeZone: string, width: number | null): readonly string[] {
  const terminalWidth = width === null ? null : width - COMMENT_WIDTH;
  const table = printRows(answer, "table", timeZone, terminalWidth);
  return table === "" ? [] : ["", ...table.trimEnd().split("\n")];
}

function printRows(
  { inference, sample, referenceTimeMs }: Answer,
  format: "table" | "ndjson",
  timeZone: string,
  terminalWidth: number | null,
): string {
  const { columns, batches } = firstRecords(inference.pattern, sample, SHOWN_ROWS, referenceTimeMs);
  if (columns.length === 0) return "";
  const writer = outputFormatOf(format).open(columns, { timeZone, terminalWidth, guardsFormulas: false });
  const parts = [writer.start(), ...batches.map((batch) => writer.add(batch)), writer.finish()];
  return Buffer.concat(parts).toString("utf8");
}

/** The answer for programs. The members and their order stay as they are. */
function printJson(answer: Answer, timeZone: string): string {
  const { name, inference, account, format } = answer;
  const rows = printRows(answer, "ndjson", timeZone, null).trim();
  const shared = {
    uri: name,
    pattern: inference.text,
    kinds: inference.kinds,
    sampleBytes: account.sampleBytes,
    matchedBytes: account.matchedBytes,
    records: account.records,
    matchedRecords: account.matchedRecords,
    format: format === null ? null : { name: format.format.name, share: format.share },
    unmatched: account.unmatched.slice(0, SHOWN_LINES).map(({ bytes, count }) => ({
      text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8"),
      count,
    })),
    rows: rows === "" ? [] : rows.split("\n").map((row): unknown => JSON.parse(row)),
  };
  return `${JSON.stringify(shared, null, 2)}\n`;
}
