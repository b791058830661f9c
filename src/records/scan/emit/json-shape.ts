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
import { type Alike, emitPlainValue, type JsonContext, membersByName } from "./json-value.ts";
import { MOST_SHAPE_NOTES, SHAPES } from "./runtime-shape.ts";
import { type FunctionWriter, get, i32, set } from "./wat.ts";

/** Writes an array at the position; passed in, since arrays hold values of all kinds. */
export type EmitArray = (value: JsonArrayOperation, fail: string, context: JsonContext) => void;

/** The memory of a set of shapes, and what it must know of the members that the query looks at. */
export interface JsonShapes {
  /** Address of the set. */
  readonly at: number;
  /** Where the place of a member's value is noted, by the first member of each name. */
  readonly notes: ReadonlyMap<JsonMemberOperation, number>;
  readonly wanted: readonly WantedValues[];
}

/** Values to be read from one place. */
interface WantedValues {
  /** Offset in a shape of the address of their hole. */
  readonly place: number;
  readonly values: readonly Exclude<JsonValueOperation, JsonObjectOperation>[];
}

/** Sets of shapes of a module; each takes about 200 KB. */
const MOST_SETS = 8;

/** The shapes for a JSON element, or null where none are kept: inside of texts, for greedy rests, for what is no object. */
export function planShapes(value: JsonValueOperation, context: EmitContext): JsonShapes | null {
  const { module, isTest, retry } = context;
  if (value.kind !== "object" || isTest || retry === null) return null;
  const groups = memberGroups(value);
  if (groups === null || groups.length > MOST_SHAPE_NOTES || module.shapes.length >= MOST_SETS) return null;
  const at = module.data.reserve(SHAPES.bytes);
  module.shapes.push(at);
  const notes = new Map<JsonMemberOperation, number>();
  const wanted: WantedValues[] = [];
  let objects = 0;
  for (const alike of groups) {
    const values = alike.flatMap((member) => (member.value.kind === "object" ? [] : [member.value]));
    const { valueNotes, objectNotes, places } = SHAPES;
    const word = 4 * (values.length > 0 ? wanted.length : objects++);
    notes.set(alike[0], at + (values.length > 0 ? valueNotes : objectNotes) + word);
    if (values.length > 0) wanted.push({ place: places + word, values });
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

/**
 * Code that reads the value at the position along a shape and branches to `done`, or falls through with nothing changed but the local
 * whose name is given back: not 0 when shapes were tried.
 */
export function emitAlongShapes(
  shapes: JsonShapes,
  { done, fail }: { readonly done: string; readonly fail: string },
  context: JsonContext,
  emitArray: EmitArray,
): string {
  const { writer, q, retry } = context;
  const [end, shape] = [writer.local("i32", "shapeEnd"), writer.local("i32", "shape")];
  const [tried, hole] = [writer.local("i32", "tried"), writer.local("i32", "hole")];
  const bounds = { start: writer.local("i32", "value"), after: writer.local("i32", "after") };
  // Not behind failures: what a shape costs in vain may be spent once for a record, but not for each of its bytes.
  const isQuiet = `(i32.eqz (i32.or ${get(retry ?? "")} (global.get $stuckCount)))`;
  writer.line(
    `(if (local.tee ${tried} ${isQuiet}) (then`,
    `(if (local.tee ${end} (call $tryShapes ${i32(shapes.at)} ${get(q)})) (then`,
    set(shape, `(i32.load offset=${SHAPES.last} ${i32(shapes.at)})`),
  );
  for (const { place, values } of shapes.wanted) {
    writer.line(
      `(if (local.tee ${hole} (i32.load offset=${place} ${get(shape)})) (then`,
      set(bounds.start, `(i32.load offset=${SHAPES.hole.start} ${get(hole)})`),
      set(bounds.after, `(i32.load offset=${SHAPES.hole.after} ${get(hole)})`),
    );
    for (const value of values) {
      writer.line(`(global.set $escaped (i32.load offset=${SHAPES.hole.escaped} ${get(hole)}))`);
      if (value.kind === "array") {
        writer.line(set(q, get(bounds.start)));
        emitArray(value, fail, context);
      } else emitPlainValue(value, bounds, fail, context);
    }
    writer.line("))");
  }
  writer.line(set(q, get(end)), `(br ${done})`, "))", "))");
  return tried;
}

/** Code that forgets the notes of the record before. */
export function emitNoNotes({ notes }: JsonShapes, writer: FunctionWriter): void {
  for (const note of notes.values()) writer.line(`(i32.store ${i32(note)} ${i32(0)})`);
}

/** Code that keeps the value from `start` to the position as a shape of the next ones, if shapes were tried and did not explain it. */
export function emitLearning(
  shapes: JsonShapes,
  { start, tried }: { readonly start: string; readonly tried: string },
  { writer, q }: JsonContext,
): void {
  writer.line(`(if ${get(tried)} (then (call $learnShape ${i32(shapes.at)} ${get(start)} ${get(q)})))`);
}
