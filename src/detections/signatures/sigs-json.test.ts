import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drawDiagnostic } from "#text";
import { matchRules, readyRules } from "../rules/match-rules.ts";
import { eventOfFields, fieldsOfRequest } from "../rules/request-event.ts";
import { isSigsJson, loadSigsJson } from "./sigs-json.ts";
import { withoutLookAround } from "./without-look-around.ts";

const filter = (id: string, rule: string, more: object = {}) => ({
  id,
  rule,
  description: `filter ${id}`,
  tags: { tag: ["xss", "csrf"] },
  impact: "4",
  ...more,
});
const sourceOf = (filters: readonly object[]) => ({
  name: "sigs.json",
  text: JSON.stringify({ filters: { filter: filters } }),
});

describe("lists of filters", () => {
  test("become rules that look at decoded targets", () => {
    const source = sourceOf([
      filter("1", "<script\\b"),
      filter("2", "union\\s+select", { tags: { tag: "sqli" }, impact: 7 }),
    ]);
    expect(isSigsJson(source.text)).toBe(true);
    const { rules, diagnostics } = loadSigsJson([source]);
    expect(diagnostics).toEqual([]);
    expect(rules.map(({ id, severity, techniques }) => [id, severity, techniques])).toEqual([
      ["sigs-1", "medium", ["T1059.007", "T1190"]],
      ["sigs-2", "critical", ["T1190"]],
    ]);
    const ready = readyRules(rules);
    const found = (request: string) =>
      matchRules(ready, eventOfFields("web", fieldsOfRequest(request), null)).map(({ rule }) => rule.id);
    expect(found("/?q=%253CSCRIPT%253E")).toEqual(["sigs-1"]);
    expect(found("/?q=1+UNION/**/SELECT+2")).toEqual(["sigs-2"]);
    expect(found("/?q=script")).toEqual([]);
  });

  test("tell each filter that cannot be run in linear time, with the reason, and keep the others", () => {
    const { rules, diagnostics } = loadSigsJson([
      sourceOf([
        filter("1", "on(?!g\\W)\\w+="),
        filter("2", "(['\"])x\\1"),
        filter("3", "(?(1)a|b)"),
        filter("4", "(unclosed"),
        filter("5", "ok"),
        { id: "6" },
      ]),
    ]);
    expect(rules.map(({ id }) => id)).toEqual(["sigs-5"]);
    expect(diagnostics.map(({ code, message }) => `${code}: ${message}`)).toMatchInlineSnapshot(`
      [
        "rule-expression: Filter 1 is left out: it has look-ahead inside of the expression, which cannot be run in linear time.",
        "rule-expression: Filter 2 is left out: it has a back-reference, which cannot be run in linear time.",
        "rule-expression: Filter 3 is left out: it has a condition (\`(?(1)…)\`), which cannot be run in linear time.",
        "rule-expression: Filter 4 is left out: The expression cannot be run in linear time: missing closing ): \`(?s)(?i)(unclosed\`.",
        "rule-member-missing: A filter needs "id" and "rule".",
      ]
    `);
    expect(drawDiagnostic(diagnostics[0]!)).toContain("on(?!g");
  });

  test("may end and begin with look-around: the same is asked without it", () => {
    const { rules, diagnostics } = loadSigsJson([
      sourceOf([filter("1", "(?:a(?=b))|(?:(?<=c)d)|(?:e(?!f))|(?:(?<![gh])i)")]),
    ]);
    expect(diagnostics).toEqual([]);
    const ready = readyRules(rules);
    const isFound = (text: string) =>
      matchRules(ready, eventOfFields("web", { "url.original": text }, null)).length > 0;
    expect(["ab", "cd", "e", "ex", "i", "xi"].map(isFound)).toEqual(new Array(6).fill(true));
    expect(["a", "ac", "d", "xd", "ef", "gi", "hi"].map(isFound)).toEqual(new Array(7).fill(false));
  });

  test("that are no such list are told", () => {
    const told = (text: string) => loadSigsJson([{ name: "x", text }]).diagnostics.map(({ code }) => code);
    expect(told('{"filters":')).toEqual(["rule-syntax"]);
    expect(told('{"filters":{"filter":{}}}')).toEqual(["rule-syntax"]);
    expect(told('{"filters":{"filter":[null, 5, "x"]}}')).toEqual(["rule-member-missing"]);
  });
});

test("an expression without look-around finds what the one with it finds", () => {
  const inner = fc.constantFrom("a", "b", "[ab]", "[^a]", "\\w", "a|b", "x+", "(?:ab)?", ".");
  const single = fc.constantFrom("a", "[ab]", "[^b]", "\\w", "-");
  const parts = fc.oneof(
    fc.tuple(inner, inner).map(([first, second]) => `(?:${first})(?=${second})`),
    fc.tuple(inner, single).map(([first, second]) => `(?:${first})(?!${second})`),
    fc.tuple(inner, single).map(([first, second]) => `(?<=${second})(?:${first})`),
    fc.tuple(inner, single).map(([first, second]) => `(?<!${second})(?:${first})`),
  );
  const texts = fc.array(fc.constantFrom("a", "b", "x", "-"), { maxLength: 6 }).map((all) => all.join(""));
  fc.assert(
    fc.property(fc.array(parts, { minLength: 1, maxLength: 3 }), texts, (alternatives, text) => {
      const expression = alternatives.join("|");
      const plain = withoutLookAround(expression);
      expect(plain).not.toBeNull();
      expect(new RegExp(plain ?? "", "s").test(text)).toBe(new RegExp(expression, "s").test(text));
    }),
  );
});
