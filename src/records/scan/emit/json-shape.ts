/**
 * Records that look like one before them. Logs repeat themselves: names, order and most values of a record are those of the record
 * before. So the text of a record that was read member by member is kept, and the next ones are compared with it 16 bytes at a time: where
 * they are equal they are as well-formed as it was, and only the values that differ are looked at (`runtime-shape.ts`). What the
 * comparison cannot explain is read member by member, so a shape never decides what matches.
 */
import type {
  JsonArrayOperation,
  JsonMemberOperation,
  JsonObjectOperation,
  JsonValueOperation,
} from "../../program/program.ts";
import type { EmitContext } from "./context.ts";
import {
  type Alike,
  emitPlainValue,
  type JsonContext,
  membersByName,
  type PlainValue,
} from "./json-value.ts";
import { MOST_SHAPE_NOTES, SHAPE, SHAPE_BYTES } from "./runtime-shape.ts";
import { type FunctionWriter, get, i32, set } from "./wat.ts";

/** Writes an array at the position; passed in, since arrays hold values of all kinds. */
export type EmitArray = (value: JsonArrayOperation, fail: string, context: JsonContext) => void;

/** The memory of a shape, and what it must know of the members that the query looks at. */
export interface JsonShape {
  /** Address of the shape. */
  readonly at: number;
  /** Where the place of a member's value is noted, by the first member of each name. */
  readonly notes: ReadonlyMap<JsonMemberOperation, number>;
  readonly wanted: readonly WantedValues[];
}

/** Values to be read from one place. */
interface WantedValues {
  /** Address of its note. */
  readonly note: number;
  readonly values: readonly Exclude<JsonValueOperation, JsonObjectOperation>[];
}

/** Shapes of a module; each takes about 64 KB. */
const MOST_SHAPES = 8;

/** The shape for a JSON element, or null where none is kept: inside of texts, for greedy rests, for what is no object. */
export function planShape(value: JsonValueOperation, context: EmitContext): JsonShape | null {
  const { module, isTest, retry } = context;
  if (value.kind !== "object" || isTest || retry === null) return null;
  const groups = memberGroups(value);
  if (groups === null || groups.length > MOST_SHAPE_NOTES || module.shapes.length >= MOST_SHAPES) return null;
  const at = module.data.reserve(SHAPE_BYTES);
  module.shapes.push(at);
  const notes = new Map<JsonMemberOperation, number>();
  const wanted: WantedValues[] = [];
  let objects = 0;
  for (const alike of groups) {
    const values = alike.flatMap((member) => (member.value.kind === "object" ? [] : [member.value]));
    const note = at + (values.length > 0 ? SHAPE.values + 8 * wanted.length : SHAPE.objects + 8 * objects++);
    notes.set(alike[0], note);
    if (values.length > 0) wanted.push({ note, values });
  }
  return { at, notes, wanted };
}

/** All members by their names, those of inner objects too; null when a shape cannot give what they want. */
function memberGroups(value: JsonValueOperation): readonly Alike[] | null {
  if (value.kind !== "object") return [];
  if (value.greedySlot >= 0) return null;
  const groups: Alike[] = [];
  for (const alike of membersByName(value.members)) {
    groups.push(alike);
    if (alike.every((member) => member.value.kind !== "object")) continue;
    const inner = alike.length === 1 ? memberGroups(alike[0].value) : null;
    if (inner === null) return null;
    groups.push(...inner);
  }
  return groups;
}

/** Code that reads the value at the position along the shape and branches to `done`, or falls through with nothing changed. */
export function emitAlongShape(
  shape: JsonShape,
  done: string,
  fail: string,
  context: JsonContext,
  emitArray: EmitArray,
): void {
  const { writer, q, retry } = context;
  const [end, place] = [writer.local("i32", "shapeEnd"), writer.local("i32", "place")];
  const bounds = { start: writer.local("i32", "value"), after: writer.local("i32", "after") };
  // Not behind failures: what a shape costs in vain may be spent once for a record, but not for each of its bytes.
  const isQuiet = `(i32.eqz (i32.or ${get(retry ?? "")} (global.get $stuckCount)))`;
  writer.line(
    `(if ${isQuiet} (then`,
    `(if (local.tee ${end} (call $tryShape ${i32(shape.at)} ${get(q)})) (then`,
  );
  for (const { note, values } of shape.wanted) {
    writer.line(`(if (local.tee ${place} (i32.load offset=4 ${i32(note)})) (then`);
    writer.line(
      set(bounds.start, `(i32.load offset=${SHAPE.hole.start} ${get(place)})`),
      set(bounds.after, `(i32.load offset=${SHAPE.hole.after} ${get(place)})`),
    );
    for (const value of values) {
      writer.line(`(global.set $escaped (i32.load offset=${SHAPE.hole.escaped} ${get(place)}))`);
      if (value.kind === "array") {
        writer.line(set(q, get(bounds.start)));
        emitArray(value, fail, context);
      } else emitPlainValue(value, bounds, fail, context);
    }
    writer.line("))");
  }
  writer.line(set(q, get(end)), `(br ${done})`, "))", "))");
}

/** Code that forgets the notes of the record before. */
export function emitNoNotes({ notes }: JsonShape, writer: FunctionWriter): void {
  for (const note of notes.values()) writer.line(`(i32.store ${i32(note)} ${i32(0)})`);
}

/** Code that keeps the value from `start` to the position as the shape of the next ones, if one is wanted. */
export function emitLearning(shape: JsonShape, start: string, { writer, q }: JsonContext): void {
  writer.line(`(call $learnShape ${i32(shape.at)} ${get(start)} ${get(q)})`);
}
