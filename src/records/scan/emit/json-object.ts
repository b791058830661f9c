/** JSON objects: one function per object the query looks into, which walks its members and skips those nobody asked for. */
import type { JsonMemberOperation, JsonObjectOperation, JsonValueOperation } from "../../program/program.ts";
import { differs } from "./basics.ts";
import { type Alike, JSON_BYTES, type JsonContext, membersByName, skipValue } from "./json-value.ts";
import { setText } from "./slots.ts";
import { byteAt, FunctionWriter, get, i32, i64, plus, set } from "./wat.ts";

/** An object's undeclared members are collected up to this many bytes; a longer object does not match. */
const MOST_GREEDY_BYTES = 16 << 20;

/** Code that moves behind blanks; most data has none. */
const skipBlanks = `(if (i32.le_u ${byteAt(get("$q"))} ${i32(32)}) (then ${set("$q", `(call $jsonBlank ${get("$q")})`)}))`;

/** Writes a value; passed in, since values hold objects. */
export type EmitValue = (value: JsonValueOperation, fail: string, context: JsonContext) => void;

/** Writes the function that walks an object's members, and gives its name; the function gives the end, or 0. */
export function emitObjectFunction(
  value: JsonObjectOperation,
  context: JsonContext,
  emitValue: EmitValue,
): string {
  const { module } = context;
  const name = `$object${module.functions.length}`;
  const place = module.functions.push("") - 1;
  const writer = new FunctionWriter(`(func ${name} (param $q i32) (result i32)`, "(i32.const 0)");
  const inner: JsonContext = { ...context, writer, q: "$q", retry: null };
  const [failed, ended] = ["$failed", "$ended"];
  const locals = memberLocals(value, inner);
  const { rest } = locals;
  if (rest !== null) writer.line(`(i32.store ${i32(rest)} ${i32(rest + 16)})`);
  writer.line(
    `(block ${failed}`,
    `(block ${ended}`,
    set("$q", `(call $jsonBlank ${plus(get("$q"), 1)})`),
    `(br_if ${ended} (i32.eq ${byteAt(get("$q"))} ${i32(JSON_BYTES.close)}))`,
    "(loop $members",
  );
  emitName(locals, failed, writer);
  writer.line("(block $next");
  emitMembers(value, locals, inner, emitValue);
  writer.line(
    ")",
    skipBlanks,
    `(if (i32.eq ${byteAt(get("$q"))} ${i32(JSON_BYTES.comma)}) (then`,
    set("$q", plus(get("$q"), 1)),
    skipBlanks,
    "(br $members)))",
    `(br_if ${ended} (i32.eq ${byteAt(get("$q"))} ${i32(JSON_BYTES.close)}))`,
    `(br ${failed})`,
    ")",
    ")",
  );
  emitMandatory(value.members, locals.seen, failed, writer);
  if (rest !== null) {
    writer.line(
      `(call $greedyEnd ${i32(rest)})`,
      ...setText(value.greedySlot, "(global.get $textAt)", "(global.get $textLength)", "plain"),
    );
  }
  writer.line(`(return ${plus(get("$q"), 1)})`, ")", `(drop (call $jsonFail ${get("$q")}))`);
  module.functions[place] = writer.text();
  return name;
}

interface MemberLocals {
  readonly key: string;
  readonly keyLength: string;
  /** A bit per member that was met, 64 a word. */
  readonly seen: readonly string[];
  readonly rawKey: string;
  /** Where the members that nobody declared are collected, null when nobody wants them. */
  readonly rest: number | null;
}

function memberLocals(
  value: JsonObjectOperation,
  { writer, module, isTest, jsonMaxBytes }: JsonContext,
): MemberLocals {
  const words = Math.ceil(membersByName(value.members).length / 64);
  const wantsRest = value.greedySlot >= 0 && !isTest;
  return {
    key: writer.local("i32", "key"),
    keyLength: writer.local("i32", "keyLength"),
    seen: Array.from({ length: words }, () => writer.local("i64", "seen")),
    rawKey: writer.local("i32", "rawKey"),
    rest: wantsRest ? module.data.reserve(Math.min(jsonMaxBytes, MOST_GREEDY_BYTES) + 64) : null,
  };
}

/** Reads a member's name and moves to its value. */
function emitName({ key, keyLength, rawKey }: MemberLocals, failed: string, writer: FunctionWriter): void {
  const [here, colon] = [byteAt(get("$q")), i32(JSON_BYTES.colon)];
  writer.line(
    `(br_if ${failed} (i32.ne ${here} ${i32(JSON_BYTES.quote)}))`,
    set(rawKey, get("$q")),
    set(key, plus(get("$q"), 1)),
    "(global.set $escaped (i32.const 0))",
    `(br_if ${failed} (i32.eqz (local.tee $q (call $jsonString ${get("$q")}))))`,
    set(keyLength, `(i32.sub (i32.sub ${get("$q")} ${get(key)}) ${i32(1)})`),
    "(if (global.get $escaped) (then",
    `(call $decodeName ${get(key)} ${get(keyLength)})`,
    set(key, "(global.get $textAt)"),
    set(keyLength, "(global.get $textLength)"),
    "))",
    `(if (i32.ne ${here} ${colon}) (then ${set("$q", `(call $jsonBlank ${get("$q")})`)}))`,
    `(br_if ${failed} (i32.ne ${here} ${colon}))`,
    set("$q", plus(get("$q"), 1)),
    skipBlanks,
  );
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

function emitMembers(
  value: JsonObjectOperation,
  locals: MemberLocals,
  context: JsonContext,
  emitValue: EmitValue,
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
    emitAlike(alike, context, emitValue);
    if (!isDeclared(member.utf8, value)) emitGreedy(locals, context);
    writer.line("(br $next)", ")");
  }
  skipValue("$failed", context);
  if (locals.rest === null) return;
  for (const name of value.declared) {
    const other = writer.label("other");
    writer.line(`(block ${other}`);
    emitNameTest(name, locals, other, writer);
    writer.line("(br $next)", ")");
  }
  emitGreedy(locals, context);
}

function isDeclared(utf8: readonly number[], value: JsonObjectOperation): boolean {
  return value.declared.some((name) => name.join() === utf8.join());
}

/** One value wanted in several ways: read once for each. */
function emitAlike(alike: Alike, context: JsonContext, emitValue: EmitValue): void {
  const { writer, q, notes } = context;
  const start = writer.local("i32", "again");
  const note = notes.get(alike[0]);
  if (note !== undefined) writer.line(`(i32.store ${i32(note)} ${get(q)})`);
  if (alike.length > 1) writer.line(set(start, get(q)));
  for (const [index, member] of alike.entries()) {
    if (index > 0) writer.line(set(q, get(start)));
    emitValue(member.value, "$failed", context);
  }
}

function emitGreedy({ rest, rawKey }: MemberLocals, { writer, jsonMaxBytes }: JsonContext): void {
  if (rest === null) return;
  writer.line(`(call $greedyAdd ${i32(rest)} ${i32(jsonMaxBytes)} ${get(rawKey)} ${get("$q")})`);
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
