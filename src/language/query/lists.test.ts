import { describe, expect, test } from "vitest";
import { Diagnostics } from "#text";
import { FUNCTIONS } from "../functions/functions.ts";
import { OPERATORS } from "../operators.ts";
import { checkScript } from "./check-script.ts";
import { COMMANDS } from "./commands.ts";
import { parseScript, parseSingleExpression } from "./syntax/parse-script.ts";

function mistakes(read: (diagnostics: Diagnostics) => unknown): readonly string[] {
  const diagnostics = new Diagnostics();
  read(diagnostics);
  return diagnostics.list().map((diagnostic) => diagnostic.message);
}

describe("the lists of the language", () => {
  test("no two functions, operators or commands share a spelling", () => {
    for (const list of [FUNCTIONS, COMMANDS]) {
      const spellings = list.flatMap((entry) => entry.spellings.map((spelling) => spelling.toLowerCase()));
      expect(spellings.length).toBe(new Set(spellings).size);
    }
    const operators = OPERATORS.flatMap((entry) =>
      entry.spellings.map((spelling) => `${entry.position} ${spelling}`),
    );
    expect(operators.length).toBe(new Set(operators).size);
  });

  test("examples of operators and of functions that run can be read", () => {
    for (const { example } of [...OPERATORS, ...FUNCTIONS]) {
      const text = `(${example})`;
      expect([
        example,
        mistakes((diagnostics) => parseSingleExpression({ name: "example", text }, diagnostics)),
      ]).toEqual([example, []]);
    }
  });

  test("examples of commands can be read", () => {
    for (const { example, givesRows, unavailable } of COMMANDS) {
      if (unavailable !== null) continue;
      const text = givesRows ? example : `DUAL | ${example}`;
      expect([
        example,
        mistakes((diagnostics) => parseScript({ name: "example", text }, diagnostics)),
      ]).toEqual([example, []]);
    }
  });

  test("commands that this version does not run are told, never passed on", () => {
    for (const entry of COMMANDS.filter((each) => each.unavailable !== null)) {
      const source = { name: "q.sx", text: `${entry.spellings[0]}()` };
      const environment = { nowMs: 0n, timeZone: "UTC", arguments: {}, answers: new Map(), isOffline: false };
      const { relation, diagnostics } = checkScript(source, environment);
      const [first] = diagnostics;
      expect([entry.name, relation, first?.code]).toEqual([entry.name, null, "not-available"]);
      expect(first?.message.toLowerCase()).toContain(entry.spellings[0]);
    }
  });
});
