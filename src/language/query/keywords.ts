/** The words of scripts that are neither commands, functions nor operators: one list for completion, colours and formatting. */

/** Where a keyword can stand. */
export type KeywordPlace =
  | "statement" // at the start of a statement
  | "body" // in the body of a function of the script
  | "value" // where a value can stand
  | "case" // in a CASE
  | "argument" // behind an argument of a command
  | "join" // behind the stream of a join
  | "call" // behind or inside a call
  | "select"; // in a SELECT statement

/** A keyword, in capitals. */
export interface KeywordEntry {
  readonly word: string;
  readonly place: KeywordPlace;
  readonly description: string;
}

/** All keywords. */
export const KEYWORDS: readonly KeywordEntry[] = [
  keyword("INIT", "statement", "Declares the arguments of the script: INIT(limit:10, country::STRING)."),
  keyword("INCLUDE", "statement", "Takes in the declarations of another script: INCLUDE './x.sx'."),
  keyword("SELECT", "statement", "Begins a statement in the manner of SQL: SELECT ip FROM @src."),
  keyword("RETURN", "body", "Gives the result of a function of the script."),
  keyword("NULL", "value", "No value."),
  keyword("TRUE", "value", "The BOOLEAN that is true."),
  keyword("FALSE", "value", "The BOOLEAN that is false."),
  keyword("CASE", "value", "Chooses among values: CASE WHEN status < 400 THEN 'good' ELSE 'bad' END."),
  keyword("WHEN", "case", "Begins a condition of CASE."),
  keyword("THEN", "case", "Begins the value for a condition of CASE."),
  keyword("ELSE", "case", "Begins the value for all other rows."),
  keyword("END", "case", "Ends a CASE."),
  keyword("IS", "value", "Begins IS NULL and IS NOT NULL."),
  keyword("AS", "argument", "Gives a name: count(*) AS n."),
  keyword("ASC", "argument", "The least first."),
  keyword("DESC", "argument", "The greatest first."),
  keyword("ON", "join", "Begins the condition of a join."),
  keyword("DISTINCT", "call", "Repetitions count once: count(DISTINCT ip)."),
  keyword("OVER", "call", "Begins the window of a function."),
  keyword("FROM", "select", "Begins the stream that is selected from."),
  keyword("JOIN", "select", "Begins a second stream."),
  keyword("INNER", "select", "Only rows that belong together: INNER JOIN."),
  keyword("LEFT", "select", "All rows of the first stream: LEFT JOIN."),
  keyword("RIGHT", "select", "All rows of the second stream: RIGHT JOIN."),
  keyword("FULL", "select", "All rows of both streams: FULL JOIN."),
  keyword("SEMI", "select", "Rows that the second stream has something to: SEMI JOIN."),
  keyword("ANTI", "select", "Rows that the second stream has nothing to: ANTI JOIN."),
  keyword("OUTER", "select", "A word that may stand in front of JOIN."),
  keyword("WHERE", "select", "Begins the condition for rows."),
  keyword("GROUP", "select", "Begins the keys: GROUP BY ip."),
  keyword("HAVING", "select", "Begins the condition for groups."),
  keyword(
    "USING",
    "select",
    "The names by which both streams of a JOIN belong together: JOIN @s USING (ip).",
  ),
  keyword("ORDER", "select", "Begins the order: ORDER BY n DESC."),
  keyword("BY", "select", "Stands behind GROUP and ORDER."),
  keyword("LIMIT", "select", "At most so many rows."),
];

function keyword(word: string, place: KeywordPlace, description: string): KeywordEntry {
  return { word, place, description };
}
