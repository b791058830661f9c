/** Captured values as JSON text; `Decoder` in `program.ts` says how each type is written. */
import { type DataType, printAddress } from "#language";
import type { ItemShape, Slot } from "../program/program.ts";
import { type Captured, isText } from "./captured.ts";
import { decodedText } from "./decoded-text.ts";

/** Values and their types, by slot. */
export interface ItemPlace {
  readonly types: readonly Slot[];
  readonly values: readonly Captured[];
}

/** A text, and whether bytes in it had to be replaced. */
export interface ItemText {
  readonly text: string;
  readonly isReplaced: boolean;
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The JSON text of a value, or null for NULL. `isKept`: a tuple is there even when all of its members are NULL. */
export function jsonOf(shape: ItemShape, place: ItemPlace, isKept: boolean): ItemText | null {
  if (shape.kind === "slot") {
    const type = place.types[shape.slot]?.type ?? { kind: "unknown" };
    return jsonOfCaptured(place.values[shape.slot] ?? null, type);
  }
  const members = shape.members.map((member) => ({
    name: member.name,
    json: jsonOf(member.shape, place, false),
  }));
  if (!isKept && members.every(({ json }) => json === null)) return null;
  return {
    text: `{${members.map(({ name, json }) => `${jsonString(name)}:${json?.text ?? "null"}`).join(",")}}`,
    isReplaced: members.some(({ json }) => json?.isReplaced === true),
  };
}

/** A value as text: strings as they are, all others as their JSON text without quotes; null for NULL. */
export function textOfShape(shape: ItemShape, place: ItemPlace): ItemText | null {
  const value = shape.kind === "slot" ? (place.values[shape.slot] ?? null) : null;
  const type = shape.kind === "slot" ? place.types[shape.slot]?.type.kind : null;
  if (value !== null && isText(value) && type === "string") {
    const decoded = decodedText(value);
    return { text: utf8.decode(decoded.utf8), isReplaced: decoded.isReplaced };
  }
  const json = jsonOf(shape, place, false);
  if (json === null || !json.text.startsWith('"')) return json;
  return { ...json, text: json.text.slice(1, -1) };
}

/** A text as a JSON string. */
export function jsonString(text: string): string {
  return JSON.stringify(text);
}

function jsonOfCaptured(value: Captured, type: DataType): ItemText | null {
  if (value === null) return null;
  if (!isText(value)) return { text: jsonOfPlain(value, type), isReplaced: false };
  const { utf8: bytes, isReplaced } = decodedText(value);
  const text = utf8.decode(bytes);
  const isJson = type.kind === "array" || type.kind === "object" || type.kind === "variant";
  return { text: isJson ? text : jsonString(text), isReplaced };
}

function jsonOfPlain(value: number | bigint | boolean, type: DataType): string {
  if (typeof value === "boolean") return value ? "true" : "false";
  switch (type.kind) {
    case "ip":
      return `"${printAddress(BigInt(value))}"`;
    case "mac":
      return `"${BigInt(value)
        .toString(16)
        .padStart(12, "0")
        .replace(/(..)(?=.)/g, "$1:")}"`;
    case "timestamp":
      return `"${timeText(BigInt(value), null)}"`;
    case "timestamp-nano": {
      const nanos = ((BigInt(value) % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
      return `"${timeText((BigInt(value) - nanos) / 1_000_000n, nanos)}"`;
    }
    case "float":
    case "double":
      return numberText(Number(value));
    default:
      return String(typeof value === "number" ? BigInt(Math.trunc(value)) : value);
  }
}

function numberText(value: number): string {
  if (Object.is(value, -0)) return "-0.0";
  if (Number.isFinite(value)) return String(value);
  return value < 0 ? "-1e999" : "1e999";
}

const LATEST_MS = 8_640_000_000_000_000n;

/** `2024-12-31T23:59:59.123Z`; times beyond the calendar's end as milliseconds. */
function timeText(ms: bigint, nanos: bigint | null): string {
  if (ms > LATEST_MS || ms < -LATEST_MS) return String(ms);
  const text = new Date(Number(ms)).toISOString();
  return nanos === null ? text : text.replace(/\.\d{3}Z$/, `.${String(nanos).padStart(9, "0")}Z`);
}
