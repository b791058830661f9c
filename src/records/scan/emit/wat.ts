/** Small words for writing WebAssembly text: expressions are strings, a function's body is a list of lines. */

/** A constant of 32 bits. */
export function i32(value: number): string {
  return `(i32.const ${value})`;
}

/** A constant of 64 bits. */
export function i64(value: bigint | number): string {
  return `(i64.const ${value})`;
}

/** Reads a local. */
export function get(local: string): string {
  return `(local.get ${local})`;
}

/** Sets a local. */
export function set(local: string, value: string): string {
  return `(local.set ${local} ${value})`;
}

/** Adds a constant to an address expression. */
export function plus(expression: string, offset: number): string {
  return offset === 0 ? expression : `(i32.add ${expression} ${i32(offset)})`;
}

/** The vector of 16 equal bytes. */
export function vectorOf(byte: number): string {
  return `(v128.const i8x16${` ${byte}`.repeat(16)})`;
}

/** The byte at an address, `offset` bytes further on. */
export function byteAt(address: string, offset = 0): string {
  return offset === 0 ? `(i32.load8_u ${address})` : `(i32.load8_u offset=${offset} ${address})`;
}

/** The entry of a table of 256 bytes for the byte at an address. */
export function tableEntry(table: number, address: string): string {
  return `(i32.load8_u offset=${table} ${byteAt(address)})`;
}

/** Writes one function: its body's lines, locals as they are asked for, fresh labels. */
export class FunctionWriter {
  readonly #head: string;
  readonly #tail: string;
  readonly #lines: string[] = [];
  readonly #locals: string[] = [];
  #count = 0;

  /** `head` is everything up to the locals: `(func $name (param $q i32) (result i32)`. */
  constructor(head: string, tail = "") {
    this.#head = head;
    this.#tail = tail;
  }

  /** Appends lines. */
  line(...lines: string[]): void {
    this.#lines.push(...lines);
  }

  /** A new local; its name says what it holds. */
  local(type: "i32" | "i64" | "f64" | "v128", word: string): string {
    const name = `$${word}${this.#count++}`;
    this.#locals.push(`(local ${name} ${type})`);
    return name;
  }

  /** A new label. */
  label(word: string): string {
    return `$${word}${this.#count++}`;
  }

  /** The function's text. */
  text(): string {
    const body = [...this.#locals, ...this.#lines];
    if (this.#tail !== "") body.push(this.#tail);
    return `${this.#head}\n${body.join("\n")}\n)`;
  }
}

/** A module's text indented by the depth of open parentheses, for people to read. */
export function indentText(text: string): string {
  let depth = 0;
  const out: string[] = [];
  for (const written of text.split("\n")) {
    const line = written.trim();
    const closing = line.startsWith(")") ? 1 : 0;
    out.push("  ".repeat(Math.max(0, depth - closing)) + line);
    for (const character of line.replace(/;;.*/, "")) {
      if (character === "(") depth++;
      else if (character === ")") depth--;
    }
  }
  return out.join("\n");
}

/** Lays constant bytes into the module's memory; equal bytes share a place. */
export class StaticData {
  readonly #places = new Map<string, number>();
  readonly #segments: string[] = [];
  #top: number;

  constructor(base: number) {
    this.#top = base;
  }

  /** Where the next constant would come to lie. */
  get top(): number {
    return this.#top;
  }

  /** The address of these bytes. 16 readable bytes follow every constant. */
  place(bytes: readonly number[] | Uint8Array): number {
    const text = escapedText(bytes);
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    const address = this.#top;
    this.#places.set(text, address);
    if (bytes.length > 0) this.#segments.push(`(data (i32.const ${address}) "${text}")`);
    this.#top = (address + bytes.length + 31) & ~15;
    return address;
  }

  /** The address of `bytes` zero bytes. */
  reserve(bytes: number): number {
    const address = this.#top;
    this.#top = (address + bytes + 31) & ~15;
    return address;
  }

  /** The data segments of the module. */
  text(): string {
    return this.#segments.join("\n");
  }
}

const HEX_DIGITS = Buffer.from("0123456789abcdef", "latin1");
const BACKSLASH = 0x5c;

/** Bytes as the text format escapes them, `\\00` each. Tables of many thousand literals are written so. */
function escapedText(bytes: readonly number[] | Uint8Array): string {
  const text = Buffer.allocUnsafe(3 * bytes.length);
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0;
    text[3 * index] = BACKSLASH;
    text[3 * index + 1] = HEX_DIGITS[byte >> 4] ?? 0;
    text[3 * index + 2] = HEX_DIGITS[byte & 15] ?? 0;
  }
  return text.toString("latin1");
}
