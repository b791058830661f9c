/** Cuts query text into tokens. Never fails: what is no token is reported and left out. */
import { type Diagnostics, printNetwork, readAddress, readNetwork, spanOf, type TextSource } from "#text";
import type { SimpleTypeKind, Value } from "../../types.ts";
import { findHereDocument } from "./here-document.ts";
import { readQuoted } from "./quoted.ts";
import type { Token } from "./token.ts";

const BLANK = /(?:\s+|\/\/[^\n]*)/y;
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const SIGIL = /(@@|@|\$)([\p{L}_][\p{L}\p{N}_]*)/uy;
const POSITION = /@([0-9]{1,9})/y;
const PATH = /([$@])\[([^\]\n]*)\]/y;
const IPV4 = /[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:\/[0-9]{1,3})?(?![\p{L}\p{N}_.])/uy;
const IPV6 =
  /[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}(?:(?:\.[0-9]{1,3}){3})?(?:\/[0-9]{1,3})?(?![\p{L}\p{N}_:])/uy;
const HEX = /0[xX]([0-9a-fA-F]+)([lL])?(?![\p{L}\p{N}_])/uy;
const DECIMAL =
  /(?:[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)(?![0-9])/y;
const INTEGER = /([0-9]+)(?:([lL])(?![\p{L}\p{N}_]))?/uy;
const HERE = /<<<[ \t]*([\p{L}_][\p{L}\p{N}_]*)[^\S\n]*(?:\n|$)/uy;
const SYMBOL = /::(?!:)|==|!=|<>|<=|>=|\|\||[()[\]{},;:=<>+\-*/%&|.]/y;

/** How signs of other languages are written here. */
const SPELT: Readonly<Record<string, string>> = {
  "!": "The contrary of a condition is NOT; unequal is != or <>.",
};

/** After this many mistakes the rest is not read: it is no query, and looking for ends again and again costs. */
const MOST_REPORTS = 50;
const LARGEST_INTEGER = 2n ** 31n - 1n;
const LARGEST_LONG = 2n ** 63n - 1n;

/** The tokens of a script; the last is of kind `end`. */
export function readTokens(source: TextSource, diagnostics: Diagnostics): readonly Token[] {
  return new Lexer(source, diagnostics).readAll();
}

class Lexer {
  readonly #source: TextSource;
  readonly #text: string;
  readonly #diagnostics: Diagnostics;
  readonly #tokens: Token[] = [];
  #at = 0;
  #reports = 0;

  constructor(source: TextSource, diagnostics: Diagnostics) {
    this.#source = source;
    this.#text = source.text;
    this.#diagnostics = diagnostics;
  }

  readAll(): readonly Token[] {
    if (this.#text.startsWith("\uFEFF")) this.#at = 1;
    for (;;) {
      this.#skipBlank();
      if (this.#at >= this.#text.length || this.#reports >= MOST_REPORTS) break;
      const start = this.#at;
      const isToken =
        this.#readQuoted() ||
        this.#readHereDocument() ||
        this.#readSigned() ||
        this.#readAddress() ||
        this.#readNumber() ||
        this.#readWord();
      if (!isToken) this.#skipUnknown(start);
    }
    this.#tokens.push({ kind: "end", span: this.#span(this.#text.length) });
    return this.#tokens;
  }

  #skipBlank(): void {
    for (;;) {
      if (this.#text.startsWith("/*", this.#at)) {
        const end = this.#text.indexOf("*/", this.#at + 2);
        if (end < 0)
          this.#report("text-unclosed", this.#at, 2, "This comment is never closed.", 'Close it with "*/".');
        this.#at = end < 0 ? this.#text.length : end + 2;
      } else if (this.#match(BLANK) === null) {
        return;
      }
    }
  }

  #readQuoted(): boolean {
    const quote = this.#text[this.#at];
    if (quote !== "'" && quote !== '"') return false;
    const start = this.#at;
    const quoted = readQuoted(this.#text, start);
    this.#at = quoted.next;
    if (!quoted.isClosed) {
      this.#report(
        "text-unclosed",
        start,
        quoted.next - start,
        "This text is never closed.",
        `Close it with ${quote}.`,
      );
    }
    return this.#push("string", quoted.value, start);
  }

  #readHereDocument(): boolean {
    const start = this.#at;
    const match = this.#match(HERE);
    if (match === null) return false;
    const name = match[1] ?? "";
    const opening = start + match[0].trimEnd().length;
    const lineEnd = this.#text.indexOf("\n", opening);
    const here = findHereDocument(this.#text, lineEnd < 0 ? this.#text.length : lineEnd, name);
    if (!here.isClosed) {
      // Scripts are published with the closing line lost: they run, and say where the text is taken to end.
      this.#diagnostics.report({
        code: "text-unclosed",
        severity: "warning",
        span: spanOf(this.#source, start, opening),
        message: `No line "${name};" closes this here-document: it is taken to end before the next declaration.`,
        help: `Write "${name};" alone on the line behind the text.`,
      });
    }
    this.#at = here.next;
    const content = spanOf(this.#source, here.contentStart, here.contentEnd);
    const value = this.#text.slice(here.contentStart, here.contentEnd);
    const end = here.isClosed ? here.next : here.contentEnd;
    this.#tokens.push({
      kind: "literal",
      type: "string",
      value,
      content,
      span: spanOf(this.#source, start, end),
    });
    if (!here.isClosed) this.#tokens.push({ kind: "symbol", text: ";", span: this.#span(end) });
    return true;
  }

  #readSigned(): boolean {
    const start = this.#at;
    const path = this.#match(PATH);
    if (path !== null) {
      const kind = path[1] === "@" ? "stream-path" : "text-path";
      this.#tokens.push({ kind, path: (path[2] ?? "").trim(), span: this.#span(start) });
      return true;
    }
    const position = this.#match(POSITION);
    if (position !== null) {
      this.#tokens.push({ kind: "position", position: Number(position[1]), span: this.#span(start) });
      return true;
    }
    const sigil = this.#match(SIGIL);
    if (sigil === null) return false;
    const kind = sigil[1] === "$" ? "value-name" : sigil[1] === "@" ? "stream-name" : "step-name";
    this.#tokens.push({ kind, text: sigil[2] ?? "", span: this.#span(start) });
    return true;
  }

  #readAddress(): boolean {
    const start = this.#at;
    const ipv4 = this.#peek(IPV4);
    const text = ipv4 ?? this.#peekIpv6();
    if (text === null) return false;
    const isNetwork = text.includes("/");
    const network = readNetwork(text);
    if (network === null) {
      if (ipv4 === null) return false;
      this.#at += text.length;
      const help = "Each of the four numbers goes up to 255, the prefix up to 32.";
      this.#report("constant-wrong", start, text.length, `"${text}" is no address.`, help);
      return this.#push("unknown", null, start);
    }
    this.#at += text.length;
    return isNetwork
      ? this.#push("ipnet", printNetwork(network), start)
      : this.#push("ip", readAddress(text), start);
  }

  /** `a:1`, `x::INTEGER` and `a:: INTEGER` are no addresses. */
  #peekIpv6(): string | null {
    const text = this.#peek(IPV6);
    return text === null || !/[0-9a-fA-F/]/.test(text) || text.endsWith("::") ? null : text;
  }

  #readNumber(): boolean {
    const start = this.#at;
    const hex = this.#match(HEX);
    if (hex !== null) return this.#pushInteger(BigInt(`0x${hex[1]}`), hex[2] !== undefined, start);
    const decimal = this.#match(DECIMAL);
    if (decimal !== null) return this.#push("double", Number(decimal[0]), start);
    const integer = this.#match(INTEGER);
    if (integer === null) return false;
    return this.#pushInteger(BigInt(integer[1] ?? "0"), integer[2] !== undefined, start);
  }

  #pushInteger(value: bigint, isLong: boolean, start: number): boolean {
    if (value > LARGEST_LONG) {
      this.#report(
        "constant-wrong",
        start,
        this.#at - start,
        "This number is too large.",
        `LONG goes up to ${LARGEST_LONG}.`,
      );
      return this.#push("long", LARGEST_LONG, start);
    }
    if (isLong || value > LARGEST_INTEGER) return this.#push("long", value, start);
    return this.#push("integer", Number(value), start);
  }

  #readWord(): boolean {
    const start = this.#at;
    const name = this.#match(NAME);
    if (name !== null) {
      this.#tokens.push({ kind: "name", text: name[0], span: this.#span(start) });
      return true;
    }
    const symbol = this.#match(SYMBOL);
    if (symbol === null) return false;
    this.#tokens.push({ kind: "symbol", text: symbol[0], span: this.#span(start) });
    return true;
  }

  #skipUnknown(start: number): void {
    const unit = String.fromCodePoint(this.#text.codePointAt(start) ?? 0);
    while (this.#text.startsWith(unit, this.#at)) this.#at += unit.length;
    const shown = /\p{Cc}/u.test(unit) ? "A control character" : `"${unit}"`;
    this.#report(
      "query-syntax",
      start,
      this.#at - start,
      `${shown} has no meaning here.`,
      SPELT[unit] ?? "Remove it, or put text in quotes.",
    );
  }

  #push(type: SimpleTypeKind, value: Value, start: number): true {
    this.#tokens.push({ kind: "literal", type, value, content: null, span: this.#span(start) });
    return true;
  }

  #match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.#at;
    const match = expression.exec(this.#text);
    if (match !== null) this.#at += match[0].length;
    return match;
  }

  #peek(expression: RegExp): string | null {
    expression.lastIndex = this.#at;
    return expression.exec(this.#text)?.[0] ?? null;
  }

  #span(start: number): { source: TextSource; start: number; end: number } {
    return { source: this.#source, start, end: Math.max(start, this.#at) };
  }

  #report(
    code: "text-unclosed" | "query-syntax" | "constant-wrong",
    start: number,
    length: number,
    message: string,
    help: string,
  ): void {
    this.#reports++;
    this.#diagnostics.report({ code, span: spanOf(this.#source, start, start + length), message, help });
  }
}
