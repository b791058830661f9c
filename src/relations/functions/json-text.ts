/**
 * Values inside JSON text, by the rules of the scan: members are the text as it stands, of equal names the first counts, and what is
 * not of the wanted form is NULL. Texts come from scans, which have checked them; on broken text these functions give NULL.
 */

const BLANK = /[ \t\n\r]*/y;
const WORD = /[^ \t\n\r:,{}[\]"]+/y;
/** Up to the next character that matters for finding the end of a value. */
const UNTIL_MARK = /[^"{}[\]]*/y;

/** The text of a member's value in a JSON object, or null. */
export function memberOf(json: string, name: string): string | null {
  // Fast path: a name without escapes that is nowhere in the text.
  if (!json.includes(name) && !json.includes("\\")) return null;
  let at = skip(BLANK, json, 0);
  if (json[at] !== "{") return null;
  at = skip(BLANK, json, at + 1);
  while (at < json.length && json[at] !== "}") {
    const keyEnd = endOfValue(json, at);
    const colon = skip(BLANK, json, keyEnd);
    if (keyEnd === at || json[colon] !== ":") return null;
    const key = textOfToken(json.slice(at, keyEnd));
    const start = skip(BLANK, json, colon + 1);
    const end = endOfValue(json, start);
    if (end === start) return null;
    if (key === name) return valueText(json.slice(start, end));
    at = skip(BLANK, json, end);
    if (json[at] === ",") at = skip(BLANK, json, at + 1);
  }
  return null;
}

/** The text of an element of a JSON array, counted from 0, negative from the end; null outside. */
export function elementOf(json: string, index: bigint): string | null {
  let at = skip(BLANK, json, 0);
  if (json[at] !== "[") return null;
  at = skip(BLANK, json, at + 1);
  const elements: string[] = [];
  while (at < json.length && json[at] !== "]") {
    const end = endOfValue(json, at);
    if (end === at) return null;
    if (BigInt(elements.length) === index) return valueText(json.slice(at, end));
    elements.push(json.slice(at, end));
    at = skip(BLANK, json, end);
    if (json[at] === ",") at = skip(BLANK, json, at + 1);
  }
  if (index >= 0n || -index > BigInt(elements.length)) return null;
  return valueText(elements[elements.length + Number(index)] ?? "null");
}

/** The members of a JSON object as name and text, of equal names the first; null for what is no object. */
export function entriesIn(json: string): readonly (readonly [string, string | null])[] | null {
  let at = skip(BLANK, json, 0);
  if (json[at] !== "{") return null;
  at = skip(BLANK, json, at + 1);
  const entries = new Map<string, string | null>();
  while (at < json.length && json[at] !== "}") {
    const keyEnd = endOfValue(json, at);
    const colon = skip(BLANK, json, keyEnd);
    const key = textOfToken(json.slice(at, keyEnd));
    if (keyEnd === at || json[colon] !== ":" || key === null) return null;
    const start = skip(BLANK, json, colon + 1);
    const end = endOfValue(json, start);
    if (end === start) return null;
    if (!entries.has(key)) entries.set(key, valueText(json.slice(start, end)));
    at = skip(BLANK, json, end);
    if (json[at] === ",") at = skip(BLANK, json, at + 1);
  }
  return [...entries];
}

/** The texts of a JSON array's elements; null for what is no array. */
export function elementsIn(json: string): readonly (string | null)[] | null {
  let at = skip(BLANK, json, 0);
  if (json[at] !== "[") return null;
  at = skip(BLANK, json, at + 1);
  const elements: (string | null)[] = [];
  while (at < json.length && json[at] !== "]") {
    const end = endOfValue(json, at);
    if (end === at) return null;
    elements.push(valueText(json.slice(at, end)));
    at = skip(BLANK, json, end);
    if (json[at] === ",") at = skip(BLANK, json, at + 1);
  }
  return elements;
}

/** Whether a text is JSON. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON null is NULL. */
function valueText(json: string): string | null {
  return json === "null" ? null : json;
}

/** The text of a scalar: strings decoded, numbers and booleans as they stand; null for JSON null, objects and arrays. */
export function scalarText(json: string): string | null {
  const start = skip(BLANK, json, 0);
  const first = json[start];
  if (first === "{" || first === "[") return null;
  const token = json.slice(start, endOfValue(json, start));
  if (token === "null" || token === "") return null;
  return textOfToken(token);
}

function textOfToken(token: string): string | null {
  if (!token.startsWith('"')) return token;
  if (!token.includes("\\")) return token.slice(1, -1);
  try {
    const text: unknown = JSON.parse(token);
    return typeof text === "string" ? text : null;
  } catch {
    return null;
  }
}

/** Where the value that starts at a place ends; the place itself when none starts there. Not recursive. */
function endOfValue(json: string, start: number): number {
  const first = json[start];
  if (first === '"') return endOfString(json, start);
  if (first !== "{" && first !== "[") return skip(WORD, json, start);
  let depth = 0;
  let at = start;
  while (at < json.length) {
    at = skip(UNTIL_MARK, json, at);
    const mark = json[at];
    if (mark === '"') {
      at = endOfString(json, at);
      continue;
    }
    at++;
    if (mark === "{" || mark === "[") depth++;
    else if (--depth === 0) return at;
  }
  return json.length;
}

function endOfString(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at++) {
    const character = json[at];
    if (character === "\\") at++;
    else if (character === '"') return at + 1;
  }
  return json.length;
}

function skip(expression: RegExp, text: string, at: number): number {
  expression.lastIndex = at;
  return expression.test(text) ? expression.lastIndex : at;
}
