/** Conditions as functions that cost little: what follows from a page alone is asked once per page. */
import { invariant, unreachable } from "#text";
import type { EventValue } from "../event.ts";
import { numberOf, textOfValue } from "../pass/event-values.ts";
import type { EventView } from "../pass/event-view.ts";
import { containsAddress, parseNetwork } from "../pass/networks.ts";
import type { RuleCondition, ValueTest } from "../rule.ts";
import { COMPUTED_FIELDS, fieldValue } from "./computed-fields.ts";

/** A condition, ready to be asked. */
export type ViewTest = (view: EventView) => boolean;

/** Compiles conditions of one pass; at most 31 of them are remembered per page, further ones are asked anew each time. */
export class ConditionCompiler {
  #nextBit = 0;

  compile(condition: RuleCondition): ViewTest {
    switch (condition.kind) {
      case "all": {
        const tests = condition.conditions.map((inner) => this.compile(inner));
        return (view) => {
          for (const test of tests) if (!test(view)) return false;
          return true;
        };
      }
      case "any": {
        const tests = condition.conditions.map((inner) => this.compile(inner));
        return (view) => {
          for (const test of tests) if (test(view)) return true;
          return false;
        };
      }
      case "not": {
        const test = this.compile(condition.condition);
        return (view) => !test(view);
      }
      case "field":
        return this.#compileField(condition.field, condition.test);
      case "anywhere": {
        const { test } = condition;
        const holds = compileTest(test);
        return (view) => holds(view.event.rawText(), view);
      }
      default:
        return unreachable(condition);
    }
  }

  #compileField(field: string, test: ValueTest): ViewTest {
    const holds = compileTest(test);
    const plain: ViewTest = (view) => holds(fieldValue(view, field), view);
    const computed = Object.hasOwn(COMPUTED_FIELDS, field) ? COMPUTED_FIELDS[field] : undefined;
    if (computed?.isOfPage !== true || "field" in test || this.#nextBit >= 31) return plain;
    const bit = 1 << this.#nextBit++;
    return (view) => {
      const { page } = view;
      if (page === null) return plain(view);
      if ((page.askedBits & bit) === 0) {
        page.askedBits |= bit;
        if (plain(view)) page.holdsBits |= bit;
      }
      return (page.holdsBits & bit) !== 0;
    };
  }
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
