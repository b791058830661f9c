/** Fields of files as columns of batches. */
import type { ListingField, Value } from "#language";
import type { BatchColumn } from "#records";
import type { ListedObject } from "#sources";
import { invariant } from "#text";
import { LISTING_FIELDS } from "../plan/plan.ts";

/** A field of a listed object, as `Value` describes it. */
export function fieldOf(object: ListedObject, field: ListingField): Value {
  switch (field) {
    case "uri":
      return object.uri;
    case "file_name":
      return object.fileName;
    case "length":
      return object.sizeBytes === null ? null : BigInt(object.sizeBytes);
    case "last_modified":
      return object.lastModifiedMs;
    default:
      return object.pathTimeMs;
  }
}

/** The fields in the order of `LISTING_FIELDS`. */
export function fieldsOf(object: ListedObject): readonly Value[] {
  return LISTING_FIELDS.map((field) => fieldOf(object, field));
}

/** A column with a field of the object that each row names: `rows[i]` is an index into `objects`. */
export function fileColumn(
  objects: readonly ListedObject[],
  field: ListingField,
  rows: Int32Array,
): BatchColumn {
  return field === "uri" || field === "file_name"
    ? textColumn(objects, field, rows)
    : longColumn(objects, field, rows);
}

function textColumn(objects: readonly ListedObject[], field: ListingField, rows: Int32Array): BatchColumn {
  const utf8 = new TextEncoder();
  const placed = new Map<number, { readonly start: number; readonly length: number }>();
  const pieces: Uint8Array[] = [];
  let end = 0;
  const starts = new Uint32Array(rows.length);
  const lengths = new Uint32Array(rows.length);
  for (const [row, index] of rows.entries()) {
    let place = placed.get(index);
    if (place === undefined) {
      const bytes = utf8.encode(String(fieldOf(objectAt(objects, index), field)));
      place = { start: end, length: bytes.length };
      placed.set(index, place);
      pieces.push(bytes);
      end += bytes.length;
    }
    starts[row] = place.start;
    lengths[row] = place.length;
  }
  return { kind: "text", starts, lengths, heap: joinBytes(pieces, end), validity: null };
}

function longColumn(objects: readonly ListedObject[], field: ListingField, rows: Int32Array): BatchColumn {
  const values = new BigInt64Array(rows.length);
  const validity = new Uint8Array(Math.ceil(rows.length / 8));
  for (const [row, index] of rows.entries()) {
    const value = fieldOf(objectAt(objects, index), field);
    if (typeof value !== "bigint") continue;
    values[row] = value;
    validity[row >> 3] = (validity[row >> 3] ?? 0) | (1 << (row & 7));
  }
  return { kind: "long", values, validity };
}

function objectAt(objects: readonly ListedObject[], index: number): ListedObject {
  const object = objects[index];
  invariant(object !== undefined, "rows name inputs of their scan");
  return object;
}

function joinBytes(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const joined = new Uint8Array(length);
  let end = 0;
  for (const piece of pieces) {
    joined.set(piece, end);
    end += piece.length;
  }
  return joined;
}
