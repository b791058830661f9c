/** What is told to people: everything but results, on standard error. */
import type { ColorChoice, Environment } from "#config";
import {
  type Diagnostic,
  type DiagnosticCode,
  drawDiagnostic,
  drawHelp,
  type Failure,
  type PicturePaint,
  UNPAINTED,
  visibleText,
} from "#text";
import { type Terminal, widthOf } from "./surroundings.ts";

/** Speaks on standard error. Texts may hold log bytes or file names: nothing in them reaches a terminal raw. */
export interface Messages {
  readonly paint: PicturePaint;
  readonly isTerminal: boolean;
  /** One line of information. */
  note(text: string): void;
  /** One line about something that did not stop the run. */
  warning(text: string, code?: DiagnosticCode): void;
  /** Lines that are drawn already: pictures, help. */
  lines(text: string): void;
  diagnostics(list: readonly Diagnostic[]): void;
  failure(failure: Failure): void;
  /** Shows a line that the next output takes away again; only on a terminal. */
  progress(line: string): void;
  /** Takes the line of progress away. */
  clearProgress(): void;
}

const ESCAPE = "\u001b[";
const CLEAR_LINE = `\r${ESCAPE}K`;
const color =
  (code: string) =>
  (text: string): string =>
    `${ESCAPE}${code}m${text}${ESCAPE}0m`;

const PAINTED: PicturePaint = {
  error: color("1;31"),
  warning: color("1;33"),
  frame: color("34"),
  mark: color("1;31"),
};

/** Whether a stream gets colours. See no-color.org and force-color.org. */
export function wantsColor(terminal: Terminal, choice: ColorChoice, environment: Environment): boolean {
  if (choice !== "auto") return choice === "always";
  if ((environment["NO_COLOR"] ?? "") !== "") return false;
  const forced = environment["FORCE_COLOR"] ?? "";
  if (forced !== "") return forced !== "0" && forced !== "false";
  return terminal.isTTY === true && environment["TERM"] !== "dumb";
}

/** Messages on a stream. */
export function openMessages(stderr: Terminal, hasColor: boolean): Messages {
  const paint = hasColor ? PAINTED : UNPAINTED;
  const isTerminal = stderr.isTTY === true;
  let isProgressShown = false;
  const clearProgress = () => {
    if (isProgressShown) stderr.write(CLEAR_LINE);
    isProgressShown = false;
  };
  const lines = (text: string) => {
    clearProgress();
    stderr.write(`${text}\n`);
  };
  return {
    paint,
    isTerminal,
    lines,
    note: (text) => lines(visibleText(text)),
    warning: (text, code) =>
      lines(`${paint.warning(`warning${code === undefined ? "" : `[${code}]`}:`)} ${visibleText(text)}`),
    diagnostics(list) {
      const pictures = list.map((diagnostic) => drawDiagnostic(diagnostic, paint));
      if (pictures.length > 0) lines(pictures.join("\n\n"));
    },
    failure: (failure) => lines(drawFailure(failure, paint)),
    progress(line) {
      if (!isTerminal) return;
      stderr.write(`${CLEAR_LINE}${visibleText(line).slice(0, widthOf(stderr) - 1)}`);
      isProgressShown = true;
    },
    clearProgress,
  };
}

/** A failure as lines: its code and message, the place in a source, and what would help. */
function drawFailure(failure: Failure, paint: PicturePaint): string {
  const lines = [`${paint.error(`error[${failure.code}]:`)} ${visibleText(failure.message)}`];
  const { place, help } = failure;
  if (place?.offset !== undefined)
    lines.push(paint.frame(` --> ${visibleText(place.uri)}, byte ${place.offset}`));
  if (help !== null) lines.push(drawHelp(help, paint));
  return lines.join("\n");
}
