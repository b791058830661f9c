/**
 * Judges whether a value is built to change a SQL statement.
 *
 * The value is read as SQL three ways: as it stands, and as what follows an opened single or double quote. Each reading is a row of
 * kinds of tokens; a list of forms says which rows no name, sentence or address has. The forms were found by looking at what injections
 * must do: close what is open, add a condition, a query or a statement, and silence the rest.
 */
import { type SqlContext, sqlTokens } from "./sql-tokens.ts";

/** A form of a row of tokens. */
interface SqlForm {
  readonly name: string;
  readonly tokens: RegExp;
  /** Readings that it is looked for in; null: all. */
  readonly contexts: readonly SqlContext[] | null;
}

const QUOTED: readonly SqlContext[] = ["'", '"', "`"];

/** Letters are those of `SqlKind`. */
const FORMS: readonly SqlForm[] = [
  form("a second query", /UA?\(*EA?(?:[nsSvFZfX(+!*&|C]|b,|b?c|bR|A)/),
  form("a second query", /^[nsS)(+!]+UA?\(*E(?:A?b)?$/),
  form("a second query", /^\+?nUA?c$|^\+nU$/),
  form("a second query", /UA?\(*Y\(/),
  form("a second query", /[nsS)c]\)*UA?\(*E/),
  form("a condition that compares constants", /(?:^|[nsvb)])[&|][!(+]*(?:[nsvSFX]\)*[=~]!?[!(+]*[nsvSFXZE])/),
  form("a condition that compares constants", /(?:^n|[s)]|^)\)*[&|][!(+]*b\)*=[!(+]*[nsSFXZE(]/),
  form("a condition that compares constants", /^\(*[ns]\)*[&|][!(+]*b=b/),
  form("a condition that compares constants", /[ns)]\)*H[!(+]*[nsF]\)*[=~][!(+]*[nsSFE]/),
  form("a condition that compares constants", /G[!(+]*[nsFb][^c]{0,6}=[!(+]*[nsSF]/),
  form("a condition that calls a function", /(?:^|[nsvbS)])\)*[&|][!(+]*(?:[FZ]\((?!b\))|X\()/),
  form("a condition that asks a query", /[&|=~+,]!*\(+EA?[^bc;)]/),
  form("a condition that asks a query", /[nsSvb)][&|=~+]!*\(*\(EA?[bnsvFZf*(]/),
  form("a condition that asks a query", /^\(+EA?(?:[nsv](?![bo])|[FZXf]\(|\*|b,|bR|\()/),
  form("a condition that asks a query", /(?:H|[&|]|!)!?\(E/),
  form("a call that waits", /Z\((?:n[+n)]*(?:[),;c]|$)|[^)]{0,12}[svFfE(+,])/),
  form("a call that waits", /W[sSn]/),
  form(
    "a second statement",
    /[nsSc)*];+\(*(?:E(?:A?[nsvSFZX*(+C]|b[,R=(]|bc)|D(?:T|[vXF]|I|b\(|R|b?c|[sb]?,|b[sSvn])|W|f\()/,
  ),
  form("a second statement", /[nsSc)*];DA?b(?:$|[;cHPY~=])/),
  form("a second statement", /^[nsS]?\)*;?D(?:T[bn]?[c;(]|[vX]|RX|Ib?\(|bX)/),
  form("a second statement", /^[nsS]\)*;?D(?:T|bE)/),
  form("a whole query", /EA?(?:[*]|[nbsv](?:,[nbsvF(])+.*|[FZX]\(.*|\(.*|v.*)R[bXsf(]/),
  form("a whole query", /EA?[^;]{1,40}R[bX][^;c]{0,20}H[^;]{0,6}[=~]/),
  form("a whole query", /E(?:A?[^;]{0,60})R(?:[^;]{0,20})X/),
  form("a whole query", /^E(?:A?(?:[nsvFZ(+][^bo]*))$/),
  form("a whole query", /^\(*E\(+(?:[ns]|b\)+[,R])/),
  form("a whole query", /^\(*E(?:v|[+!]*(?:s|n)[,(]|F\()/),
  form("a table of the system", /(?:[ERUHI&|;,.=(]|^D)\(?X/),
  form("a table of the system", /X(?:[(=&|;c]|\)|$)(?:.*[nsc(E])/),
  form("a case", /C[^;o]{0,6}[nsFb(]\)*=[^;o]{0,10}C[^;o]{0,8}C/),
  form("an order by a column's number", /[ns]\)*O\(*n(?:,\(*n)*\)*(?:[c;)]|$|[P,])/),
  form("an order by a column's number", /^\)*[Ss]?\)*[OL]\(*n(?:,n)*c/),
  form("a result into a file", /[IE].*IT?[sS]/),
  form("a result into a file", /I(?:T)\(?[sS]/),
  form("a procedure", /[nsb)]\)*(?:P|T)P?\([^c]*[FZ]\(/),
  form("a quote and a comment", /^s\)*;?c$/, QUOTED),
  form("a quote and a comment", /^s\)*;$/, QUOTED),
  form(
    "a quote and a condition",
    /^s\)*[&|][!(+]*(?:[nvXF]c?$|n[=~;c)]|[vFX][=~+(;c)]|b[=(;c]|[ns]\)*[=~;c)]|b\)*=)/,
    QUOTED,
  ),
  form("a quote and a condition", /^s\)*[=]\(*!?[sSnvF]/, QUOTED),
  form("a quote and a condition", /^s\)*!?~!?\(*[nsSv]/, QUOTED),
  form("a quote and arithmetic", /^s\)*[+&|]\(*[+!]*(?:[FZX]\(|\(*E|n\)*c)/, QUOTED),
  form("a quote and arithmetic", /^s\)*[+|]\(*[+!]*[nsvb][+|]\(*[Ssv]?$/, QUOTED),
  form("a quote and a list", /^s\)*(?:,\(*[nsvbF][()]*)+(?:\),\(|[^,]*c$)/, QUOTED),
  form(
    "a quote and a statement",
    /^s\)*;?(?:D(?:T[bn]?(?:[;c(]|$)|[vXI]|b[XE(;c])|E(?:[nvFZX(+]|\*(?:R[bX]|,)|s[,+|cR]|b[,RX])|W|G[^b]|O[nb]c?$|H[nsbF][=~]|UA?\(*E|P\()/,
    QUOTED,
  ),
  form("a quote and a statement", /^s\)*;?(?:L|O)n/, QUOTED),
  form("a bracket and a condition", /^[nsb]?\)+[&|~+=][!+]*\(/),
  form("a bracket and a condition", /^[nsb]?\)+[&|][!(+]*[nsb]\)*[=~]/),
  form("a bracket and a comment", /^[nsb]?\)+;?c$/),
  form("a number and a comment", /^[+]?n\)*(?:[+][n(]+\)*|;)c$/),
  form("a condition that is a constant", /^[+]?[ns]\)*[&|][!(+]*(?:n|v|X)\)*c$/),
  form("a condition that is a constant", /^(?:[+]?n)?\)*[&|][!(+]*n[=+~]+\(*[!+]*[nsFS(]/),
  form("a nested call", /[FZ]\((?:[^;]{0,30})[FZ]\((?:[^;]{0,30})(?:X|E|[FZ]\()/),
  form("a call and a comparison", /^[+]?\(*[FZ]\([^;bo]*\)[=~+]\(*(?:n|s|F|Z|\()/),
  form("a call and a comparison", /[n)](?:=|[&|])[FZ]\([FEZX(]/),
  form("a call that compares constants", /[FZ]\(\(*!?[nsb]\)*=\(*[nsF]/),
  form("a call that compares constants", /^\(+n=n/),
  form("arithmetic with calls", /[+|]\(*(?:n[+])?F\(F\(/),
  form("arithmetic with calls", /F\(F\([^)]*,|^F\(F\((?:\)|s)/),
  form("arithmetic with calls", /^[+]?n[+]\(*F\([nsb](?:\)$|,)/),
  form("a query behind a condition", /[nsSv)][&|]!?EA?/),
  form("a query in brackets", /\(+E[^;]{1,30}R[bXs(]/),
  form("a query of constants", /E[nsv+F][^bo]{0,30}Rb/),
  form("a search mode that is closed", /^s~bb\)/),
  form("brackets and a comment", /^\(+[^bo]*\)+c$/),
  form("brackets and a comment", /^[vX]c$/),
  form("a condition about a column", /^n[&|]b~!n/),
  form("a variable", /[&|(=,+E]v:?=|Dv[bfF=:]|[(,;D]v=/),
];

function form(name: string, tokens: RegExp, contexts: readonly SqlContext[] | null = null): SqlForm {
  return { name, tokens, contexts };
}

/** Signs and words without which no form fits: lower-case, in decoded text. */
export const SQL_LITERALS: readonly string[] = [
  "'",
  '"',
  "`",
  "(",
  ")",
  "--",
  "#",
  ";",
  "=",
  "/*",
  "<",
  ">",
  "|",
  "&",
  "union",
  "select",
  "except",
  "intersect",
  "minus",
  " or ",
  " and ",
  "where",
  "having",
  "order",
  "group",
  "like",
  "between",
  "rlike",
  "regexp",
  "delete",
  "insert",
  "drop",
  "update",
  "exec",
  "declare",
  "waitfor",
  "@",
  "_schema",
  "into",
  "limit",
];

/** Longest row of tokens that forms are held against: some look for two things in any distance. */
const MOST_KINDS = 240;

/** What makes a decoded lower-case value look like SQL injection, in a few words; null: nothing does. Cost: linear. */
export function sqlShape(text: string): string | null {
  for (const context of ["", "'", '"'] as const) {
    if (context !== "" && !text.includes(context)) continue;
    const tokens = sqlTokens(text, context);
    if (tokens === null || tokens.length < 2) continue;
    const found = formOf(tokens, context);
    if (found !== null) return found;
  }
  return null;
}

function formOf(tokens: string, context: SqlContext): string | null {
  // Overlapping pieces: a form is shorter than half of a piece, but for those that name the value's begin and end.
  for (let start = 0; start < tokens.length; start += MOST_KINDS / 2) {
    const piece = tokens.slice(start, start + MOST_KINDS);
    for (const { name, tokens: expression, contexts } of FORMS) {
      if (contexts !== null && !contexts.includes(context)) continue;
      if (expression.test(piece)) return name;
    }
  }
  return null;
}
