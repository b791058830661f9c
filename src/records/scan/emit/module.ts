/** Puts the module of a scan together: constants, globals, the runtime that is used, and the scan itself. */
import { bytesOf } from "../../program/byte-set.ts";
import type { MatchOperation, MatchProgram, UntilOperation } from "../../program/program.ts";
import { RAW_TEXT_SLOT, type ScanSpec } from "../../program/scan-spec.ts";
import { ENGLISH_MONTHS, ENGLISH_WEEKDAYS } from "../../program/time-names.ts";
import {
  CONSTANTS_AT,
  GROUP_ARENA_BYTES,
  HEAP_BYTES,
  JSON_DEPTH_LIMIT,
  LOOK_BEHIND_BYTES,
  SCAN_STATUS,
  SCRATCH_BYTES,
} from "../layout.ts";
import { type EmitContext, type ModuleContext, moduleContext, slotsIn, tableOf } from "./context.ts";
import { GROUP_RUNTIME } from "./group-aggregates.ts";
import { emitGroupFunction, type GroupLayout } from "./groups.ts";
import { LIST_RUNTIME } from "./lists.ts";
import { emitMarks, MARK_GLOBALS, MARK_UNMATCHED, markRecord } from "./marks.ts";
import { declareMemos, forgetMemos } from "./memo.ts";
import { emitSequence } from "./operations.ts";
import { isTrue } from "./predicates.ts";
import { emitSkipOfLines } from "./required.ts";
import { type ColumnLayout, columnStorage, emitRowFunction, layOutColumns } from "./rows.ts";
import { NUMBER_RUNTIME, TEXT_RUNTIME } from "./runtime-core.ts";
import { JSON_RUNTIME } from "./runtime-json.ts";
import { SHAPE_RUNTIME } from "./runtime-shape.ts";
import { TIME_RUNTIME } from "./runtime-time.ts";
import { VALUE_RUNTIME } from "./runtime-values.ts";
import { declareSlot, readLateNumber, resetSlot, setText, slotPart } from "./slots.ts";
import { placeZone } from "./timestamp.ts";
import type { TopLayout } from "./top.ts";
import { byteAt, FunctionWriter, get, i32, plus, set, tableEntry } from "./wat.ts";

/** What the host needs besides the module: where its tables lie. Plain data. */
export interface ModuleLayout {
  readonly columns: readonly ColumnLayout[];
  readonly groups: GroupLayout | null;
  readonly top: TopLayout | null;
  /** First address of the heap (rows) or arena (groups), which reaches to the window. */
  readonly heapAt: number;
  readonly heapBytes: number;
  /** Initial address of the window's content. */
  readonly windowAt: number;
  readonly isLineBound: boolean;
  /** Operations that the plain twin matches, by index. */
  readonly twinOperations: readonly MatchOperation[];
  /** Behind the scratch for decoded texts. */
  readonly scratchEnd: number;
}

/** A scan's module as text, with its layout. */
export interface ModuleText {
  readonly wat: string;
  readonly layout: ModuleLayout;
}

/** Writes the module of a scan. */
export function emitModule(spec: ScanSpec): ModuleText {
  const { program } = spec;
  const module: ModuleContext = { ...moduleContext(program, CONSTANTS_AT) };
  const tables = program.zones.map((zone) => placeZone(zone, module));
  const context: ModuleContext = {
    ...module,
    zoneTables: tables,
    scratchAt: module.data.reserve(SCRATCH_BYTES),
  };
  const constants = placeRuntimeConstants(context);
  const output = emitOutput(spec, context);
  if (spec.marks !== undefined) emitMarks(spec.marks, context);
  emitFilter(spec, context);
  emitScan(spec, context);
  emitFlushGap(spec, context);
  const heapAt = (context.data.top + 63) & ~63;
  const heapBytes =
    output.groups === null ? (output.columns.length === 0 ? 64 : HEAP_BYTES) : GROUP_ARENA_BYTES;
  const windowAt = (heapAt + heapBytes + LOOK_BEHIND_BYTES + 63) & ~63;
  const own = context.functions.join("\n\n");
  const runtime = usedRuntime(own, constants);
  const wat = [
    "(module",
    ...IMPORTS,
    `(memory (export "memory") ${Math.ceil(windowAt / 65_536) + 1})`,
    ...GLOBALS,
    ...(spec.marks === undefined ? [] : MARK_GLOBALS),
    ...context.storages.flatMap((storage, slot) =>
      declareSlot(slot, storage, context.twinOperations.length > 0),
    ),
    ...(readsRawText(context) ? declareSlot(RAW_TEXT_SLOT, "text", false) : []),
    ...declareMemos(context.memos),
    context.data.text(),
    runtime,
    own,
    ")",
  ].join("\n");
  return {
    wat,
    layout: {
      ...output,
      heapAt,
      heapBytes,
      windowAt,
      isLineBound: program.isLineBound,
      twinOperations: context.twinOperations,
      scratchEnd: context.scratchAt + SCRATCH_BYTES,
    },
  };
}

const IMPORTS: readonly string[] = [
  '(import "host" "clean" (func $clean (param i32 i32 i32 i32) (result i32)))',
  '(import "host" "measure" (func $measure (param i32 i32 i32) (result i32)))',
  '(import "host" "textBounds" (func $textBounds (param i32 i32) (result i32)))',
  '(import "host" "matchByTwin" (func $matchByTwin (param i32 i32 i32 i32 i32) (result i32)))',
  '(import "host" "parseDouble" (func $hostDouble (param i32 i32 i32) (result f64)))',
];

function global(name: string, type: "i32" | "i64", start = 0): string {
  return `(global $${name} (export "${name}") (mut ${type}) (${type}.const ${start}))`;
}

/** State of a scan that the host sees or sets. `end` bounds the bytes in the window, `realEnd` leaves out a line feed that was added. */
const GLOBALS: readonly string[] = [
  ...[
    "status",
    "end",
    "realEnd",
    "isLast",
    "input",
    "rowLimit",
    "limited",
    "referenceYear",
    "row",
    "groups",
    "groupMask",
    "topState",
    "topTextAt",
    "topLength",
  ].map((name) => global(name, "i32")),
  ...[
    "heapBase",
    "heapTop",
    "heapEnd",
    "heapNeeded",
    "arenaTop",
    "arenaEnd",
    "tooLong",
    "scratchTop",
    "hit",
    "leadEnd",
  ].map((name) => global(name, "i32")),
  global("gap", "i32", -1),
  ...["topLow", "topHigh", "base", "latestMs", "records", "matchedBytes", "given", "skipped"].map((name) =>
    global(name, "i64"),
  ),
  global("firstMatch", "i64", -1),
  ...[
    "textAt",
    "textLength",
    "taken",
    "escaped",
    "jsonDepth",
    "stuckCount",
    "stuckNext",
    "inText",
    "textFrom",
    "again",
    "nestStart",
    "nestStop",
  ].map((name) => `(global $${name} (mut i32) (i32.const 0))`),
  ...["number", "high", "low"].map((name) => `(global $${name} (mut i64) (i64.const 0))`),
];

function placeRuntimeConstants(module: ModuleContext): ReadonlyMap<string, number> {
  const { data } = module;
  const names = (words: readonly string[]) =>
    data.place(words.flatMap((word) => [...new TextEncoder().encode(word.padEnd(15, "\0")), word.length]));
  const masks = Array.from({ length: 16 }, (_, count) =>
    Array.from({ length: 16 }, (_, i) => (i < count ? 255 : 0)),
  );
  const powers = new Float64Array(Array.from({ length: 23 }, (_, power) => 10 ** power));
  return new Map([
    ["MONTH_NAMES", names(ENGLISH_MONTHS)],
    ["WEEKDAY_NAMES", names(ENGLISH_WEEKDAYS)],
    ["TAIL_MASKS", data.place(masks.flat())],
    ["POWERS", data.place(new Uint8Array(powers.buffer))],
    ["JSON_STACK", data.reserve(4 * JSON_DEPTH_LIMIT)],
    ["STUCK_STARTS", data.reserve(4 * JSON_DEPTH_LIMIT)],
    ["JSON_DEPTH", JSON_DEPTH_LIMIT],
    ["SCRATCH_END", module.scratchAt + SCRATCH_BYTES],
  ]);
}

/** The runtime functions that `own` needs, directly or through others, with their constants put in. */
function usedRuntime(own: string, constants: ReadonlyMap<string, number>): string {
  const library = new Map<string, string>();
  for (const text of [
    TEXT_RUNTIME,
    LIST_RUNTIME,
    GROUP_RUNTIME,
    NUMBER_RUNTIME,
    TIME_RUNTIME,
    JSON_RUNTIME,
    SHAPE_RUNTIME,
    VALUE_RUNTIME,
  ]) {
    for (const part of text.split(/\n(?=(?:;;.*\n)*\(func )/)) {
      const name = /\(func (\$\w+)/.exec(part)?.[1];
      if (name !== undefined) library.set(name, part.trim());
    }
  }
  const used = new Map<string, string>();
  const visit = (text: string) => {
    for (const [, name = ""] of text.matchAll(/\(call (\$\w+)/g)) {
      const body = library.get(name);
      if (body === undefined || used.has(name)) continue;
      used.set(name, body);
      visit(body);
    }
  };
  visit(own);
  const text = [...used.values()].join("\n\n");
  return text.replace(/\b[A-Z]+_[A-Z]+\b|\bPOWERS\b/g, (word) => String(constants.get(word) ?? word));
}

function emitOutput(spec: ScanSpec, module: ModuleContext): Pick<ModuleLayout, "columns" | "groups" | "top"> {
  const { output } = spec;
  if (output.kind === "groups")
    return { columns: [], groups: emitGroupFunction(output.keys, output.aggregates, module), top: null };
  const storages = output.columns.map((column) => columnStorage(column, module));
  const columns = layOutColumns(storages, module);
  return { columns, groups: null, top: emitRowFunction(output, columns, module) };
}

function emitFilter(spec: ScanSpec, module: ModuleContext): void {
  if (spec.filter === null) return;
  const condition = isTrue(spec.filter, module);
  module.functions.push(`(func $passes (result i32)\n  ${condition}\n)`);
}

/** Whether decoded texts may come to lie in scratch, which then starts anew with every attempt. */
function usesScratch(module: ModuleContext): boolean {
  return module.twinOperations.length > 0 || module.functions.some(readsScratch);
}

function readsScratch(text: string): boolean {
  return ["$view", "$decodeName", "$keepText"].some((name) => text.includes(name));
}

function emitScan(spec: ScanSpec, module: ModuleContext): void {
  const { program } = spec;
  const writer = new FunctionWriter(
    '(func $scan (export "scan") (param $p i32) (param $stop i32) (result i32)',
  );
  const q = writer.local("i32", "q");
  const retry = writer.local("i32", "retry");
  const status = (code: number) => `(global.set $status ${i32(code)})`;
  const isChecked = !program.isLineBound;
  const context: EmitContext = { module, writer, q, isTest: false, isChecked, retry, jsonMaxBytes: 0 };
  // Addresses may have another meaning than in the call before.
  writer.line(`(global.set $stuckCount ${i32(0)})`, ";; memos");
  writer.line(
    "(loop $attempts",
    `(if (i32.ge_u ${get("$p")} ${get("$stop")}) (then ${status(SCAN_STATUS.reachedStop)} (return ${get("$p")})))`,
  );
  emitSkip(spec, module, writer);
  emitReset(module, writer, spec);
  if (isChecked) writer.line(`(global.set $hit ${i32(0)})`);
  writer.line(`(global.set $again ${i32(0)})`, "(block $fail", set(q, get("$p")));
  const [first] = program.body;
  const leading = first?.kind === "until" && first.min > 0 ? first : null;
  if (leading !== null) {
    writer.line(`(global.set $leadEnd ${i32(0)})`);
    emitSequence([leading], "$fail", context);
    writer.line(`(global.set $leadEnd ${get(q)})`);
  }
  emitSequence(program.body.slice(leading === null ? 0 : 1), "$fail", context);
  writer.line(`(br_if $fail (i32.eq ${get(q)} ${get("$p")}))`);
  if (isChecked) {
    writer.line(
      `(if (i32.and (global.get $hit) (i32.eqz (global.get $isLast))) (then ${status(SCAN_STATUS.needsBytes)} (return ${get("$p")})))`,
    );
  }
  if (module.roundMemos.length > 0) {
    // Rounds were skipped: the record is matched once more, with all that it captures.
    writer.line(`(if (global.get $again) (then ${set(retry, i32(0))} (br $attempts)))`);
  }
  emitAccept(spec, q, module, writer, status);
  writer.line(set(retry, i32(0)), "(br $attempts)");
  writer.line(")");
  if (isChecked) {
    writer.line(
      `(if (i32.and (global.get $hit) (i32.eqz (global.get $isLast))) (then ${status(SCAN_STATUS.needsBytes)} (return ${get("$p")})))`,
    );
  }
  if (spec.givesUnmatched) {
    writer.line(`(if (i32.eq (global.get $gap) ${i32(-1)}) (then (global.set $gap ${get("$p")})))`);
  }
  emitAdvance(leading, program, writer);
  emitSkipOfLines(context);
  writer.line(set(retry, i32(1)));
  writer.line("(br $attempts)", ")", "(unreachable)");
  module.functions.push(finish(writer, module));
}

/** What scratch and memos are used is only known once everything is written. */
function finish(writer: FunctionWriter, module: ModuleContext): string {
  const text = writer.text();
  const needed = usesScratch(module) || readsScratch(text);
  const start = `(global.set $scratchTop (i32.const ${module.scratchAt}))`;
  return text.replace(";; scratch", needed ? start : "").replace(";; memos", forgetMemos(module.memos));
}

/** Moves over bytes that no record starts with. */
function emitSkip(spec: ScanSpec, module: ModuleContext, writer: FunctionWriter): void {
  const first = bytesOf(spec.program.firstBytes);
  if (first.length === 256) return;
  const table = module.data.place(tableOf(spec.program.firstBytes));
  const start = writer.local("i32", "from");
  writer.line(
    set(start, get("$p")),
    "(block $starts",
    "(loop $skip",
    `(br_if $starts ${tableEntry(table, get("$p"))})`,
    set("$p", plus(get("$p"), 1)),
    `(br_if $skip (i32.lt_u ${get("$p")} ${get("$stop")}))`,
    "))",
  );
  if (spec.givesUnmatched) {
    writer.line(
      `(if (i32.and (i32.gt_u ${get("$p")} ${get(start)}) (i32.eq (global.get $gap) ${i32(-1)})) (then (global.set $gap ${get(start)})))`,
    );
  }
  writer.line(
    `(if (i32.ge_u ${get("$p")} ${get("$stop")}) (then (global.set $status ${i32(SCAN_STATUS.reachedStop)}) (return ${get("$p")})))`,
  );
}

/** All slots are NULL at the start of an attempt; those that every match sets need no reset. */
function emitReset(module: ModuleContext, writer: FunctionWriter, spec: ScanSpec): void {
  const certain = new Set(
    spec.program.body.flatMap((operation) =>
      "slot" in operation && operation.kind !== "decode" && operation.slot >= 0 ? [operation.slot] : [],
    ),
  );
  for (const slot of slotsIn(spec.program.body)) {
    if (!certain.has(slot) || spec.givesUnmatched)
      writer.line(resetSlot(slot, module.storages[slot] ?? "text"));
  }
  writer.line(";; scratch");
}

/** The record [p, q): filter, row or group, account. */
function emitAccept(
  spec: ScanSpec,
  q: string,
  module: ModuleContext,
  writer: FunctionWriter,
  status: (code: number) => string,
): void {
  const tooLong = `(if (global.get $tooLong) (then ${status(SCAN_STATUS.textTooLong)} (return ${get("$p")})))`;
  const full = `(then ${status(SCAN_STATUS.noRoom)} (return ${get("$p")}))`;
  if (spec.givesUnmatched) emitGapBefore(spec, module, writer, full);
  writer.line(
    `(if (i64.lt_s (global.get $firstMatch) (i64.const 0)) (then (global.set $firstMatch (i64.add (global.get $base) (i64.extend_i32_u ${get("$p")})))))`,
  );
  for (const slot of module.lateNumbers) writer.line(readLateNumber(slot));
  if (readsRawText(module)) {
    const length = `(i32.sub ${clipped(q)} ${get("$p")})`;
    writer.line(...setText(RAW_TEXT_SLOT, get("$p"), length, "plain"));
  }
  if (spec.marks !== undefined) writer.line(...markRecord(spec.marks, get("$p"), clipped(q)));
  const give = `(if (call $give ${get("$p")} ${clipped(q)} ${i32(0)}) ${full})`;
  if (spec.filter === null) writer.line(give, tooLong);
  else writer.line("(if (call $passes) (then", give, "))", tooLong);
  writer.line(
    "(global.set $records (i64.add (global.get $records) (i64.const 1)))",
    `(global.set $matchedBytes (i64.add (global.get $matchedBytes) (i64.extend_i32_u (i32.sub ${clipped(q)} ${get("$p")}))))`,
    set("$p", get(q)),
  );
  if (spec.rowLimit !== null) {
    writer.line(
      `(if (i32.ge_u (i32.add (global.get $limited) (global.get $row)) (global.get $rowLimit)) (then ${status(SCAN_STATUS.reachedLimit)} (return ${get("$p")})))`,
    );
  }
}

/** Whether a predicate looks at the record's bytes. To be asked once filter and output are written. */
function readsRawText(module: ModuleContext): boolean {
  const part = slotPart(RAW_TEXT_SLOT, "at");
  return module.functions.some((text) => text.includes(part));
}

/** Makes all slots NULL, for a span that no record covers. */
function resetAll(module: ModuleContext): string[] {
  const own = module.storages.map((storage, slot) => resetSlot(slot, storage));
  return readsRawText(module) ? [...own, resetSlot(RAW_TEXT_SLOT, "text")] : own;
}

/** A position without the line feed that may have been added at the very end. */
function clipped(q: string): string {
  return `(select ${get(q)} (global.get $realEnd) (i32.lt_u ${get(q)} (global.get $realEnd)))`;
}

/** Gives out the unmatched span before a record, then matches the record again, since its slots were made NULL. */
function emitGapBefore(spec: ScanSpec, module: ModuleContext, writer: FunctionWriter, full: string): void {
  writer.line(`(if (i32.ne (global.get $gap) ${i32(-1)}) (then`);
  writer.line(...resetAll(module));
  if (spec.marks !== undefined) writer.line(MARK_UNMATCHED);
  const give = `(if (call $give (global.get $gap) ${get("$p")} ${i32(1)}) ${full})`;
  writer.line(spec.filter === null ? give : `(if (call $passes) (then ${give}))`);
  writer.line(`(global.set $gap ${i32(-1)})`, "(br $attempts)", "))");
}

/**
 * Where the next attempt starts after a failed one: the next byte. When the pattern begins with `LD` or `DATA` and something behind
 * it failed, all starts up to the place where it ended would end there too and fail the same way. When it only matches at line
 * starts, the next one is.
 */
function emitAdvance(leading: UntilOperation | null, program: MatchProgram, writer: FunctionWriter): void {
  writer.line(set("$p", plus(get("$p"), 1)));
  if (leading !== null) {
    const next = `(i32.sub (global.get $leadEnd) ${i32(leading.min - 1)})`;
    writer.line(`(if (i32.gt_s ${next} ${get("$p")}) (then ${set("$p", next)}))`);
  }
  if (startsAtLines(program.body[0])) {
    writer.line(
      `(if (i32.ne ${byteAt(`(i32.sub ${get("$p")} ${i32(1)})`)} ${i32(10)}) (then`,
      set("$p", `(call $nextLine ${get("$p")} ${get("$stop")})`),
      "))",
    );
  }
}

/** Whether an operation only matches at the start of input or behind a line feed. */
function startsAtLines(operation: MatchOperation | undefined): boolean {
  if (operation?.kind === "edge") return operation.edge === "start";
  if (operation?.kind === "choice") return operation.branches.every(([first]) => startsAtLines(first));
  if (operation?.kind !== "look" || operation.direction !== "behind" || operation.isNegated) return false;
  const [last] = operation.body;
  return (
    operation.body.length === 1 && last?.kind === "literal" && last.bytes.length === 1 && last.bytes[0] === 10
  );
}

/** A function that gives out the unmatched span that reaches to the end: 1 when there is no room. */
function emitFlushGap(spec: ScanSpec, module: ModuleContext): void {
  const writer = new FunctionWriter(
    '(func $flushGap (export "flushGap") (param $q i32) (result i32)',
    i32(0),
  );
  if (spec.givesUnmatched) {
    writer.line(`(if (i32.eq (global.get $gap) ${i32(-1)}) (then (return ${i32(0)})))`);
    writer.line(...resetAll(module));
    if (spec.marks !== undefined) writer.line(MARK_UNMATCHED);
    const give = `(if (call $give (global.get $gap) ${get("$q")} ${i32(1)}) (then (return ${i32(1)})))`;
    writer.line(spec.filter === null ? give : `(if (call $passes) (then ${give}))`);
    writer.line(`(global.set $gap ${i32(-1)})`);
  }
  module.functions.push(writer.text());
}
