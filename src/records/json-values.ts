/** JSON text of a known type as values: what slots of type array hold, for those who need their elements. */
import type { DataType, Value } from "#language";
import { readAddress } from "#language";
import { invariant } from "#text";

const BLANK = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/sy;
const WORD = /[^ \t\r\n,\]}]+/y;

/**
 * The value that JSON text stands for in a type. The text is one that a scan has made for a slot of that type: what does not fit the
 * type is NULL. Elements that have no type of their own stay JSON text.
 */
export function valueOfJson(json: string, type: DataType): Value {
  const reader = new JsonReader(json);
  return reader.value(type);
}

class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(type: DataType): Value {
    this.#blank();
    switch (type.kind) {
      case "array":
        return this.#array(type.element);
      case "tuple":
        return this.#tuple(type.fields);
      default: {
        const token = this.#token();
        if (token === "null") return null;
        return type.kind === "object" || type.kind === "variant" ? token : scalarOf(token, type);
      }
    }
  }

  #array(element: DataType): Value {
    if (this.#text[this.#at] !== "[") {
      this.#token();
      return null;
    }
    const values: Value[] = [];
    for (this.#at++; !this.#closes("]"); this.#comma()) values.push(this.value(element));
    return values;
  }

  #tuple(fields: readonly { readonly name: string; readonly type: DataType }[]): Value {
    if (this.#text[this.#at] !== "{") {
      this.#token();
      return null;
    }
    const values: Value[] = fields.map(() => null);
    for (this.#at++; !this.#closes("}"); this.#comma()) {
      const name: unknown = JSON.parse(this.#match(STRING));
      this.#blank();
      this.#at++;
      const index = fields.findIndex((field) => field.name === name);
      const value = this.value(fields[index]?.type ?? { kind: "variant" });
      if (index >= 0) values[index] = value;
    }
    return values;
  }

  /** Moves over a closing bracket when it stands here. */
  #closes(bracket: string): boolean {
    this.#blank();
    invariant(this.#at < this.#text.length, "JSON text of a scan is complete");
    if (this.#text[this.#at] !== bracket) return false;
    this.#at++;
    return true;
  }

  #comma(): void {
    this.#blank();
    if (this.#text[this.#at] === ",") this.#at++;
  }

  #blank(): void {
    this.#match(BLANK);
  }

  /** The text of the value here, whatever it is. Not recursive. */
  #token(): string {
    const start = this.#at;
    let depth = 0;
    do {
      const character = this.#text[this.#at];
      if (character === '"') this.#match(STRING);
      else if (character === "{" || character === "[") {
        depth++;
        this.#at++;
      } else if (character === "}" || character === "]") {
        depth--;
        this.#at++;
      } else if (depth === 0) this.#match(WORD);
      else this.#at++;
    } while (depth > 0 && this.#at < this.#text.length);
    return this.#text.slice(start, this.#at);
  }

  #match(expression: RegExp): string {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }
}

/** A string, number or truth value in a type. */
function scalarOf(token: string, type: DataType): Value {
  const text: unknown = token.startsWith('"') ? JSON.parse(token) : token;
  if (typeof text !== "string") return null;
  switch (type.kind) {
    case "integer":
    case "float":
    case "double":
      return Number(text);
    case "boolean":
      return text === "true";
    case "long":
    case "duration":
      return BigInt(text);
    case "ip":
      return readAddress(text);
    case "mac":
      return BigInt(`0x${text.replaceAll(":", "")}`);
    case "timestamp":
      return token.startsWith('"') ? BigInt(Date.parse(text)) : BigInt(text);
    case "timestamp-nano":
      return nanosOf(text);
    default:
      return text;
  }
}

/** `2024-12-31T23:59:59.123456789Z`. */
function nanosOf(text: string): bigint {
  const [whole = "", fraction = ""] = text.replace("Z", "").split(".");
  return BigInt(Date.parse(`${whole}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}
