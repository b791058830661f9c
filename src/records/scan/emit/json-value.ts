/** JSON values whose bounds are known: what is made of a scalar's text, and of a value taken as it stands. */
import type {
  JsonArrayOperation,
  JsonMemberOperation,
  JsonObjectOperation,
  JsonScalarOperation,
  JsonValueOperation,
} from "../../program/program.ts";
import { type EmitContext, slotsIn } from "./context.ts";
import { resetSlot, setText } from "./slots.ts";
import type { EmitSequence } from "./until.ts";
import { byteAt, get, i32, plus, set } from "./wat.ts";

/** First bytes of JSON values and separators. */
export const JSON_BYTES = {
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  bracket: 0x5b,
  null: 0x6e,
  open: 0x7b,
  close: 0x7d,
} as const;

/** Where a JSON value is being written to. */
export interface JsonContext extends EmitContext {
  readonly emitSequence: EmitSequence;
  /** Where the values of members are noted that the shape keeps, by the first member of each name; see `json-shape.ts`. */
  readonly notes: ReadonlyMap<JsonMemberOperation, number>;
}

/** Names of the locals that hold a value's start and the place behind it. */
export interface ValueBounds {
  readonly start: string;
  readonly after: string;
}

/** A value without others inside of it. */
export type PlainValue = Exclude<JsonValueOperation, JsonObjectOperation | JsonArrayOperation>;

/** Members, those of one name together. */
export type Alike = readonly [JsonMemberOperation, ...JsonMemberOperation[]];

/** Members by their names, in their order. */
export function membersByName(members: readonly JsonMemberOperation[]): readonly Alike[] {
  const names = new Map<string, [JsonMemberOperation, ...JsonMemberOperation[]]>();
  for (const member of members) {
    const name = member.utf8.join();
    const known = names.get(name);
    if (known === undefined) names.set(name, [member]);
    else known.push(member);
  }
  return [...names.values()];
}

/** Skips the value at the position; fails where it is not JSON. */
export function skipValue(fail: string, { writer, q }: EmitContext): void {
  writer.line(`(br_if ${fail} (i32.eqz (local.tee ${q} (call $jsonSkip ${get(q)}))))`);
}

/** Makes NULL what a value would set. */
export function resetValue(value: JsonValueOperation, context: EmitContext): void {
  if (context.isTest) return;
  const at = { start: 0, end: 0 };
  const slots = slotsIn([{ kind: "json", value, maxBytes: 0, isLenient: false, at }]);
  for (const slot of slots) context.writer.line(resetSlot(slot, context.module.storages[slot] ?? "text"));
}

/** Writes what becomes of a well-formed value; `$escaped` says whether its text holds an escape. The position is not kept. */
export function emitPlainValue(
  value: PlainValue,
  bounds: ValueBounds,
  fail: string,
  context: JsonContext,
): void {
  if (value.kind === "any") emitAny(value, bounds, fail, context);
  else emitScalar(value, bounds, fail, context);
}

function emitAny(
  value: PlainValue & { readonly kind: "any" },
  { start, after }: ValueBounds,
  fail: string,
  { writer, isTest }: JsonContext,
): void {
  const first = byteAt(get(start));
  const isNull = `(i32.eq ${first} ${i32(JSON_BYTES.null)})`;
  if (value.accepts !== "any") {
    const wanted = value.accepts === "object" ? JSON_BYTES.open : JSON_BYTES.bracket;
    writer.line(`(br_if ${fail} (i32.eqz (i32.or (i32.eq ${first} ${i32(wanted)}) ${isNull})))`);
  }
  if (value.slot < 0 || isTest) return;
  writer.line(
    `(if ${isNull} (then ${resetSlot(value.slot, "text")}) (else`,
    ...setText(value.slot, get(start), `(i32.sub ${get(after)} ${get(start)})`, "plain"),
    "))",
  );
}

/** A scalar: text is taken as it is, other types are matched by their operations over the scalar's text. */
function emitScalar(
  value: JsonScalarOperation,
  bounds: ValueBounds,
  fail: string,
  context: JsonContext,
): void {
  const { writer } = context;
  const [start, end] = [writer.local("i32", "scalar"), writer.local("i32", "scalarEnd")];
  const [done, mismatch] = [writer.label("scalar"), writer.label("mismatch")];
  const isString = writer.local("i32", "isString");
  const first = byteAt(get(start));
  const { open, bracket, quote } = JSON_BYTES;
  writer.line(set(start, get(bounds.start)), set(end, get(bounds.after)));
  writer.line(`(block ${done}`, `(block ${mismatch}`, `(if (i32.eq ${first} ${i32(JSON_BYTES.null)}) (then`);
  resetValue(value, context);
  writer.line(
    `(br ${done})))`,
    `(br_if ${mismatch} (i32.or (i32.eq ${first} ${i32(open)}) (i32.eq ${first} ${i32(bracket)})))`,
    `(if (local.tee ${isString} (i32.eq ${first} ${i32(quote)})) (then`,
    set(start, plus(get(start), 1)),
    set(end, `(i32.sub ${get(end)} ${i32(1)})`),
    "))",
  );
  if (value.body.length === 0) emitText(value, { start, end, isString }, context);
  else emitBody(value, { start, end }, mismatch, context);
  writer.line(`(br ${done})`, ")");
  if (value.isRequired) writer.line(`(br ${fail})`);
  else resetValue(value, context);
  writer.line(")");
}

function emitText(
  value: JsonScalarOperation,
  { start, end, isString }: { readonly start: string; readonly end: string; readonly isString: string },
  { writer, isTest }: JsonContext,
): void {
  if (value.slot < 0 || isTest) return;
  writer.line(
    ...setText(value.slot, get(start), `(i32.sub ${get(end)} ${get(start)})`, "json"),
    `(if (i32.eqz ${get(isString)}) (then (global.set $slot${value.slot}.encoding ${i32(0)})))`,
  );
}

/** Runs the operations over the scalar's text as if it were a whole input. */
function emitBody(
  value: JsonScalarOperation,
  { start, end }: { readonly start: string; readonly end: string },
  mismatch: string,
  context: JsonContext,
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
  context.emitSequence(value.body, not, { ...context, isChecked: true, retry: null });
  writer.line(`(br_if ${fits} (i32.eq ${get(q)} ${get(end)}))`, ")");
  const restore = saved.map(({ global, local }) => `(global.set $${global} ${get(local)})`);
  writer.line(...restore, `(br ${mismatch})`, ")", ...restore);
}
