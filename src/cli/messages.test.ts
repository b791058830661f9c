import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { Failure } from "#text";
import { openMessages, wantsColor } from "./messages.ts";
import type { Terminal } from "./surroundings.ts";

function openTerminal(isTTY: boolean): { terminal: Terminal; read: () => string } {
  const stream = new PassThrough();
  return { terminal: Object.assign(stream, { isTTY, columns: 40 }), read: () => String(stream.read() ?? "") };
}

test("what came from a log or a file name does not reach the terminal raw", () => {
  const { terminal, read } = openTerminal(true);
  const messages = openMessages(terminal, false);
  messages.note("a\u001b[2Jb");
  messages.failure(
    new Failure("source-missing", 'There is no file "x\u001b]0;y\u0007".', {
      help: "\u202e",
      place: { uri: "\u009b", offset: 7 },
    }),
  );
  expect(read()).toBe(
    [
      "a\\x1B[2Jb",
      'error[source-missing]: There is no file "x\\x1B]0;y\\x07".',
      " --> \\x9B, byte 7",
      "  = help: \\u202E",
      "",
    ].join("\n"),
  );
});

test("the line of progress is taken away before anything else is said", () => {
  const { terminal, read } = openTerminal(true);
  const messages = openMessages(terminal, false);
  messages.progress("x".repeat(100));
  messages.note("done");
  messages.clearProgress();
  expect(read()).toBe(`\r\u001b[K${"x".repeat(39)}\r\u001b[Kdone\n`);
});

test("there is no progress without a terminal", () => {
  const { terminal, read } = openTerminal(false);
  openMessages(terminal, false).progress("50 %");
  expect(read()).toBe("");
});

test.each([
  ["auto", {}, true, true],
  ["auto", {}, false, false],
  ["auto", { NO_COLOR: "1" }, true, false],
  ["auto", { NO_COLOR: "" }, true, true],
  ["auto", { FORCE_COLOR: "1" }, false, true],
  ["auto", { FORCE_COLOR: "0" }, true, false],
  ["auto", { TERM: "dumb" }, true, false],
  ["never", { FORCE_COLOR: "1" }, true, false],
  ["always", { NO_COLOR: "1" }, false, true],
] as const)(
  "with --color %s, %j and a terminal: %s, colours are %s",
  (choice, environment, isTTY, expected) => {
    expect(wantsColor(openTerminal(isTTY).terminal, choice, environment)).toBe(expected);
  },
);
