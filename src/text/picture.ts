/** Draws what is wrong as a compiler would: the line, and carets under the place. */
import type { Diagnostic } from "./diagnostic.ts";
import { displayWidth, markedText, visibleText } from "./display-width.ts";
import { lineColumnAt, type TextSpan } from "./text-source.ts";

const WIDEST_LINE_SHOWN = 160;
const BYTES_SHOWN_BEFORE = 60;
const BYTES_SHOWN_AFTER = 40;

/** How the parts of a picture are coloured; each function gets text and gives it back with colours around. */
export interface PicturePaint {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly frame: (text: string) => string;
  readonly mark: (text: string) => string;
}

/** A place in a source of bytes, with what is to be said about it. */
export interface ByteMark {
  readonly name: string;
  /** The bytes around the place, or all of them. */
  readonly bytes: Uint8Array;
  /** Where `bytes` begins in the source. */
  readonly bytesStart: number;
  /** The place, counted in the source. */
  readonly offset: number;
  readonly label: string;
}

const same = (text: string): string => text;

/** A paint that changes nothing. */
export const UNPAINTED: PicturePaint = { error: same, warning: same, frame: same, mark: same };

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
export function drawDiagnostic(diagnostic: Diagnostic, paint: PicturePaint = UNPAINTED): string {
  const { code, severity, message, help } = diagnostic;
  const lines = [`${paint[severity](`${severity}[${code}]:`)} ${visibleText(message)}`];
  lines.push(drawSpan(diagnostic.span, "", paint));
  for (const note of diagnostic.notes ?? []) lines.push(drawSpan(note.span, note.message, paint));
  if (help !== undefined) lines.push(drawHelp(help, paint));
  return lines.join("\n");
}

/** The line that says what would be right. */
export function drawHelp(help: string, paint: PicturePaint = UNPAINTED): string {
  return `${paint.frame("  = help:")} ${visibleText(help)}`;
}

/** The line of text a span begins in, carets under the span, and the label behind the carets. */
export function drawSpan(span: TextSpan, label: string, paint: PicturePaint = UNPAINTED): string {
  const { text, name } = span.source;
  const { line, column } = lineColumnAt(text, span.start);
  const lineStart = span.start - (column - 1);
  const lineEnd = lineEndAt(text, span.start);
  const cut = column - 1 <= WIDEST_LINE_SHOWN / 2 ? 0 : column - 1 - WIDEST_LINE_SHOWN / 2;
  const shownStart = lineStart + cut;
  const shownEnd = Math.min(lineEnd, shownStart + WIDEST_LINE_SHOWN);
  const marked = text.slice(span.start, Math.min(span.end, shownEnd));
  return drawFrame(
    {
      place: `${visibleText(name)}:${line}:${column}`,
      lineNumber: String(line),
      shown: markedText(text.slice(shownStart, shownEnd)),
      indent: displayWidth(markedText(text.slice(shownStart, span.start))),
      carets: Math.max(1, displayWidth(markedText(marked))),
      label,
    },
    paint,
  );
}

/** The line of bytes around a place, a caret under the place, and the label behind the caret. */
export function drawBytes(mark: ByteMark, paint: PicturePaint = UNPAINTED): string {
  const at = Math.min(Math.max(0, mark.offset - mark.bytesStart), mark.bytes.length);
  const lineStart = at === 0 ? 0 : mark.bytes.lastIndexOf(0x0a, at - 1) + 1;
  const nextFeed = mark.bytes.indexOf(0x0a, at);
  const lineEnd = nextFeed < 0 ? mark.bytes.length : nextFeed;
  const before = bytesAsText(mark.bytes.subarray(Math.max(lineStart, at - BYTES_SHOWN_BEFORE), at));
  const after = bytesAsText(mark.bytes.subarray(at, Math.min(lineEnd, at + BYTES_SHOWN_AFTER)));
  return drawFrame(
    {
      place: `${visibleText(mark.name)}, byte ${mark.offset}`,
      lineNumber: "",
      shown: before + after,
      indent: displayWidth(before),
      carets: 1,
      label: mark.label,
    },
    paint,
  );
}

interface Frame {
  readonly place: string;
  readonly lineNumber: string;
  readonly shown: string;
  readonly indent: number;
  readonly carets: number;
  readonly label: string;
}

function drawFrame(frame: Frame, paint: PicturePaint): string {
  const { lineNumber, label } = frame;
  const gutter = " ".repeat(Math.max(1, lineNumber.length));
  const carets = "^".repeat(Math.min(frame.carets, WIDEST_LINE_SHOWN));
  return [
    paint.frame(`${gutter}--> ${frame.place}`),
    paint.frame(`${gutter} |`),
    `${paint.frame(`${lineNumber.padEnd(1)} |`)} ${frame.shown}`.trimEnd(),
    `${paint.frame(`${gutter} |`)} ${" ".repeat(frame.indent)}${paint.mark(label === "" ? carets : `${carets} ${visibleText(label)}`)}`,
  ].join("\n");
}

function lineEndAt(text: string, offset: number): number {
  const nextFeed = text.indexOf("\n", offset);
  const end = nextFeed < 0 ? text.length : nextFeed;
  return end > offset && text[end - 1] === "\r" ? end - 1 : end;
}

/** Bytes as text for people: what is not UTF-8 becomes U+FFFD, what steers a terminal is written out. */
function bytesAsText(bytes: Uint8Array): string {
  return visibleText(new TextDecoder().decode(bytes));
}
