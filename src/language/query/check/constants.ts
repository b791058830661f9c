/** Constants read from text and turned from one type into another, before anything runs. */
import { printAddress, printNetwork, readAddress, readNetwork } from "#text";
import type { SimpleTypeKind, Value } from "../../types.ts";
import { calendarToMs, readOffset, zoneOffsetMs } from "./calendar.ts";

const TIME_TEXT =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?(?:\s*([Zz]|[+-]\d{2}:?(?:\d{2})?|[A-Za-z][A-Za-z_]*(?:\/[A-Za-z_+\-0-9]+)*))?$/;

/** Milliseconds since 1970 of a text such as `2020-07-16`, `2020-07-16 12:00:00.5 +0200` or the ISO form; null when it is no time. */
export function readTime(text: string, zone: string): bigint | null {
  const match = TIME_TEXT.exec(text.trim());
  if (match === null) return null;
  const part = (index: number) => Number(match[index] ?? 0);
  const time = {
    year: part(1),
    month: part(2),
    day: part(3),
    hour: part(4),
    minute: part(5),
    second: part(6),
    millisecond: Number((match[7] ?? "").padEnd(3, "0").slice(0, 3)),
  };
  if (time.month < 1 || time.month > 12 || time.day < 1 || time.day > daysOf(time.year, time.month))
    return null;
  if (time.hour > 23 || time.minute > 59 || time.second > 60) return null;
  const ownZone = match[8] ?? zone;
  if (readOffset(ownZone) === null && zoneOffsetMs(ownZone, 0) === null) return null;
  const ms = calendarToMs(time, ownZone);
  return ms === null ? null : BigInt(ms);
}

function daysOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** ISO text of a time, in UTC. */
export function printTime(ms: bigint): string {
  const date = new Date(Number(ms));
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString();
}

/** A text's value as another type; undefined when it is none. */
export function valueOfText(text: string, type: SimpleTypeKind, zone: string): Value | undefined {
  switch (type) {
    case "string":
      return text;
    case "integer":
    case "long":
      return valueOfInteger(text, type);
    case "float":
    case "double":
      return /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(text) ? Number(text) : undefined;
    case "boolean":
      return /^(true|false)$/i.test(text) ? text.toLowerCase() === "true" : undefined;
    case "timestamp":
      return readTime(text, zone) ?? undefined;
    case "timestamp-nano":
      return readNanos(text, zone);
    case "ip":
      return readAddress(text) ?? undefined;
    case "ipnet": {
      const network = readNetwork(text);
      return network === null ? undefined : printNetwork(network);
    }
    case "ipsocket":
      return valueOfSocket(text);
    case "mac":
      return valueOfMac(text);
    default:
      return undefined;
  }
}

function readNanos(text: string, zone: string): bigint | undefined {
  const ms = readTime(text, zone);
  if (ms === null) return undefined;
  const digits = /:\d{2}[.,](\d{1,9})/.exec(text)?.[1] ?? "";
  const nanos = ms * 1_000_000n + BigInt(digits.padEnd(9, "0").slice(3));
  return BigInt.asIntN(64, nanos) === nanos ? nanos : undefined;
}

function valueOfInteger(text: string, type: "integer" | "long"): Value | undefined {
  if (!/^\s*[+-]?\d{1,19}\s*$/.test(text)) return undefined;
  const value = BigInt(text.trim().replace(/^\+/, ""));
  const bits = type === "integer" ? 32 : 64;
  if (BigInt.asIntN(bits, value) !== value) return undefined;
  return type === "integer" ? Number(value) : value;
}

function valueOfSocket(text: string): string | undefined {
  const match = /^\s*\[?([0-9A-Fa-f.:]+?)\]?:([0-9]{1,5})\s*$/.exec(text);
  const address = match === null ? null : readAddress(match[1] ?? "");
  const port = Number(match?.[2]);
  if (address === null || !(port <= 65_535)) return undefined;
  const shown = printAddress(address);
  return shown.includes(":") ? `[${shown}]:${port}` : `${shown}:${port}`;
}

function valueOfMac(text: string): bigint | undefined {
  const isMac = /^[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2}){5}$/.test(text);
  return isMac ? BigInt(`0x${text.replaceAll(/[:-]/g, "")}`) : undefined;
}

/** A constant's value as another type; undefined when it cannot be said before the run. */
export function castValue(value: Value, from: string, to: SimpleTypeKind, zone: string): Value | undefined {
  if (value === null) return null;
  if (from === to) return value;
  if (typeof value === "string" && from === "string") return valueOfText(value, to, zone);
  if (to === "string") return textOfValue(value, from);
  if (typeof value === "number") return castNumber(value, to);
  if (typeof value === "bigint" && (from === "long" || from === "timestamp" || from === "duration")) {
    if (to === "timestamp" || to === "duration" || to === "long") return value;
    return castNumber(Number(value), to);
  }
  return undefined;
}

function castNumber(value: number, to: SimpleTypeKind): Value | undefined {
  switch (to) {
    case "float":
      return Math.fround(value);
    case "double":
      return value;
    case "integer":
      return Math.abs(value) < 2 ** 31 ? Math.trunc(value) : undefined;
    case "long":
    case "timestamp":
    case "duration":
      return Math.abs(value) < 2 ** 53 ? BigInt(Math.trunc(value)) : undefined;
    default:
      return undefined;
  }
}

/** The text that a constant becomes where it is joined to text; undefined for types whose text the run decides. */
export function textOfValue(value: Value, type: string): string | undefined {
  if (value === null) return undefined;
  switch (type) {
    case "string":
    case "ipnet":
    case "ipsocket":
      return String(value);
    case "integer":
    case "long":
      return String(value);
    case "boolean":
      return String(value);
    case "ip":
      return typeof value === "bigint" ? printAddress(value) : undefined;
    default:
      return undefined;
  }
}
