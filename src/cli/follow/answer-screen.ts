/** Shows answers that take the place of each other. */
import type { OutputTarget } from "../output-target.ts";

/** Takes the bytes of whole answers, one after the other. */
export interface AnswerScreen {
  show(answer: Uint8Array): Promise<void>;
  /** Nothing more comes: what is left to be shown of the last answer is shown. */
  finish(): Promise<void>;
}

const LINE_FEED = 10;
const SEPARATOR: Uint8Array = Uint8Array.of(LINE_FEED);
const CSI = "\u001b[";
const encoder = new TextEncoder();

/** All answers that differ from the one before, one behind the other, with an empty line between two. */
export function openAnswerList(target: OutputTarget): AnswerScreen {
  let last: Uint8Array | null = null;
  return {
    async show(answer) {
      if (last !== null && Buffer.compare(last, answer) === 0) return;
      if (last !== null) await target.write(SEPARATOR);
      last = answer;
      await target.write(answer);
    },
    finish: () => Promise.resolve(),
  };
}

/** The last answer alone. */
export function openLastAnswer(target: OutputTarget): AnswerScreen {
  let last: Uint8Array = new Uint8Array(0);
  return {
    show(answer) {
      last = answer;
      return Promise.resolve();
    },
    finish: () => target.write(last),
  };
}

/**
 * A terminal, on which each answer is drawn over the one before. Of answers that are higher than the terminal the first lines are shown,
 * and all of the last one when it is over.
 *
 * @param heightOf  lines of the terminal now
 */
export function openRedrawing(target: OutputTarget, heightOf: () => number): AnswerScreen {
  let shownLines = 0;
  let last: Uint8Array = new Uint8Array(0);
  const draw = async (answer: Uint8Array) => {
    const up = shownLines === 0 ? "" : `${CSI}${shownLines}A\r${CSI}J`;
    await target.write(Buffer.concat([encoder.encode(up), answer]));
  };
  return {
    async show(answer) {
      last = answer;
      const fitting = firstLines(answer, Math.max(2, heightOf() - 1));
      await draw(fitting.bytes);
      shownLines = fitting.lines;
    },
    async finish() {
      if (shownLines < countLines(last)) await draw(last);
    },
  };
}

/** As many first lines as fit, the last of which says how many are left out. */
function firstLines(
  answer: Uint8Array,
  height: number,
): { readonly bytes: Uint8Array; readonly lines: number } {
  const lines = countLines(answer);
  if (lines <= height) return { bytes: answer, lines };
  let end = 0;
  for (let line = 0; line < height - 1; line++) end = answer.indexOf(LINE_FEED, end) + 1;
  const rest = encoder.encode(`… ${lines - height + 1} more lines\n`);
  return { bytes: Buffer.concat([answer.subarray(0, end), rest]), lines: height };
}

function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) lines++;
  return lines;
}
