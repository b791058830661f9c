import { describe, expect, test } from "vitest";
import type { OutputTarget } from "../output-target.ts";
import { type AnswerScreen, openAnswerList, openLastAnswer, openRedrawing } from "./answer-screen.ts";

/** A target that keeps what is written. */
function textTarget(): OutputTarget & { readonly written: string[] } {
  const written: string[] = [];
  return {
    written,
    terminalWidth: 80,
    isClosed: false,
    onClosed: () => {},
    write: (bytes) => {
      written.push(Buffer.from(bytes).toString());
      return Promise.resolve();
    },
    finish: () => Promise.resolve(),
    discard: () => Promise.resolve(),
    discardNow: () => {},
  };
}

async function shown(
  open: (target: OutputTarget) => AnswerScreen,
  answers: readonly string[],
): Promise<string> {
  const target = textTarget();
  const screen = open(target);
  for (const answer of answers) await screen.show(Buffer.from(answer));
  await screen.finish();
  return target.written.join("");
}

/** What a terminal shows in the end of text with the two sequences that are used. */
function terminalOf(text: string): string {
  const lines: string[] = [];
  for (const part of text.replaceAll("\u001b", "ESC").split(/(ESC\[\d+A\rESC\[J)/)) {
    const up = /\[(\d+)A/.exec(part)?.[1];
    if (up === undefined) lines.push(...part.split("\n").slice(0, -1));
    else lines.splice(-Number(up));
  }
  return lines.map((line) => `${line}\n`).join("");
}

describe("answers behind each other", () => {
  test("have an empty line between them, and are left out when nothing has changed", async () => {
    expect(await shown(openAnswerList, ["a\n1\n", "a\n1\n", "a\n2\n"])).toBe("a\n1\n\na\n2\n");
  });

  test("that are empty are answers too", async () => {
    expect(await shown(openAnswerList, ["", "a\n"])).toBe("\na\n");
  });
});

test("the last answer alone is written in the end", async () => {
  expect(await shown(openLastAnswer, ["a\n", "b\n"])).toBe("b\n");
});

describe("a terminal", () => {
  const on = (height: number) => (target: OutputTarget) => openRedrawing(target, () => height);

  test("shows each answer over the one before", async () => {
    expect(terminalOf(await shown(on(24), ["a\n1\n2\n", "a\n1\n", "a\n3\n4\n5\n"]))).toBe("a\n3\n4\n5\n");
  });

  test("shows the first lines of an answer that is higher, and all of the last", async () => {
    const target = textTarget();
    const screen = openRedrawing(target, () => 4);
    await screen.show(Buffer.from("a\n1\n2\n3\n4\n"));
    expect(terminalOf(target.written.join(""))).toBe("a\n1\n… 3 more lines\n");
    await screen.finish();
    expect(terminalOf(target.written.join(""))).toBe("a\n1\n2\n3\n4\n");
  });
});
