/** Takes a value apart as the tokens of SQL that a database would read in it. */
import { kindOfWord } from "./sql-words.ts";

/** What the value is put between in the statement: nothing, or quotes that it must close to get out. */
export type SqlContext = "" | "'" | '"' | "`";

/** Tokens of one value that are looked at; attacks are far shorter. */
const MOST_TOKENS = 3000;

/** Texts with a prefix that changes how they are read, and no more. */
const TEXT_PREFIXES = new Set(["n", "x", "b", "e", "u&", "q", "_utf8", "_latin1", "_binary", "r"]);

const TOKEN =
  /(?<blank>[\s\u0085]+|\{(?=[\s`a-z_])|\})|(?<line>--[\s\S]?|#)|(?<open>\/\*(?:![0-9]{0,6})?)|(?<close>\*\/)|(?<number>(?:0x[0-9a-f]+|0b[01]+|\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|\\n)(?![a-z_$0-9]|\.[a-z])|(?:\d+(?:\.\d*)?(?:e\d+)?|\.\d+)(?=[df]?(?:union|select|and|or|xor|order|group|where|having|limit|procedure|rlike|like|from|into|div|between)(?![a-z]))[df]?)|(?<word>@{0,2}[a-z_\u0080-\uffff$][\w$\u0080-\uffff]*(?:(?:\.{1,2}|\s?\.\s?)[a-z_][\w$]*)*(?:(?<=[a-z0-9])@[a-z][\w.-]*)?|@{1,2}|\d[\w$]*)|(?<bracket>\[[a-z_][\w ]{0,60}\])|(?<quote>['"`])|(?<cast>::\s*[a-z]\w*)|(?<comparison><=>|<>|!=|\^=|>=|<=|:=|=|<(?!<)|>(?!>))|(?<logic>&&|\|\|)|(?<arithmetic><<|>>|[-+*/%^&|])|(?<not>[!~])|(?<sign>[(),;])|(?<other>[\s\S])/giy;

/** The kinds of a value's tokens, a letter each; null: the value does not get out of its quotes. Lower-case text. Cost: linear. */
export function sqlTokens(text: string, context: SqlContext): string | null {
  let kinds = "";
  let at = 0;
  if (context !== "") {
    at = endOfText(text, 0, context);
    if (at < 0) return null;
    kinds = "s";
  }
  while (at < text.length && kinds.length < MOST_TOKENS) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) break;
    const { groups = {} } = match;
    at = TOKEN.lastIndex;
    if (groups["quote"] !== undefined) {
      const end = endOfText(text, at, groups["quote"]);
      const isName = groups["quote"] === "`";
      if (end < 0) return `${kinds}${isName ? "b" : "S"}`;
      kinds += isName ? "b" : "s";
      at = end;
      continue;
    }
    const closing = groups["line"] !== undefined ? "\n" : groups["open"] === "/*" ? "*/" : null;
    if (closing !== null) {
      const end = text.indexOf(closing, at);
      if (end < 0) return `${kinds}${isSilent(text, at) ? "c" : "k"}`;
      at = end + closing.length;
      continue;
    }
    // All columns, or a product.
    const isStar = groups["arithmetic"] === "*" && /[EA,(]$/.test(kinds.slice(-1));
    kinds += isStar ? "*" : kindOfToken(groups, text, at);
  }
  return kinds;
}

function kindOfToken(groups: Readonly<Record<string, string>>, text: string, at: number): string {
  // What stands in a comment that begins with an exclamation mark is run.
  if (groups["blank"] ?? groups["open"] ?? groups["close"]) return "";
  if (groups["number"] !== undefined) return "n";
  if (groups["word"] !== undefined) return kindOfWordAt(groups["word"], text, at);
  if (groups["bracket"] !== undefined) return "b";
  if (groups["cast"] !== undefined) return ":";
  if (groups["comparison"] !== undefined) return "=";
  if (groups["logic"] !== undefined) return text[at - 1] === "|" ? "|" : "&";
  if (groups["arithmetic"] === "%" && isWildcard(text, at)) return "o";
  if (groups["arithmetic"] !== undefined) return "+";
  if (groups["not"] !== undefined) return "!";
  return groups["sign"] ?? "o";
}

/** Whether a percent sign stands for any text beside a word, as in '%word%', and divides nothing. */
function isWildcard(text: string, at: number): boolean {
  return /[a-z'"]/.test(text[at] ?? "'") || /[a-z'"]/.test(text[at - 2] ?? "'");
}

/** Whether a comment up to the end only silences: at most one word, where sentences go on. */
function isSilent(text: string, from: number): boolean {
  const [, ...more] = text
    .slice(from, from + 80)
    .trim()
    .split(/\s+/, 2);
  return more.length === 0;
}

const CALL = /\s{0,8}\(/y;
const BY = /\s{1,8}by\b/y;
const DELAY = /\s{1,8}(?:delay|time)\b/y;

function kindOfWordAt(word: string, text: string, at: number): string {
  if (TEXT_PREFIXES.has(word) && (text[at] === "'" || text[at] === '"')) return "";
  if (word === "order" || word === "group") return follows(BY, text, at) ? "O" : "b";
  if (word === "by") return "";
  if (word === "waitfor") return follows(DELAY, text, at) ? "W" : "b";
  if (word === "delay" || word === "time") return "";
  return kindOfWord(word, follows(CALL, text, at));
}

function follows(expression: RegExp, text: string, at: number): boolean {
  expression.lastIndex = at;
  return expression.test(text);
}

/** Just past the quote that closes a text; doubled and escaped quotes are part of it. Negative: nothing closes it. */
function endOfText(text: string, from: number, quote: string): number {
  for (let at = text.indexOf(quote, from); at >= 0; at = text.indexOf(quote, at)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === "\\" && at - 1 - slashes >= from) slashes++;
    if (slashes % 2 === 1) at += 1;
    else if (text[at + 1] === quote && at > from) at += 2;
    else return at + 1;
  }
  return -1;
}
