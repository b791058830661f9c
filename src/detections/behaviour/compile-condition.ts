/** Conditions as functions that cost little. */
import { invariant, unreachable } from "#text";
import type { EventValue } from "../event.ts";
import { numberOf, textOfValue } from "../pass/event-values.ts";
import type { EventView } from "../pass/event-view.ts";
import { containsAddress, parseNetwork } from "../pass/networks.ts";
import type { RuleCondition, ValueTest } from "../rule.ts";
import { COMPUTED_FIELDS, fieldValue } from "./computed-fields.ts";

/** A condition, ready to be asked. */
export type ViewTest = (view: EventView) => boolean;

/** A condition in two parts. An event fits when both hold. */
export interface SplitCondition {
  /** What follows from the page alone, so that it need be asked only once per page. Null: nothing does. */
  readonly ofPage: ViewTest | null;
  /** What must be asked of each event. Null: nothing more. */
  readonly ofEvent: ViewTest | null;
}

/** Divides a condition into what its page decides and what is left. */
export function splitCondition(condition: RuleCondition): SplitCondition {
  const parts = condition.kind === "all" ? condition.conditions : [condition];
  const ofPage = parts.filter(isOfPage).map(compileCondition);
  const ofEvent = parts.filter((part) => !isOfPage(part)).map(compileCondition);
  return {
    ofPage: ofPage.length === 0 ? null : allOf(ofPage),
    ofEvent: ofEvent.length === 0 ? null : allOf(ofEvent),
  };
}

/** What is left of a condition where events lack some fields; null: it cannot hold. */
export function possibleCondition(
  condition: RuleCondition,
  has: (field: string) => boolean,
): RuleCondition | null {
  switch (condition.kind) {
    case "all": {
      const left = condition.conditions.map((one) => possibleCondition(one, has));
      return left.includes(null) ? null : { ...condition, conditions: left.flatMap((one) => one ?? []) };
    }
    case "any": {
      const left = condition.conditions.flatMap((one) => possibleCondition(one, has) ?? []);
      return left.length === 0 ? null : { ...condition, conditions: left };
    }
    case "field": {
      const { field, test } = condition;
      const holdsOfNothing = test.kind === "is-null" || (test.kind === "exists" && !test.exists);
      return holdsOfNothing || Object.hasOwn(COMPUTED_FIELDS, field) || has(field) ? condition : null;
    }
    default:
      return condition;
  }
}

const STATUS_FIELD = "http.response.status_code";

/** The statuses of which one must be the event's for the condition to hold; null: any may be. */
export function statusesOf(condition: RuleCondition): ReadonlySet<number> | null {
  switch (condition.kind) {
    case "all":
      return condition.conditions.map(statusesOf).find((statuses) => statuses !== null) ?? null;
    case "any": {
      const all = condition.conditions.map(statusesOf);
      return all.includes(null) ? null : new Set(all.flatMap((statuses) => [...(statuses ?? [])]));
    }
    case "field": {
      const { field, test } = condition;
      const isEqual = field === STATUS_FIELD && test.kind === "compare" && test.operator === "=";
      return isEqual ? new Set([test.number]) : null;
    }
    default:
      return null;
  }
}

function isOfPage(condition: RuleCondition): boolean {
  switch (condition.kind) {
    case "all":
    case "any":
      return condition.conditions.every(isOfPage);
    case "not":
      return isOfPage(condition.condition);
    case "field":
      return (
        isPageField(condition.field) && (!("field" in condition.test) || isPageField(condition.test.field))
      );
    case "anywhere":
      return false;
    default:
      return unreachable(condition);
  }
}

function isPageField(field: string): boolean {
  return Object.hasOwn(COMPUTED_FIELDS, field) && COMPUTED_FIELDS[field]?.isOfPage === true;
}

/** The condition as a function of an event. */
export function compileCondition(condition: RuleCondition): ViewTest {
  switch (condition.kind) {
    case "all":
      return allOf(condition.conditions.map(compileCondition));
    case "any": {
      const field = sharedField(condition.conditions);
      return field === null
        ? anyOf(condition.conditions.map(compileCondition))
        : compileField(field.name, field.holds);
    }
    case "not": {
      const test = compileCondition(condition.condition);
      return (view) => !test(view);
    }
    case "field":
      return (
        queryStart(condition.field, condition.test) ??
        compileField(condition.field, compileTest(condition.test))
      );
    case "anywhere": {
      const holds = compileTest(condition.test);
      return (view) => holds(view.event.rawText(), view);
    }
    default:
      return unreachable(condition);
  }
}

/** Fast path: how a query begins is seen without decoding it. */
function queryStart(field: string, test: ValueTest): ViewTest | null {
  if (field !== "url.query" || test.kind !== "starts-with" || test.isCased) return null;
  const text = test.text.toLowerCase();
  return /^[ -~]+$/.test(text) ? (view) => view.queryStartsWith(text) : null;
}

function compileField(field: string, holds: CompiledTest): ViewTest {
  const computed = Object.hasOwn(COMPUTED_FIELDS, field) ? COMPUTED_FIELDS[field] : undefined;
  if (computed === undefined) return (view) => holds(view.event.value(field), view);
  const { value } = computed;
  return (view) => holds(value(view), view);
}

function allOf(tests: readonly ViewTest[]): ViewTest {
  const [first, second, third] = tests;
  if (first !== undefined && second !== undefined && tests.length === 2)
    return (view) => first(view) && second(view);
  if (first !== undefined && second !== undefined && third !== undefined && tests.length === 3) {
    return (view) => first(view) && second(view) && third(view);
  }
  return (view) => {
    for (const test of tests) if (!test(view)) return false;
    return true;
  };
}

function anyOf(tests: readonly ViewTest[]): ViewTest {
  const [first, second] = tests;
  if (first !== undefined && second !== undefined && tests.length === 2)
    return (view) => first(view) || second(view);
  return (view) => tests.some((test) => test(view));
}

/** Fast path: tests of one field become one test, and equal numbers one lookup. Null: they are about several fields, or others. */
function sharedField(
  conditions: readonly RuleCondition[],
): { readonly name: string; readonly holds: CompiledTest } | null {
  const fields = conditions.flatMap((condition) => (condition.kind === "field" ? [condition] : []));
  const [first] = fields;
  if (first === undefined || fields.length !== conditions.length) return null;
  if (!fields.every(({ field, test }) => field === first.field && !("field" in test))) return null;
  const numbers = fields.flatMap(({ test }) =>
    test.kind === "compare" && test.operator === "=" ? [test.number] : [],
  );
  if (numbers.length === fields.length) {
    const set = new Set(numbers);
    return { name: first.field, holds: (value) => set.has(numberOf(value) ?? Number.NaN) };
  }
  const texts = fields.flatMap(({ test }) => (test.kind === "contains" && !test.isCased ? [test.text] : []));
  if (texts.length === fields.length) return { name: first.field, holds: containsOneOf(texts) };
  const tests = fields.map(({ test }) => compileTest(test));
  return { name: first.field, holds: (value, view) => tests.some((test) => test(value, view)) };
}

function containsOneOf(texts: readonly string[]): CompiledTest {
  const wanted = texts.map((text) => text.toLowerCase());
  return (value) => {
    const found = textOfValue(value)?.toLowerCase();
    return found !== undefined && wanted.some((text) => found.includes(text));
  };
}

type CompiledTest = (value: EventValue | null, view: EventView) => boolean;

function compileTest(test: ValueTest): CompiledTest {
  switch (test.kind) {
    case "equals":
    case "starts-with":
    case "ends-with":
    case "contains":
      return compileTextTest(test.kind, test.text, test.isCased);
    case "in-network": {
      const network = parseNetwork(test.network);
      invariant(network !== null, "networks of conditions were checked when they were read");
      return (value) => typeof value === "string" && containsAddress(network, value);
    }
    case "compare": {
      const { operator, number } = test;
      return (value) => {
        const found = numberOf(value);
        return found !== null && compares(found, operator, number);
      };
    }
    case "exists":
      return (value) => (value !== null) === test.exists;
    case "is-null":
      return (value) => value === null;
    case "equals-field":
    case "starts-with-field":
    case "ends-with-field":
    case "contains-field": {
      const kind = FIELD_TESTS[test.kind];
      return (value, view) => {
        const other = textOfValue(fieldValue(view, test.field));
        return other !== null && compileTextTest(kind, other, false)(value, view);
      };
    }
    case "wildcard":
    case "matches":
    case "shape":
      throw new Error("Internal error: conditions of buckets hold no expressions and wildcards");
    default:
      return unreachable(test);
  }
}

const FIELD_TESTS = {
  "equals-field": "equals",
  "starts-with-field": "starts-with",
  "ends-with-field": "ends-with",
  "contains-field": "contains",
} as const;

function compileTextTest(
  kind: "equals" | "starts-with" | "ends-with" | "contains",
  text: string,
  isCased: boolean,
): CompiledTest {
  const wanted = isCased ? text : text.toLowerCase();
  const finds = {
    equals: (found: string) => found === wanted,
    "starts-with": (found: string) => found.startsWith(wanted),
    "ends-with": (found: string) => found.endsWith(wanted),
    contains: (found: string) => found.includes(wanted),
  }[kind];
  return (value) => {
    const found = textOfValue(value);
    return found !== null && finds(isCased ? found : found.toLowerCase());
  };
}

function compares(found: number, operator: "=" | "<" | "<=" | ">" | ">=", number: number): boolean {
  switch (operator) {
    case "=":
      return found === number;
    case "<":
      return found < number;
    case "<=":
      return found <= number;
    case ">":
      return found > number;
    case ">=":
      return found >= number;
    default:
      return unreachable(operator);
  }
}
