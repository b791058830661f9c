import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { OPERATORS } from "../operators.ts";
import { findCommand } from "./commands.ts";
import { KEYWORDS } from "./keywords.ts";

/** Words that the parser knows only to refuse what they begin. */
const REFUSED = ["create", "function", "within", "of"];

test("the words that the parser looks for are in the lists", () => {
  const folder = new URL("./syntax/", import.meta.url);
  const code = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8"));
  const words = code.flatMap((text) =>
    [...text.matchAll(/(?:take|is)Word\("(\w+)"/g)].map(([, word = ""]) => word),
  );
  expect(words.length).toBeGreaterThan(20);
  const known = new Set([
    ...KEYWORDS.map(({ word }) => word.toLowerCase()),
    ...OPERATORS.flatMap(({ spellings }) => spellings),
    ...REFUSED,
  ]);
  expect([...new Set(words)].filter((word) => !known.has(word) && findCommand(word) === null)).toEqual([]);
});
