/**
 * JSON values: one function per object the query looks into, which walks its members and skips those nobody asked for. Every
 * value is validated (RFC 8259), wanted or not, so that what counts as a record never depends on the query. The zero bytes behind
 * the window are valid nowhere in JSON, so nothing here asks for the window's end until it fails.
 */
import { unreachable } from "#text";
import type {
  JsonMemberOperation,
  JsonObjectOperation,
  JsonOperation,
  JsonScalarOperation,
  JsonValueOperation,
} from "../../program/program.ts";
import { differs } from "./basics.ts";
import { type EmitContext, slotsIn } from "./context.ts";
import { emitJsonArray } from "./json-array.ts";
import { resetSlot, setText } from "./slots.ts";
import type { EmitSequence } from "./until.ts";
import { byteAt, FunctionWriter, get, i32, i64, plus, set } from "./wat.ts";

const [QUOTE, COMMA, COLON, OPEN, CLOSE, BRACKET] = [0x22, 0x2c, 0x3a, 0x7b, 0x7d, 0x5b];

/** An object's undeclared members are collected up to this many bytes; a longer object does not match. */
const MOST_GREEDY_BYTES = 16 << 20;

/** Writes a JSON value at the position. */
export function emitJson(
  operation: JsonOperation,
  fail: string,
  context: EmitContext,
  emitSequence: EmitSequence,
): void {
  const { writer, q } = context;
  const start = writer.local("i32", "start");
  // Blanks, but no line feed: a record does not begin with the end of the line before it.
  writer.line(set(q, `(call $jsonIndent ${get(q)})`), set(start, get(q)));
  if (operation.value.kind !== "scalar") {
    // Only as a member does null stand for an object or array.
    const { value } = operation;
    const refuses =
      value.kind === "any" ? value.accepts !== "any" : value.kind === "array" || value.isRequired;
    if (refuses) writer.line(`(br_if ${fail} (i32.eq ${byteAt(get(q))} ${i32(0x6e)}))`);
  }
  emitValue(
    operation.value,
    fail,
    { ...context, isChecked: false, jsonMaxBytes: operation.maxBytes },
    emitSequence,
  );
  writer.line(`(br_if ${fail} (i32.gt_u (i32.sub ${get(q)} ${get(start)}) ${i32(operation.maxBytes)}))`);
}

/** Writes one value; a mismatch with JSON itself fails, see `JsonValueOperation` for mismatches of shape. */
function emitValue(
  value: JsonValueOperation,
  fail: string,
  context: EmitContext,
  emitSequence: EmitSequence,
): void {
  switch (value.kind) {
    case "any":
      return emitAny(value, fail, context);
    case "object":
      return emitObject(value, fail, context, emitSequence);
    case "scalar":
      return emitScalar(value, fail, context, emitSequence);
    case "array":
      return emitJsonArray(value, fail, context, (element, failed, inner) =>
        emitValue(element, failed, inner, emitSequence),
      );
    default:
      return unreachable(value);
  }
}

/** Skips the value at the position; fails where it is not JSON. */
function skip(fail: string, context: EmitContext): void {
  const { writer, q } = context;
  writer.line(`(br_if ${fail} (i32.eqz (local.tee ${q} (call $jsonSkip ${get(q)}))))`);
}

function resetAll(value: JsonValueOperation, context: EmitContext): void {
  if (context.isTest) return;
  const slots = value.kind === "object" ? slotsInJson(value) : value.slot >= 0 ? [value.slot] : [];
  for (const slot of slots) context.writer.line(resetSlot(slot, context.module.storages[slot] ?? "text"));
}

function slotsInJson(value: JsonObjectOperation): number[] {
  const at = { start: 0, end: 0 };
  return slotsIn([{ kind: "json", value, maxBytes: 0, isLenient: false, at }]);
}

function emitAny(
  value: JsonValueOperation & { readonly kind: "any" },
  fail: string,
  context: EmitContext,
): void {
  const { writer, q } = context;
  const start = writer.local("i32", "value");
  const first = byteAt(get(start));
  writer.line(set(start, get(q)));
  skip(fail, context);
  if (value.accepts !== "any") {
    const wanted = value.accepts === "object" ? OPEN : BRACKET;
    const isOther = `(i32.and (i32.ne ${first} ${i32(wanted)}) (i32.ne ${first} ${i32(0x6e)}))`;
    writer.line(`(br_if ${fail} ${isOther})`);
  }
  if (value.slot < 0 || context.isTest) return;
  writer.line(
    `(if (i32.eq ${first} ${i32(0x6e)}) (then ${resetSlot(value.slot, "text")}) (else`,
    ...setText(value.slot, get(start), `(i32.sub ${get(q)} ${get(start)})`, "plain"),
    "))",
  );
}

function emitObject(
  value: JsonObjectOperation,
  fail: string,
  context: EmitContext,
  emitSequence: EmitSequence,
): void {
  const { writer, q } = context;
  const name = objectFunction(value, context, emitSequence);
  const isObject = `(i32.eq ${byteAt(get(q))} ${i32(OPEN)})`;
  writer.line(`(if ${isObject} (then`);
  writer.line(`(br_if ${fail} (i32.eqz (local.tee ${q} (call ${name} ${get(q)}))))`, ") (else");
  if (value.isRequired) {
    // A null is an object that is not there.
    writer.line(
      `(if (i32.ne ${byteAt(get(q))} ${i32(0x6e)}) (then`,
      `(drop (call $jsonFail ${get(q)}))`,
      `(br ${fail})))`,
    );
  }
  skip(fail, context);
  resetAll(value, context);
  writer.line("))");
}

/** Writes the function that walks an object's members; it gives the end, or 0. */
function objectFunction(
  value: JsonObjectOperation,
  context: EmitContext,
  emitSequence: EmitSequence,
): string {
  const { module } = context;
  const name = `$object${module.functions.length}`;
  const place = module.functions.push("") - 1;
  const writer = new FunctionWriter(`(func ${name} (param $q i32) (result i32)`, "(i32.const 0)");
  const inner: EmitContext = { ...context, writer, q: "$q", retry: null };
  const [failed, ended] = ["$failed", "$ended"];
  const [key, keyLength] = [writer.local("i32", "key"), writer.local("i32", "keyLength")];
  const seen = value.members.flatMap((_, index) => (index % 64 === 0 ? [writer.local("i64", "seen")] : []));
  const rawKey = writer.local("i32", "rawKey");
  const greedy = value.greedySlot >= 0 && !context.isTest;
  const rest = greedy ? module.data.reserve(Math.min(context.jsonMaxBytes, MOST_GREEDY_BYTES) + 64) : 0;
  if (greedy) writer.line(`(i32.store ${i32(rest)} ${i32(rest + 16)})`);
  writer.line(
    `(block ${failed}`,
    `(block ${ended}`,
    set("$q", `(call $jsonBlank ${plus(get("$q"), 1)})`),
    `(br_if ${ended} (i32.eq ${byteAt(get("$q"))} ${i32(CLOSE)}))`,
    "(loop $members",
    `(br_if ${failed} (i32.ne ${byteAt(get("$q"))} ${i32(QUOTE)}))`,
    set(rawKey, get("$q")),
    set(key, plus(get("$q"), 1)),
    "(global.set $escaped (i32.const 0))",
    `(br_if $failed (i32.eqz (local.tee $q (call $jsonString ${get("$q")}))))`,
    set(keyLength, `(i32.sub (i32.sub ${get("$q")} ${get(key)}) ${i32(1)})`),
    "(if (global.get $escaped) (then",
    `(call $decodeName ${get(key)} ${get(keyLength)})`,
    set(key, "(global.get $textAt)"),
    set(keyLength, "(global.get $textLength)"),
    "))",
    `(if (i32.ne ${byteAt(get("$q"))} ${i32(COLON)}) (then ${set("$q", `(call $jsonBlank ${get("$q")})`)}))`,
    `(br_if ${failed} (i32.ne ${byteAt(get("$q"))} ${i32(COLON)}))`,
    set("$q", `(call $jsonBlank ${plus(get("$q"), 1)})`),
    "(block $next",
  );
  emitMembers(value, { key, keyLength, seen, rawKey, rest }, inner, emitSequence);
  writer.line(
    ")",
    set("$q", `(call $jsonBlank ${get("$q")})`),
    `(if (i32.eq ${byteAt(get("$q"))} ${i32(COMMA)}) (then`,
    set("$q", `(call $jsonBlank ${plus(get("$q"), 1)})`),
    "(br $members)))",
    `(br_if ${ended} (i32.eq ${byteAt(get("$q"))} ${i32(CLOSE)}))`,
    `(br ${failed})`,
    ")",
    ")",
  );
  emitMandatory(value.members, seen, failed, writer);
  if (greedy) {
    writer.line(
      `(call $greedyEnd ${i32(rest)})`,
      ...setText(value.greedySlot, "(global.get $textAt)", "(global.get $textLength)", "plain"),
    );
  }
  writer.line(`(return ${plus(get("$q"), 1)})`, ")", `(drop (call $jsonFail ${get("$q")}))`);
  module.functions[place] = writer.text();
  return name;
}

function emitMandatory(
  members: readonly JsonMemberOperation[],
  seen: readonly string[],
  fail: string,
  writer: FunctionWriter,
): void {
  for (const [word, local] of seen.entries()) {
    const mask = membersByName(members)
      .slice(word * 64, word * 64 + 64)
      .map((alike) => alike.some((member) => member.isMandatory))
      .reduce((sum, isMandatory, index) => (isMandatory ? sum | (1n << BigInt(index)) : sum), 0n);
    const bits = BigInt.asIntN(64, mask);
    if (mask !== 0n)
      writer.line(`(br_if ${fail} (i64.ne (i64.and ${get(local)} ${i64(bits)}) ${i64(bits)}))`);
  }
}

interface MemberLocals {
  readonly key: string;
  readonly keyLength: string;
  /** A bit per member that was met, 64 a word. */
  readonly seen: readonly string[];
  readonly rawKey: string;
  /** Where the members that nobody declared are collected. */
  readonly rest: number;
}

function emitMembers(
  value: JsonObjectOperation,
  locals: MemberLocals,
  context: EmitContext,
  emitSequence: EmitSequence,
): void {
  const { writer } = context;
  for (const [index, alike] of membersByName(value.members).entries()) {
    const [member] = alike;
    const other = writer.label("other");
    const bit = BigInt.asIntN(64, 1n << BigInt(index % 64));
    const seen = locals.seen[index >> 6] ?? "";
    writer.line(`(block ${other}`);
    emitNameTest(member.utf8, locals, other, writer);
    writer.line(
      `(br_if ${other} (i32.eqz (i64.eqz (i64.and ${get(seen)} ${i64(bit)}))))`,
      set(seen, `(i64.or ${get(seen)} ${i64(bit)})`),
    );
    emitAlike(alike, context, emitSequence);
    const isRest = value.greedySlot >= 0 && !context.isTest && !isDeclared(member.utf8, value);
    if (isRest) emitGreedy(locals, context);
    writer.line("(br $next)", ")");
  }
  skip("$failed", context);
  if (value.greedySlot < 0 || context.isTest) return;
  for (const name of value.declared) {
    const other = writer.label("other");
    writer.line(`(block ${other}`);
    emitNameTest(name, locals, other, writer);
    writer.line("(br $next)", ")");
  }
  emitGreedy(locals, context);
}

type Alike = readonly [JsonMemberOperation, ...JsonMemberOperation[]];

/** Members, those of one name together. */
function membersByName(members: readonly JsonMemberOperation[]): readonly Alike[] {
  const names = new Map<string, [JsonMemberOperation, ...JsonMemberOperation[]]>();
  for (const member of members) {
    const name = member.utf8.join();
    const known = names.get(name);
    if (known === undefined) names.set(name, [member]);
    else known.push(member);
  }
  return [...names.values()];
}

function isDeclared(utf8: readonly number[], value: JsonObjectOperation): boolean {
  return value.declared.some((name) => name.join() === utf8.join());
}

/** One value wanted in several ways: read once for each. */
function emitAlike(alike: Alike, context: EmitContext, emitSequence: EmitSequence): void {
  const { writer, q } = context;
  const start = writer.local("i32", "again");
  if (alike.length > 1) writer.line(set(start, get(q)));
  for (const [index, member] of alike.entries()) {
    if (index > 0) writer.line(set(q, get(start)));
    emitValue(member.value, "$failed", context, emitSequence);
  }
}

function emitGreedy({ rest, rawKey }: MemberLocals, context: EmitContext): void {
  const limit = i32(context.jsonMaxBytes);
  context.writer.line(`(call $greedyAdd ${i32(rest)} ${limit} ${get(rawKey)} ${get("$q")})`);
}

/** Branches to `other` unless the member's name is the given one. */
function emitNameTest(
  utf8: readonly number[],
  { key, keyLength }: MemberLocals,
  other: string,
  writer: FunctionWriter,
): void {
  writer.line(`(br_if ${other} (i32.ne ${get(keyLength)} ${i32(utf8.length)}))`);
  for (let index = 0; index < utf8.length; ) {
    const left = utf8.length - index;
    const width = left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    writer.line(`(br_if ${other} ${differs(utf8.slice(index, index + width), get(key), index, false)})`);
    index += width;
  }
}

/** A scalar: text is taken as it is, other types are matched by their operations over the scalar's text. */
function emitScalar(
  value: JsonScalarOperation,
  fail: string,
  context: EmitContext,
  emitSequence: EmitSequence,
): void {
  const { writer, q } = context;
  const [start, end] = [writer.local("i32", "scalar"), writer.local("i32", "scalarEnd")];
  const after = writer.local("i32", "after");
  const [done, mismatch] = [writer.label("scalar"), writer.label("mismatch")];
  const isString = writer.local("i32", "isString");
  writer.line(set(start, get(q)), "(global.set $escaped (i32.const 0))");
  skip(fail, context);
  writer.line(set(after, get(q)), set(end, get(q)), `(block ${done}`, `(block ${mismatch}`);
  const first = byteAt(get(start));
  writer.line(`(if (i32.eq ${first} ${i32(0x6e)}) (then`);
  resetAll(value, context);
  writer.line(`(br ${done})))`);
  writer.line(
    `(br_if ${mismatch} (i32.or (i32.eq ${first} ${i32(OPEN)}) (i32.eq ${first} ${i32(BRACKET)})))`,
    `(if (local.tee ${isString} (i32.eq ${first} ${i32(QUOTE)})) (then`,
    set(start, plus(get(start), 1)),
    set(end, `(i32.sub ${get(end)} ${i32(1)})`),
    "))",
  );
  if (value.body.length === 0) emitJsonText(value, { start, end, isString }, context);
  else emitJsonBody(value, { start, end }, mismatch, context, emitSequence);
  writer.line(set(q, get(after)), `(br ${done})`, ")");
  if (value.isRequired) writer.line(`(br ${fail})`);
  else {
    resetAll(value, context);
    writer.line(set(q, get(after)));
  }
  writer.line(")");
}

function emitJsonText(
  value: JsonScalarOperation,
  { start, end, isString }: { readonly start: string; readonly end: string; readonly isString: string },
  context: EmitContext,
): void {
  if (value.slot < 0 || context.isTest) return;
  const { writer } = context;
  writer.line(
    ...setText(value.slot, get(start), `(i32.sub ${get(end)} ${get(start)})`, "json"),
    `(if (i32.eqz ${get(isString)}) (then (global.set $slot${value.slot}.encoding ${i32(0)})))`,
  );
}

/** Runs the operations over the scalar's text as if it were a whole input. */
function emitJsonBody(
  value: JsonScalarOperation,
  { start, end }: { readonly start: string; readonly end: string },
  mismatch: string,
  context: EmitContext,
  emitSequence: EmitSequence,
): void {
  const { writer, q } = context;
  const saved = ["end", "realEnd", "isLast", "hit", "inText", "textFrom"].map((global) => ({
    global,
    local: writer.local("i32", global),
  }));
  const [fits, not] = [writer.label("fits"), writer.label("not")];
  writer.line(
    "(if (global.get $escaped) (then",
    `(call $decodeName ${get(start)} (i32.sub ${get(end)} ${get(start)}))`,
    set(start, "(global.get $textAt)"),
    set(end, "(i32.add (global.get $textAt) (global.get $textLength))"),
    "))",
    set(q, get(start)),
  );
  for (const { global, local } of saved) writer.line(set(local, `(global.get $${global})`));
  writer.line(
    `(global.set $end ${get(end)})`,
    `(global.set $realEnd ${get(end)})`,
    "(global.set $isLast (i32.const 1))",
    "(global.set $inText (i32.const 1))",
    `(global.set $textFrom ${get(start)})`,
    `(block ${fits}`,
    `(block ${not}`,
  );
  emitSequence(value.body, not, { ...context, isChecked: true, retry: null });
  writer.line(`(br_if ${fits} (i32.eq ${get(q)} ${get(end)}))`, ")");
  const restore = saved.map(({ global, local }) => `(global.set $${global} ${get(local)})`);
  writer.line(...restore, `(br ${mismatch})`, ")", ...restore);
}
