/** Unknown text taken apart: what in it is a value of its own, what are delimiters, and what belongs together. */
import { readAddress } from "#language";
import { clockEnd, readTime } from "./time-reading.ts";

/** What a token is. `open`: a bracket or quote that is closed later in the text; `mark`: any other delimiter. */
export type TokenKind = "time" | "value" | "word" | "blank" | "open" | "close" | "mark";

/** A part of a text, half open. */
export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
}

const UUID = /[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?![\w-])/y;
const MAC = /[0-9a-fA-F]{2}([:-])(?:[0-9a-fA-F]{2}\1){4}[0-9a-fA-F]{2}(?![\w:-])/y;
/** Longer than a hardware address, such as two of them in a row. */
const HEX_CHAIN = /[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){8,}(?![\w:])/y;
const IPV4 =
  /(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?:[:/]\d{1,5})?(?![\w]|[.:-]\w)/y;
const IPV6 = /(?=[0-9a-fA-F]{0,4}:[0-9a-fA-F:])[0-9a-fA-F:.]{2,45}(?:\/\d{1,3})?(?![\w])/y;
const SOCKET_V6 = /\[[0-9a-fA-F:.]{2,45}\]:\d{1,5}(?!\w)/y;
const URI = /[a-zA-Z][a-zA-Z0-9+.-]{1,31}:\/\/[^\s"<>|]+/y;
const NUMBER = /[+-]?(?:\d+(?:\.\d+)?|0x[0-9a-fA-F]+)(?![\w./])/y;
const WORD = /[^\s"'()[\]{}<>=,;|:#*!]+/y;
const BLANKS = /[ \t]+/y;
const DOUBLE_QUOTED = /"(?:[^"\\]|\\.)*"/y;
const SINGLE_QUOTED = /'(?:[^'\\]|\\.)*'(?!\w)/y;

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", "<": ">" };
/** Brackets that are open at once; more deeply nested ones are marks. */
const MOST_OPEN = 16;

/**
 * The tokens of a text, one after the other without gaps. Quoted texts are one `open`, their content as one `word`, and one `close`.
 * Cost: linear, but for brackets that are never closed, which cost at most `MOST_OPEN` more looks.
 */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const closers = closersOf(text);
  const look: Look = { text, hasUri: text.includes("://"), quotesLeft: MOST_OPEN_QUOTES };
  let at = 0;
  while (at < text.length) {
    const token = tokenAt(look, at, tokens.at(-1));
    if (typeof token === "number") {
      pushQuoted(at, token, tokens);
      at = token;
    } else {
      const kind = token.kind === "mark" ? (closers.get(at) ?? "mark") : token.kind;
      tokens.push({ ...token, kind });
      at = token.end;
    }
  }
  return tokens;
}

/** A text that is looked through. */
interface Look {
  readonly text: string;
  readonly hasUri: boolean;
  /** So many quotes that are never closed are looked at; the others are marks. */
  quotesLeft: number;
}

/** Each open quote costs a look at all that follows. */
const MOST_OPEN_QUOTES = 8;

/** Which brackets have a partner: `open` and `close` by their places. Brackets inside of quotes do not count. */
function closersOf(text: string): ReadonlyMap<number, "open" | "close"> {
  const found = new Map<number, "open" | "close">();
  const open: { readonly at: number; readonly closing: string }[] = [];
  let quotesLeft = MOST_OPEN_QUOTES;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    const closing = CLOSING[character];
    if (character === '"' && quotesLeft > 0) {
      const quoted = execAt(DOUBLE_QUOTED, text, at);
      if (quoted === null) quotesLeft--;
      else at += quoted[0].length - 1;
    } else if (closing !== undefined && open.length < MOST_OPEN) open.push({ at, closing });
    else if (")]}>".includes(character)) {
      const index = open.findLastIndex((one) => one.closing === character);
      const partner = open[index];
      if (partner === undefined) continue;
      open.length = index;
      found.set(partner.at, "open");
      found.set(at, "close");
    }
  }
  return found;
}

function execAt(expression: RegExp, text: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at;
  return expression.exec(text);
}

function pushQuoted(at: number, end: number, tokens: Token[]): void {
  tokens.push({ kind: "open", start: at, end: at + 1 });
  if (end - at > 2) tokens.push({ kind: "word", start: at + 1, end: end - 1 });
  tokens.push({ kind: "close", start: end - 1, end });
}

/** The token at a place, or the end of the quoted text that begins there. */
function tokenAt(look: Look, at: number, before: Token | undefined): Token | number {
  const { text } = look;
  const code = text.charCodeAt(at);
  const blanks = code === 0x20 || code === 0x09 ? execAt(BLANKS, text, at) : null;
  if (blanks !== null) return { kind: "blank", start: at, end: at + blanks[0].length };
  const isFresh =
    before === undefined || !(before.kind === "word" || before.kind === "value" || before.kind === "time");
  if (isFresh) {
    const quoteEnd = quoteEndAt(look, at);
    if (quoteEnd !== null) return quoteEnd;
    const time = readTime(text, at);
    if (time !== null) return { kind: "time", start: at, end: time.end };
    const end = valueEnd(look, at);
    if (end > at) return { kind: "value", start: at, end };
  }
  const word = execAt(WORD, text, at);
  if (word !== null) return { kind: "word", start: at, end: at + word[0].length };
  return { kind: "mark", start: at, end: at + 1 };
}

function quoteEndAt(look: Look, at: number): number | null {
  const character = look.text.charAt(at);
  if ((character !== '"' && character !== "'") || look.quotesLeft === 0) return null;
  const quoted = execAt(character === '"' ? DOUBLE_QUOTED : SINGLE_QUOTED, look.text, at);
  if (quoted === null) look.quotesLeft--;
  return quoted === null ? null : at + quoted[0].length;
}

/** The end of an address, identifier or number that begins at `at`, or `at`. */
function valueEnd({ text, hasUri }: Look, at: number): number {
  const code = text.charCodeAt(at);
  const isDigit = code >= 0x30 && code <= 0x39;
  const isHex = isDigit || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x66);
  const uri = hasUri && !isDigit ? execAt(URI, text, at) : null;
  if (uri !== null) return at + uri[0].replace(/[.,;:)\]}'!?]+$/, "").length;
  if (isHex) return Math.max(digitsEnd(text, at, isDigit), ipv6End(text, at) ?? numberEnd(text, at));
  if (code === COLON) return ipv6End(text, at) ?? at;
  if (code === BRACKET) return at + (execAt(SOCKET_V6, text, at)?.[0].length ?? 0);
  return code === PLUS || code === MINUS ? numberEnd(text, at) : at;
}

const COLON = 0x3a;
const BRACKET = 0x5b;
const PLUS = 0x2b;
const MINUS = 0x2d;

/** The end of what begins with hexadecimal digits. */
function digitsEnd(text: string, at: number, isDigit: boolean): number {
  const isInside = text.charAt(at - 1) === ":";
  for (const expression of isInside ? [UUID] : [UUID, HEX_CHAIN, MAC]) {
    const match = execAt(expression, text, at);
    if (match !== null) return at + match[0].length;
  }
  if (!isDigit) return at;
  const address = execAt(IPV4, text, at);
  return address === null ? clockEnd(text, at) : at + address[0].length;
}

function ipv6End(text: string, at: number): number | null {
  if (text.charAt(at - 1) === ":") return null;
  const match = execAt(IPV6, text, at);
  if (match === null) return null;
  const written = match[0].replace(/[.:]$/, (last) => (match[0].endsWith("::") ? last : ""));
  const [address = ""] = written.split("/");
  return address.includes(":") && readAddress(address) !== null ? at + written.length : null;
}

function numberEnd(text: string, at: number): number {
  const match = execAt(NUMBER, text, at);
  return match === null ? at : at + match[0].length;
}
