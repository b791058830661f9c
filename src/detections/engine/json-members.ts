/** Members of JSON texts, found by the names that rules write. */
import type { EventValue } from "../event.ts";

/**
 * The values at a path: none, one, or several where lists stand on the way or at the end. A member can have dots in its own name
 * (`certificate.serial`): the longest that is there counts. Objects are given as JSON.
 */
export function membersAt(document: unknown, path: readonly string[]): readonly EventValue[] {
  const found: EventValue[] = [];
  collect(document, path, 0, found);
  return found;
}

/** Several values as one: a single value itself, more of them as a JSON list; null: there is none. */
export function oneOf(values: readonly EventValue[]): EventValue | null {
  return values.length > 1 ? JSON.stringify(values) : (values[0] ?? null);
}

function collect(value: unknown, path: readonly string[], at: number, found: EventValue[]): void {
  if (Array.isArray(value)) {
    for (const item of value) if (!Array.isArray(item)) collect(item, path, at, found);
    return;
  }
  if (at === path.length) {
    const own = leafOf(value);
    if (own !== null) found.push(own);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  for (let end = path.length; end > at; end--) {
    const name = path.slice(at, end).join(".");
    if (Object.hasOwn(value, name)) {
      collect(Reflect.get(value, name), path, end, found);
      return;
    }
  }
}

/**
 * What a whole JSON text is tested as: itself, and the texts in it that are written with escapes, such as a policy that is JSON again. A
 * text alone is what it says.
 */
export function valuesOfJson(text: string, document: unknown): readonly EventValue[] {
  if (typeof document === "string") return [document];
  return text.includes("\\") ? [text, ...escapedTexts(document)] : [text];
}

function escapedTexts(document: unknown): readonly string[] {
  const found: string[] = [];
  const waiting: unknown[] = [document];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value === "string") {
      if (JSON.stringify(value).length > value.length + 2) found.push(value);
    } else if (typeof value === "object" && value !== null) {
      for (const member of Object.values(value)) waiting.push(member);
    }
  }
  return found;
}

function leafOf(value: unknown): EventValue | null {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return value === null || value === undefined ? null : JSON.stringify(value);
}
