/** Cases of the plain twin as Markdown: what a pattern makes of an input. See the head of `plain.cases.md` for their form. */

import { type DataType, parsePattern, type Value } from "#language";
import { invariant } from "#text";
import { valueAt } from "../batch.ts";
import { compileProgram } from "../program/compile.ts";
import type { MatchProgram, Slot } from "../program/program.ts";
import type { ScanSpec } from "../program/scan-spec.ts";
import { plainScan } from "./plain-scan.ts";

/** One case: its blocks by name. */
export interface PlainCase {
  readonly title: string;
  readonly blocks: ReadonlyMap<string, string>;
}

const CASE = /^## (.+)$/gm;
const BLOCK = /^```(\w+)\n([\s\S]*?)^```$/gm;

/** The cases of a file in order. */
export function readCases(markdown: string): readonly PlainCase[] {
  const heads = [...markdown.matchAll(CASE)];
  return heads.map((head, index) => {
    const body = markdown.slice(head.index, heads[index + 1]?.index ?? markdown.length);
    const blocks = [...body.matchAll(BLOCK)].map(([, name = "", text = ""]): [string, string] => [
      name,
      text.replace(/\n$/, ""),
    ]);
    return { title: head[1] ?? "", blocks: new Map(blocks) };
  });
}

/** The file with the blocks of each case that came out put in, behind the others. */
export function printCases(
  markdown: string,
  cases: readonly PlainCase[],
  outcomes: readonly ReadonlyMap<string, string>[],
): string {
  const head = markdown.slice(0, markdown.search(/^## /m));
  const texts = cases.map(({ title, blocks }, index) => {
    const outcome = outcomes[index] ?? new Map();
    const given = [...blocks].filter(([name]) => !OUTCOMES.includes(name) && !outcome.has(name));
    const fences = [...given, ...outcome].map(
      ([name, text]) => `\`\`\`${name}\n${text === "" ? "" : `${text}\n`}\`\`\`\n`,
    );
    return `## ${title}\n\n${fences.join("")}`;
  });
  return head + texts.join("\n");
}

const OUTCOMES: readonly string[] = ["records", "unmatched", "program", "problems"];

/** What a case gives. */
export interface CaseOutcome {
  /** Records as JSON, one per line. */
  readonly records: string;
  /** Offset and length of spans that no record covers, one per line. */
  readonly unmatched: string;
}

/** A case ready to be run. */
export interface CaseRun {
  readonly program: MatchProgram;
  /** The same pattern with nothing wanted. */
  readonly recogniser: MatchProgram;
  readonly bytes: Uint8Array;
  readonly referenceTimeMs: bigint;
}

const DEFAULT_REFERENCE = "2024-06-01T00:00:00Z";

/** Compiles a case's pattern, with all leaf fields wanted unless the case names others. */
export function prepareCase({ title, blocks }: PlainCase): CaseRun {
  const text = blocks.get("pattern") ?? "";
  const { pattern, diagnostics } = parsePattern({ name: title, text });
  invariant(pattern !== null, `the pattern parses: ${diagnostics.map(({ message }) => message).join(" ")}`);
  const wanted = blocks.has("wanted") ? readWanted(blocks.get("wanted") ?? "") : leavesOf(pattern.fields, []);
  const options = { timeZone: blocks.get("zone") ?? "UTC" };
  const program = compileProgram(pattern, wanted, options);
  const recogniser = compileProgram(pattern, [], options);
  const referenceTimeMs = BigInt(Date.parse(blocks.get("reference") ?? DEFAULT_REFERENCE));
  return { program, recogniser, bytes: bytesOfInput(blocks.get("input") ?? ""), referenceTimeMs };
}

/** The fields that hold values, those of tuples in their place. */
export function leavesOf(
  fields: readonly { readonly name: string; readonly type: DataType }[],
  path: readonly string[],
): readonly Slot[] {
  return fields.flatMap(({ name, type }) =>
    type.kind === "tuple" ? leavesOf(type.fields, [...path, name]) : [{ path: [...path, name], type }],
  );
}

/** The slots that a `wanted` block names: `AWS/AWSX/clientIp ip`, one per line. */
export function readWanted(text: string): readonly Slot[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [path = "", kind = ""] = line.split(" ");
      return { path: path.split("/"), type: simpleType(kind) };
    });
}

const KINDS = [
  "integer",
  "long",
  "double",
  "boolean",
  "string",
  "timestamp",
  "ip",
  "object",
  "variant",
] as const;

function simpleType(name: string): DataType {
  const kind = KINDS.find((known) => known === name);
  invariant(kind !== undefined, `"${name}" is a type that cases may want`);
  return { kind };
}

const ESCAPE = /\\(?:x([0-9a-f]{2})|([nrt0\\]))|\n/g;
const LETTERS: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "0": "\0", "\\": "\\" };

/** The bytes of an `input` block: characters as UTF-8, escapes as bytes, line breaks of the file left out. */
export function bytesOfInput(text: string): Uint8Array {
  const parts: Buffer[] = [];
  let at = 0;
  for (const match of text.matchAll(ESCAPE)) {
    const [written, hex, letter] = match;
    parts.push(Buffer.from(text.slice(at, match.index)));
    if (hex !== undefined) parts.push(Buffer.from(hex, "hex"));
    else if (letter !== undefined) parts.push(Buffer.from(LETTERS[letter] ?? ""));
    at = match.index + written.length;
  }
  parts.push(Buffer.from(text.slice(at)));
  return Uint8Array.from(Buffer.concat(parts));
}

/** The scan of all slots, with offset, text and unmatched spans behind them. */
export function caseSpec(program: MatchProgram): ScanSpec {
  const slots = program.slots.map((_, slot) => ({ kind: "slot", slot }) as const);
  return {
    program,
    filter: null,
    output: {
      kind: "rows",
      columns: [...slots, { kind: "raw-offset" }, { kind: "raw-text" }, { kind: "unmatched" }],
    },
    rowLimit: null,
    givesUnmatched: true,
  };
}

/** Runs a case. */
export function runCase(run: CaseRun): CaseOutcome {
  const { program, bytes, referenceTimeMs } = run;
  const { batches } = plainScan(caseSpec(program), { bytes, inputIndex: 0, referenceTimeMs });
  const records: string[] = [];
  const gaps: number[] = [];
  const ends: number[] = [];
  const slotCount = program.slots.length;
  for (const batch of batches) {
    for (let row = 0; row < batch.rowCount; row++) {
      const values = batch.columns.map((column) => valueAt(column, row));
      const offset = Number(values[slotCount]);
      ends.push(offset);
      if (values[slotCount + 1] === null) gaps.push(offset);
      else records.push(recordText(program.slots, values));
    }
  }
  const spans = gaps.map(
    (start) => `${start} ${(ends.find((next) => next > start) ?? bytes.length) - start}`,
  );
  return { records: records.join("\n"), unmatched: spans.join("\n") };
}

function recordText(slots: readonly Slot[], values: readonly Value[]): string {
  const names = slots.map(({ path }) => path.join("/"));
  const isUnique = new Set(names).size === names.length;
  const entries = slots.flatMap(({ path, type }, index): [string, unknown][] => {
    // The program's own slots are nobody's business.
    if (path.length === 0) return [];
    const name = isUnique ? (names[index] ?? "") : `${names[index]} ${type.kind}`;
    return [[name, shown(values[index] ?? null, type)]];
  });
  return JSON.stringify(Object.fromEntries(entries));
}

/** Values as people read them. */
function shown(value: Value, type: DataType): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value !== "bigint") return value;
  switch (type.kind) {
    case "ip":
      return shownAddress(value);
    case "timestamp":
      return Math.abs(Number(value)) < 8.64e15 ? new Date(Number(value)).toISOString() : String(value);
    case "timestamp-nano":
      return `${value} ns`;
    case "mac":
      return value.toString(16).padStart(12, "0");
    default:
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  }
}

function shownAddress(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => (value >> BigInt(112 - 16 * index)) & 0xffffn);
  if (value >> 32n !== 0xffffn) return groups.map((group) => group.toString(16)).join(":");
  return Array.from({ length: 4 }, (_, index) => (value >> BigInt(24 - 8 * index)) & 0xffn).join(".");
}
