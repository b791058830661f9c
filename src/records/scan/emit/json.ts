/**
 * JSON values. Every value is validated (RFC 8259), wanted or not, so that what counts as a record never depends on the query. The zero
 * bytes behind the window are valid nowhere in JSON, so nothing here asks for the window's end until it fails. Records that look like
 * one before them are read along its shape (`json-shape.ts`), others member by member (`json-object.ts`).
 */
import type {
  JsonArrayOperation,
  JsonObjectOperation,
  JsonOperation,
  JsonValueOperation,
} from "../../program/program.ts";
import type { EmitContext } from "./context.ts";
import { emitJsonArray } from "./json-array.ts";
import { emitObjectFunction } from "./json-object.ts";
import { emitAlongShapes, emitLearning, emitNoNotes, planShapes } from "./json-shape.ts";
import { emitPlainValue, JSON_BYTES, type JsonContext, resetValue, skipValue } from "./json-value.ts";
import type { EmitSequence } from "./until.ts";
import { byteAt, get, i32, set } from "./wat.ts";

/** Writes a JSON value at the position. */
export function emitJson(
  operation: JsonOperation,
  fail: string,
  context: EmitContext,
  emitSequence: EmitSequence,
): void {
  const { writer, q } = context;
  const { value, maxBytes } = operation;
  const start = writer.local("i32", "start");
  // Blanks, but no line feed: a record does not begin with the end of the line before it.
  writer.line(set(q, `(call $jsonIndent ${get(q)})`), set(start, get(q)));
  if (value.kind !== "scalar") {
    // Only as a member does null stand for an object or array.
    const refuses =
      value.kind === "any" ? value.accepts !== "any" : value.kind === "array" || value.isRequired;
    if (refuses) writer.line(`(br_if ${fail} (i32.eq ${byteAt(get(q))} ${i32(JSON_BYTES.null)}))`);
  }
  if (value.kind === "object" && context.retry !== null) {
    // What began inside of a value that failed deep inside fails where that did.
    writer.line(`(if (global.get $stuckCount) (then (br_if ${fail} (call $isStuck ${get(q)}))))`);
  }
  const shapes = planShapes(value, context);
  const inner: JsonContext = {
    ...context,
    isChecked: false,
    jsonMaxBytes: maxBytes,
    emitSequence,
    notes: shapes?.notes ?? new Map(),
  };
  if (shapes === null) emitValue(value, fail, inner);
  else {
    const done = writer.label("read");
    writer.line(`(block ${done}`);
    const tried = emitAlongShapes(shapes, { done, fail }, inner, emitArray);
    emitNoNotes(shapes, writer);
    emitValue(value, fail, inner);
    emitLearning(shapes, { start, tried }, inner);
    writer.line(")");
  }
  writer.line(`(br_if ${fail} (i32.gt_u (i32.sub ${get(q)} ${get(start)}) ${i32(maxBytes)}))`);
}

/** Writes one value; a mismatch with JSON itself fails, see `JsonValueOperation` for mismatches of shape. */
function emitValue(value: JsonValueOperation, fail: string, context: JsonContext): void {
  if (value.kind === "object") return emitObject(value, fail, context);
  if (value.kind === "array") return emitArray(value, fail, context);
  const { writer, q } = context;
  const [start, after] = [writer.local("i32", "value"), writer.local("i32", "after")];
  writer.line(set(start, get(q)), "(global.set $escaped (i32.const 0))");
  skipValue(fail, context);
  writer.line(set(after, get(q)));
  emitPlainValue(value, { start, after }, fail, context);
  writer.line(set(q, get(after)));
}

function emitArray(value: JsonArrayOperation, fail: string, context: JsonContext): void {
  emitJsonArray(value, fail, context, (element, failed, inner) =>
    emitValue(element, failed, { ...context, ...inner }),
  );
}

function emitObject(value: JsonObjectOperation, fail: string, context: JsonContext): void {
  const { writer, q } = context;
  const name = emitObjectFunction(value, context, emitValue);
  writer.line(
    `(if (i32.eq ${byteAt(get(q))} ${i32(JSON_BYTES.open)}) (then`,
    `(br_if ${fail} (i32.eqz (local.tee ${q} (call ${name} ${get(q)}))))`,
    ") (else",
  );
  if (value.isRequired) {
    // A null is an object that is not there.
    writer.line(
      `(if (i32.ne ${byteAt(get(q))} ${i32(JSON_BYTES.null)}) (then`,
      `(drop (call $jsonFail ${get(q)}))`,
      `(br ${fail})))`,
    );
  }
  skipValue(fail, context);
  resetValue(value, context);
  writer.line("))");
}
