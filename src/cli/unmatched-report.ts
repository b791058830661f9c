/** Unmatched bytes by their reasons, for people and as rows for programs. */
import {
  type Batch,
  EXAMINATION_BUDGET,
  type ResultColumn,
  type UnmatchedGroup,
  type UnmatchedReport,
} from "#records";
import {
  countOf,
  displayWidth,
  lineColumnAt,
  type PicturePaint,
  printCount,
  type TextSource,
  visibleText,
} from "#text";
import { printShare } from "./sizes.ts";

const LONGEST_ELEMENT = 60;

/** The report for people, with a line feed at its end. */
export function printUnmatched(report: UnmatchedReport, source: TextSource, paint: PicturePaint): string {
  const { groups, unmatchedBytes, bytes } = report;
  const spans = groups.reduce((sum, group) => sum + group.spans, 0);
  const whole = bytes === 0 ? "There are no bytes." : "Every byte is covered by a record.";
  const head =
    groups.length === 0
      ? whole
      : `${printShare(unmatchedBytes, bytes)} of the bytes are unmatched: ${countOf(unmatchedBytes, "byte")} in ${countOf(spans, "span")}, by the element where matching failed.`;
  const parts = groups.map((group) => printGroup(group, unmatchedBytes, source, paint));
  return `${[head, ...parts, printUnmatchedAccount(report)].join("\n\n")}\n`;
}

/** The account of the run: what was read is matched, unmatched or skipped. */
export function printUnmatchedAccount(report: UnmatchedReport): string {
  const { bytes, matchedBytes, unmatchedBytes, skippedBytes, files, records } = report;
  const sum = `${printCount(matchedBytes)} matched + ${printCount(unmatchedBytes)} unmatched + ${printCount(skippedBytes)} skipped`;
  return `${sum} = ${countOf(bytes, "byte")} read in ${countOf(files, "file")} (${countOf(records, "record")})`;
}

function printGroup(
  group: UnmatchedGroup,
  unmatchedBytes: number,
  source: TextSource,
  paint: PicturePaint,
): string {
  const { spans, bytes, first, expected } = group;
  const head =
    expected === null
      ? notExamined()
      : `expected ${visibleText(expected.text)} · ${elementOf(expected, source)}`;
  const counts = `  ${countOf(spans, "span")}, ${countOf(bytes, "byte")}, ${printShare(bytes, unmatchedBytes)} of what is unmatched`;
  const place = `${visibleText(first.uri)}, byte ${first.failedAt ?? first.offset}`;
  const { before, after } = sampleOf(group);
  const lines = [
    paint.warning(head),
    counts,
    paint.frame(` --> ${place}`),
    paint.frame("  |"),
    `${paint.frame("  |")} ${before}${after}`.trimEnd(),
  ];
  if (first.failedAt === null) return lines.join("\n");
  const caret = `${" ".repeat(displayWidth(before))}${paint.mark("^")}`;
  const span = first.failedAt === first.offset ? "" : ` the span begins at byte ${first.offset}`;
  return [...lines, `${paint.frame("  |")} ${caret}${span}`].join("\n");
}

function notExamined(): string {
  const { piecesPerShape, pieces, bytes } = EXAMINATION_BUDGET;
  const alike = `the first ${printCount(piecesPerShape)} of spans that look alike`;
  return `not examined: examined are ${alike}, in all ${printCount(pieces)} spans or ${bytes >> 20} MiB`;
}

/** `INT:status at app.sxp:1:12`. */
function elementOf({ at }: NonNullable<UnmatchedGroup["expected"]>, source: TextSource): string {
  const { line, column } = lineColumnAt(source.text, at.start);
  return `${elementText(at, source)} at ${visibleText(source.name)}:${line}:${column}`;
}

function elementText(
  { start, end }: { readonly start: number; readonly end: number },
  { text }: TextSource,
): string {
  const written = text.slice(start, end).replace(/\s+/g, " ");
  return visibleText(
    written.length <= LONGEST_ELEMENT ? written : `${written.slice(0, LONGEST_ELEMENT - 1)}…`,
  );
}

/** The sample up to the byte where matching failed, and from there. */
function sampleOf({ first }: UnmatchedGroup): { readonly before: string; readonly after: string } {
  const { sample, sampleOffset, failedAt, offset } = first;
  const at = (failedAt ?? offset) - sampleOffset;
  return { before: escapedBytes(sample.subarray(0, at)), after: escapedBytes(sample.subarray(at)) };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes as text in which nothing is lost: what is no UTF-8 is `\xHH`, as is what steers a terminal. */
function escapedBytes(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("latin1").replaceAll("\\", "\\\\");
  try {
    return visibleText(utf8.decode(bytes).replaceAll("\\", "\\\\"));
  } catch {
    return visibleText(text).replace(
      /[\x80-\xff]/g,
      (byte) => `\\x${byte.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  }
}

/** Columns of the report as rows. */
export const UNMATCHED_COLUMNS: readonly ResultColumn[] = [
  { name: "expected", type: { kind: "string" } },
  { name: "element", type: { kind: "string" } },
  { name: "line", type: { kind: "long" } },
  { name: "column", type: { kind: "long" } },
  { name: "spans", type: { kind: "long" } },
  { name: "bytes", type: { kind: "long" } },
  { name: "share", type: { kind: "double" } },
  { name: "uri", type: { kind: "string" } },
  { name: "offset", type: { kind: "long" } },
  { name: "failed_at", type: { kind: "long" } },
  { name: "sample", type: { kind: "string" } },
  { name: "caret", type: { kind: "long" } },
];

/** The report as rows of those columns. What was not examined has NULL for what was expected; `caret` counts characters of `sample`. */
export function unmatchedRows({ groups, unmatchedBytes }: UnmatchedReport, source: TextSource): Batch {
  const rows = groups.map((group) => {
    const { expected, spans, bytes, first } = group;
    const place = expected === null ? null : lineColumnAt(source.text, expected.at.start);
    const { before, after } = sampleOf(group);
    return [
      expected?.text ?? null,
      expected === null ? null : elementText(expected.at, source),
      whole(place?.line),
      whole(place?.column),
      whole(spans),
      whole(bytes),
      bytes / unmatchedBytes,
      first.uri,
      whole(first.offset),
      whole(first.failedAt),
      before + after,
      first.failedAt === null ? null : whole(before.length),
    ];
  });
  const columns = UNMATCHED_COLUMNS.map((_, index) => ({
    kind: "values" as const,
    values: rows.map((row) => row[index] ?? null),
  }));
  return { rowCount: rows.length, columns };
}

function whole(value: number | null | undefined): bigint | null {
  return value === null || value === undefined ? null : BigInt(value);
}
