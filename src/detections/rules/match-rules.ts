/** Asks rules of one event, plainly: every test of every rule. What tests of rules use, and what faster engines must agree with. */
import { type Network, readAddress, readNetwork } from "#language";
import { unreachable } from "#text";
import type { DetectionEvent, EventValue } from "../event.ts";
import { type NormalForm, originalRange } from "../normal-forms/normal-forms.ts";
import type { EventRule, RuleCondition, RuleMatch, TextTest, ValueTest } from "../rule.ts";
import { ShapeMemory } from "../signatures/shapes.ts";
import { askedEvent, counts, EventForms, isLong, movedMatch, piecesOf, valuesOf } from "./asked-event.ts";
import { compileExpression, type LinearExpression } from "./expressions.ts";

/** Where a test was fulfilled. */
type Found = Omit<RuleMatch, "rule">;

/** Null: not fulfilled. */
type Test = (event: EventForms) => Found | null;

/** A rule that is ready to be asked. */
export interface ReadyRule {
  readonly rule: EventRule;
  readonly test: Test;
}

/** How expressions are made ready. */
export type CompileExpression = (expression: string, flags: string) => LinearExpression;

/** Makes rules ready. */
export function readyRules(
  rules: readonly EventRule[],
  compile: CompileExpression = compileExpression,
): readonly ReadyRule[] {
  const shapes = new ShapeMemory();
  return rules.map((rule) => ({
    rule,
    test: conditionTest(rule.condition, { isNormal: rule.forms === "normal", compile, shapes }),
  }));
}

interface Reading {
  readonly isNormal: boolean;
  readonly compile: CompileExpression;
  readonly shapes: ShapeMemory;
}

/** The rules that an event matches, in their order. */
export function matchRules(rules: readonly ReadyRule[], event: DetectionEvent): readonly RuleMatch[] {
  const pieces = isLong(event) ? piecesOf(event) : [{ event: askedEvent(event), offset: 0 }];
  const found = new Map<EventRule, RuleMatch>();
  for (const { event: piece, offset } of pieces) {
    const forms = new EventForms(piece);
    for (const { rule, test } of rules) {
      if (found.has(rule)) continue;
      if (rule.kinds.length > 0 && !rule.kinds.includes(event.kind) && event.isParsed) continue;
      const one = test(forms);
      if (one !== null && counts(event, one))
        found.set(rule, { rule, ...movedMatch(one, askedEvent(event), offset) });
    }
  }
  return rules.flatMap(({ rule }) => found.get(rule) ?? []);
}

function conditionTest(condition: RuleCondition, reading: Reading): Test {
  switch (condition.kind) {
    case "all": {
      const tests = condition.conditions.map((one) => conditionTest(one, reading));
      return (event) => {
        let first: Found | null = null;
        for (const test of tests) {
          const found = test(event);
          if (found === null) return null;
          first = better(first, found);
        }
        return first ?? NOWHERE;
      };
    }
    case "any": {
      const tests = condition.conditions.map((one) => conditionTest(one, reading));
      return (event) => {
        for (const test of tests) {
          const found = test(event);
          if (found !== null) return found;
        }
        return null;
      };
    }
    case "not": {
      const test = conditionTest(condition.condition, reading);
      return (event) => (test(event) === null ? NOWHERE : null);
    }
    case "anywhere": {
      const range = textRange(condition.test, reading.compile);
      return (event) => foundIn(event.anywhere(reading.isNormal), null, range);
    }
    case "field":
      return fieldTest(condition.field, condition.test, reading);
    default:
      return unreachable(condition);
  }
}

const NOWHERE: Found = { field: null, form: [], text: "", start: null, length: null };

/** Of two places the one that shows more. */
function better(first: Found | null, second: Found): Found {
  return first === null || first.text === "" ? second : first;
}

/** Fields whose values come again and again: what a test says of them is remembered. */
const REPEATING: ReadonlySet<string> = new Set([
  "user_agent.original",
  "http.request.referrer",
  "http.request.method",
]);
const MOST_REMEMBERED = 5_000;
/** Longer values are not worth remembering. */
const LONGEST_REMEMBERED = 1_024;

function fieldTest(field: string, test: ValueTest, reading: Reading): Test {
  const ask = testOfField(field, test, reading);
  if ("field" in test || !REPEATING.has(field)) return ask;
  const known = new Map<EventValue | null, Found | null>();
  return (event) => {
    const value = event.event.value(field);
    const answer = known.get(value);
    if (answer !== undefined) return answer;
    const found = ask(event);
    if (typeof value === "string" && value.length > LONGEST_REMEMBERED) return found;
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(value, found);
    return found;
  };
}

function testOfField(field: string, test: ValueTest, { isNormal, compile, shapes }: Reading): Test {
  switch (test.kind) {
    case "exists":
      return ({ event }) => ((event.value(field) !== null) === test.exists ? { ...NOWHERE, field } : null);
    case "is-null":
      return ({ event }) => (event.value(field) === null ? { ...NOWHERE, field } : null);
    case "compare":
      return ({ event }) => whole(field, event, (value) => compares(value, test));
    case "in-network": {
      const network = readNetwork(test.network);
      return ({ event }) => whole(field, event, (value) => isInNetwork(String(value), network));
    }
    case "shape": {
      return ({ event }) => {
        const value = event.value(field);
        const found = value === null ? null : shapes.test(test, String(value));
        if (found === null) return null;
        const { text, form, start, length } = found;
        return { field, form, text, start, length };
      };
    }
    case "equals-field":
    case "starts-with-field":
    case "ends-with-field":
    case "contains-field":
      return ({ event }) =>
        whole(field, event, (value) =>
          valuesOf(event, test.field).some((other) => comparesField(String(value), other, test.kind)),
        );
    default: {
      const range = textRange(test, compile);
      return (event) => foundIn(event.of(field, isNormal), field, range);
    }
  }
}

function whole(field: string, event: DetectionEvent, test: (value: EventValue) => boolean): Found | null {
  const value = valuesOf(event, field).find(test);
  if (value === undefined) return null;
  const text = String(value);
  return { field, form: [], text, start: 0, length: text.length };
}

function compares(value: EventValue, { operator, number }: Extract<ValueTest, { kind: "compare" }>): boolean {
  const own =
    typeof value === "bigint" ? Number(value) : typeof value === "string" ? numberOf(value) : Number(value);
  switch (operator) {
    case "=":
      return own === number;
    case "<":
      return own < number;
    case "<=":
      return own <= number;
    case ">":
      return own > number;
    case ">=":
      return own >= number;
    default:
      return unreachable(operator);
  }
}

function isInNetwork(text: string, network: Network | null): boolean {
  const address = readAddress(text);
  if (address === null || network === null) return false;
  const hostBits = BigInt(128 - network.prefixLength);
  return address >> hostBits === network.base >> hostBits;
}

function numberOf(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

function comparesField(
  value: string,
  other: EventValue,
  kind: "equals-field" | "starts-with-field" | "ends-with-field" | "contains-field",
): boolean {
  const [first, second] = [value.toLowerCase(), String(other).toLowerCase()];
  if (kind === "equals-field") return first === second;
  if (kind === "starts-with-field") return first.startsWith(second);
  return kind === "ends-with-field" ? first.endsWith(second) : first.includes(second);
}

type RangeTest = (text: string) => { readonly start: number; readonly end: number } | null;

function foundIn(forms: readonly NormalForm[], field: string | null, test: RangeTest): Found | null {
  for (const form of forms) {
    const range = test(form.text);
    if (range === null) continue;
    const original = originalRange(form, range.start, range.end);
    return {
      field,
      form: form.steps,
      text: form.text.slice(range.start, range.end),
      start: original.start,
      length: original.end - original.start,
    };
  }
  return null;
}

function textRange(test: TextTest, compile: CompileExpression): RangeTest {
  if (test.kind === "matches") {
    return found(() => compile(test.expression, test.flags));
  }
  if (test.kind === "wildcard") {
    const parts = test.parts.map((part) =>
      part === "any-text"
        ? ".*"
        : part === "any-character"
          ? "."
          : part.text.replace(/[^\p{L}\p{N}\s_]/gu, "\\$&"),
    );
    return found(() => compile(`^${parts.join("")}$`, test.isCased ? "s" : "si"));
  }
  const looked = test.isCased ? test.text : test.text.toLowerCase();
  return (text) => {
    const own = test.isCased ? text : text.toLowerCase();
    const start = startOf(own, looked, test.kind);
    return start < 0 ? null : { start, end: start + looked.length };
  };
}

/** Most expressions of many rules are never looked for: they are made ready when one is. */
function found(make: () => LinearExpression): RangeTest {
  let expression: LinearExpression | null = null;
  return (text) => {
    expression ??= make();
    return expression.find(text);
  };
}

function startOf(
  text: string,
  looked: string,
  kind: "equals" | "starts-with" | "ends-with" | "contains",
): number {
  switch (kind) {
    case "equals":
      return text === looked ? 0 : -1;
    case "starts-with":
      return text.startsWith(looked) ? 0 : -1;
    case "ends-with":
      return text.endsWith(looked) ? text.length - looked.length : -1;
    default:
      return text.indexOf(looked);
  }
}
