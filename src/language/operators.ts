/** The operators of the query language: one list for parser, checker, completion and manual. */

/** An operator. A higher `precedence` binds tighter; `name` is what the typed tree calls it. */
export interface OperatorEntry {
  readonly name: string;
  /** How it is written, lower case; the first is the usual way. */
  readonly spellings: readonly string[];
  readonly position: "infix" | "prefix" | "postfix";
  readonly precedence: number;
  /** A word with `NOT` in front of it means the contrary. */
  readonly takesNot: boolean;
  readonly description: string;
  readonly example: string;
}

/** Precedence of what compares; operands of `BETWEEN` and `IN` bind tighter. */
export const COMPARISON_PRECEDENCE = 4;

/** All operators, loosest first. */
export const OPERATORS: readonly OperatorEntry[] = [
  infix("or", ["or"], 1, "True when one side is true.", "status = 404 OR status = 410"),
  infix("and", ["and"], 2, "True when both sides are true.", "status = 404 AND verb = 'GET'"),
  prefix("not", ["not"], 3, "True when the condition is false.", "NOT status = 404"),
  infix("equal", ["=", "=="], 4, "True when both sides are equal.", "status = 404"),
  infix("not_equal", ["!=", "<>"], 4, "True when the sides differ.", "status != 200"),
  infix("less_equal", ["<="], 4, "True when the left side is not greater.", "bytes <= 1000"),
  infix("greater_equal", [">="], 4, "True when the left side is not less.", "status >= 500"),
  infix("less", ["<"], 4, "True when the left side is less.", "bytes < 1000"),
  infix("greater", [">"], 4, "True when the left side is greater.", "bytes > 1000"),
  word("like", "True when the text fits a pattern of %, any text, and _, any character.", "uri LIKE '%.php'"),
  word("ilike", "LIKE in any case of letters.", "agent ILIKE '%bot%'"),
  word("contains", "True when the text holds the other text.", "message CONTAINS 'failed'"),
  word("matches", "True when a part of the text fits a regular expression (RE2).", "uri MATCHES '/[0-9]+$'"),
  word("between", "True from the low to the high value, both included.", "status BETWEEN 400 AND 499"),
  word("in", "True when the value is in the list, the network or the stream.", "ip IN 192.0.2.0/24"),
  postfix("is_null", ["is null"], "True when there is no value.", "referrer IS NULL"),
  postfix("is_not_null", ["is not null"], "True when there is a value.", "referrer IS NOT NULL"),
  infix("bit_or", ["|"], 5, "Bits of either number; only inside parentheses.", "(flags | 4)"),
  infix("bit_and", ["&"], 6, "Bits of both numbers.", "flags & 4"),
  infix("concat", ["||"], 7, "Both texts, one behind the other.", "host || ':' || port"),
  infix("add", ["+"], 8, "Sum; texts are joined; a time moves by milliseconds.", "bytes + 100"),
  infix("subtract", ["-"], 8, "Difference; of two times in milliseconds.", "now() - timestamp"),
  infix("multiply", ["*"], 9, "Product.", "bytes * 8"),
  infix("divide", ["/"], 9, "Quotient, a DOUBLE.", "bytes / 1024"),
  infix("modulo", ["%"], 9, "Rest of a division.", "port % 2"),
  prefix("negate", ["-"], 10, "The number with the other sign.", "-bytes"),
];

function infix(
  name: string,
  spellings: readonly string[],
  precedence: number,
  description: string,
  example: string,
): OperatorEntry {
  return { name, spellings, position: "infix", precedence, takesNot: false, description, example };
}

function word(name: string, description: string, example: string): OperatorEntry {
  const precedence = COMPARISON_PRECEDENCE;
  return { name, spellings: [name], position: "infix", precedence, takesNot: true, description, example };
}

function prefix(
  name: string,
  spellings: readonly string[],
  precedence: number,
  description: string,
  example: string,
): OperatorEntry {
  return { name, spellings, position: "prefix", precedence, takesNot: false, description, example };
}

function postfix(
  name: string,
  spellings: readonly string[],
  description: string,
  example: string,
): OperatorEntry {
  const precedence = COMPARISON_PRECEDENCE;
  return { name, spellings, position: "postfix", precedence, takesNot: false, description, example };
}
