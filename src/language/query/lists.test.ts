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
    for (const { example } of [...OPERATORS, ...FUNCTIONS.filter((entry) => entry.unavailable === null)]) {
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

  test("what this version does not run is told, never passed on", () => {
    for (const entry of FUNCTIONS.filter((each) => each.unavailable !== null)) {
      const count = entry.signatures[0]?.parameters.length ?? 0;
      const values = Array.from({ length: count }, () => "NULL").join(", ");
      const source = { name: "q.sx", text: `DUAL | select(x:${entry.spellings[0]}(${values}))` };
      const environment = { nowMs: 0n, timeZone: "UTC", arguments: {}, answers: new Map(), isOffline: false };
      const { relation, diagnostics } = checkScript(source, environment);
      expect([entry.name, relation, diagnostics.map((each) => each.code)]).toEqual([
        entry.name,
        null,
        ["not-available"],
      ]);
    }
  });
});
