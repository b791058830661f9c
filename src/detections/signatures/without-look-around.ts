/**
 * Expressions of Perl's syntax as ones that need no look-around, where that is provably the same question: "is it found anywhere".
 *
 * At the end of an alternative `A(?=X)` is found where `AX` is; `A(?!x)`, for one character, where `A` with another character or the end
 * behind it is. At the beginning of one, `(?<=X)A` and `(?<!x)A` likewise. Elsewhere look-around is refused.
 */

/** The same question without look-around; null: there is none that is sure to be the same. */
export function withoutLookAround(expression: string): string | null {
  const alternatives = alternativesOf(expression);
  if (alternatives === null) return null;
  const written = alternatives.map(alternativeWithout);
  return written.every((one) => one !== null) ? written.join("|") : null;
}

function alternativeWithout(alternative: string): string | null {
  const inner = wholeGroup(alternative);
  if (inner !== null) {
    const written = withoutLookAround(inner);
    return written === null ? null : `(?:${written})`;
  }
  const behind = /^\(\?<([=!])/.exec(alternative);
  if (behind !== null) {
    const end = groupEnd(alternative, 0);
    const looked = alternative.slice(4, end - 1);
    const rest = alternativeWithout(alternative.slice(end));
    if (end === 0 || rest === null || !isPlain(looked)) return null;
    if (behind[1] === "=") return `(?:${looked})${rest}`;
    const other = otherThan(looked);
    return other === null ? null : `(?:^|${other})${rest}`;
  }
  const start = lastGroup(alternative);
  const ahead = start === null ? null : /^\(\?([=!])/.exec(alternative.slice(start));
  if (start === null || ahead === null) return isPlain(alternative) ? alternative : null;
  const looked = alternative.slice(start + 3, -1);
  const before = alternative.slice(0, start);
  if (!isPlain(before) || !isPlain(looked)) return null;
  if (ahead[1] === "=") return `${before}(?:${looked})`;
  const other = otherThan(looked);
  return other === null ? null : `${before}(?:${other}|$)`;
}

function isPlain(expression: string): boolean {
  return !/\(\?<?[=!]/.test(expression.replace(/\\[\s\S]/g, "  "));
}

/** A set of all characters but the one, or those of the set, that the expression is; null: it is more than one character. */
function otherThan(expression: string): string | null {
  if (/^\[[^\]\\^](?:[^\]\\]|\\[\s\S])*\]$/.test(expression)) return `[^${expression.slice(1)}`;
  if (/^\[\^(?:[^\]\\]|\\[\s\S])+\]$/.test(expression)) return `[${expression.slice(2)}`;
  if (/^\\[wsd]$/.test(expression)) return expression.toUpperCase();
  if (/^\\[WSD]$/.test(expression)) return expression.toLowerCase();
  return /^(?:\w|\\[^\w]|[^\w\\()[\]{}|*+?.^$])$/.test(expression) ? `[^${expression}]` : null;
}

/** The alternatives of the expression itself; null: its brackets do not fit. */
function alternativesOf(expression: string): readonly string[] | null {
  const alternatives: string[] = [];
  let start = 0;
  let depth = 0;
  for (let at = 0; at < expression.length; at = next(expression, at)) {
    const character = expression[at];
    if (character === "(") depth++;
    else if (character === ")") depth--;
    else if (character === "|" && depth === 0) {
      alternatives.push(expression.slice(start, at));
      start = at + 1;
    }
    if (depth < 0) return null;
  }
  return depth === 0 ? [...alternatives, expression.slice(start)] : null;
}

/** The next offset that is outside of escapes and sets. */
function next(expression: string, at: number): number {
  if (expression[at] === "\\") return at + 2;
  if (expression[at] !== "[") return at + 1;
  let end = at + (expression[at + 1] === "^" ? 2 : 1);
  // A bracket that closes at once stands for itself.
  if (expression[end] === "]") end++;
  while (end < expression.length && expression[end] !== "]") end += expression[end] === "\\" ? 2 : 1;
  return end + 1;
}

/** What stands in a group that is the whole expression; null: it is no such. */
function wholeGroup(expression: string): string | null {
  const opened = /^\((?:\?:|(?!\?))/.exec(expression);
  if (opened === null || groupEnd(expression, 0) !== expression.length) return null;
  return expression.slice(opened[0].length, -1);
}

/** Just behind the group that begins at an offset; 0: it is never closed. */
function groupEnd(expression: string, start: number): number {
  let depth = 0;
  for (let at = start; at < expression.length; at = next(expression, at)) {
    if (expression[at] === "(") depth++;
    else if (expression[at] === ")" && --depth === 0) return at + 1;
  }
  return 0;
}

/** Where the group begins that ends the expression; null: no group does. */
function lastGroup(expression: string): number | null {
  for (let at = 0; at < expression.length; at = next(expression, at)) {
    if (expression[at] !== "(") continue;
    const end = groupEnd(expression, at);
    if (end === expression.length) return at;
    at = Math.max(at, end - 1);
  }
  return null;
}
