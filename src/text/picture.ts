/** Draws a diagnostic as a compiler would: the line, and carets under the place. */
import type { Diagnostic } from "./diagnostic.ts";
import { lineColumnAt, type TextSpan } from "./text-source.ts";

const WIDEST_LINE_SHOWN = 160;

/**
 * The diagnostic as text of several lines, without a line feed at the end:
 *
 * ```
 * error[field-unknown]: No field "statsu" here.
 *  --> report.sx:3:10
 *   |
 * 3 | | filter(statsu = 404)
 *   |          ^^^^^^
 *   = help: Did you mean "status"?
 * ```
 */
export function drawDiagnostic(diagnostic: Diagnostic): string {
  const lines = [`${diagnostic.severity}[${diagnostic.code}]: ${diagnostic.message}`];
  lines.push(...drawSpan(diagnostic.span, ""));
  for (const note of diagnostic.notes ?? []) lines.push(...drawSpan(note.span, note.message));
  if (diagnostic.help !== undefined) lines.push(`  = help: ${diagnostic.help}`);
  return lines.join("\n");
}

function drawSpan(span: TextSpan, label: string): string[] {
  const { text, name } = span.source;
  const { line, column } = lineColumnAt(text, span.start);
  const lineStart = span.start - (column - 1);
  const nextFeed = text.indexOf("\n", span.start);
  const lineEnd = nextFeed < 0 ? text.length : nextFeed;
  const cut = Math.max(0, column - 1 - WIDEST_LINE_SHOWN / 2);
  const shown = printable(
    text.slice(lineStart + cut, Math.min(lineEnd, lineStart + cut + WIDEST_LINE_SHOWN)),
  );
  const indent = " ".repeat(column - 1 - cut);
  const width = Math.max(1, Math.min(span.end, lineEnd) - span.start);
  const carets = "^".repeat(Math.min(width, WIDEST_LINE_SHOWN - indent.length));
  const gutter = " ".repeat(String(line).length);
  return [
    `${gutter}--> ${name}:${line}:${column}`,
    `${gutter} |`,
    `${line} | ${shown}`,
    `${gutter} | ${indent}${carets}${label === "" ? "" : ` ${label}`}`,
  ];
}

/** Tabs become blanks so that carets stay below their text; other control characters become a visible mark. */
function printable(text: string): string {
  return text.replaceAll("\t", " ").replace(/\p{Cc}/gu, "·");
}
