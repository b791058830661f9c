/** Plans and predicates as short text for people. */

import { RAW_TEXT_SLOT, type ScanNetwork, type ScanPredicate } from "#records";
import { textOf } from "#text";
import type { Plan, PlanItem, Scalar } from "./tree.ts";

/** A node in one line, without its inputs. Expressions are shown as the user wrote them. */
export function describeNode(plan: Plan): string {
  switch (plan.kind) {
    case "scan":
      return plan.output.kind === "groups" ? "scan, grouped in parts" : "scan";
    case "listing":
      return "listing";
    case "values":
      return `values: ${plan.rows.length} rows`;
    case "dual":
      return `dual: ${plan.rowCount} rows`;
    case "filter":
      return `filter ${written(plan.condition)}`;
    case "project":
      return `compute ${items(plan.items)}`;
    case "group":
      if (plan.isDistinct === true) return "group by all columns: place of the first row";
      return `group by ${items(plan.keys) || "nothing"}: ${items(plan.aggregates)}`;
    case "sort":
      if (plan.input.kind === "group" && plan.input.isDistinct === true) return "sort by place";
      return `sort ${plan.keys.map((key) => written(key.scalar) + (key.isDescending ? " desc" : "")).join(", ")}`;
    case "limit":
      return `limit ${plan.rowCount}`;
    case "distinct":
      return "distinct";
    case "table":
      return `${plan.format} table ${plan.paths.join(" ")}`;
    case "window":
      return `over rows ${items(plan.items)}`;
    case "unnest":
      return `unnest ${items(plan.items)}`;
    case "tail":
    case "sample":
      return `${plan.kind} ${plan.rowCount}`;
    case "lookup":
      return `ask ${plan.items.map((item) => textOf(item.span).replace(/\s+/g, " ")).join(", ")}`;
    case "save":
      return `save ${plan.path}`;
    case "nearest":
      return `${plan.joinType} join to the nearest within ${plan.withinMs} ms on ${written(plan.condition)}`;
    case "join":
      return `${plan.joinType} join on ${written(plan.condition)}`;
    default:
      return "union";
  }
}

function items(list: readonly PlanItem[]): string {
  return list.map((item) => written(item.scalar)).join(", ");
}

function written(scalar: Scalar): string {
  return textOf(scalar.span).replace(/\s+/g, " ");
}

/** A predicate as a condition; `names` are those of its slots. */
export function describePredicate(predicate: ScanPredicate, names: readonly string[]): string {
  switch (predicate.kind) {
    case "and":
    case "or": {
      const word = predicate.kind === "and" ? " and " : " or ";
      return `(${predicate.operands.map((operand) => describePredicate(operand, names)).join(word)})`;
    }
    case "not":
      return `not ${describePredicate(predicate.operand, names)}`;
    default:
      return describeTest(predicate, nameOf(predicate.slot, names));
  }
}

function nameOf(slot: number, names: readonly string[]): string {
  return slot === RAW_TEXT_SLOT ? "_raw_text" : (names[slot] ?? "?");
}

type Test = Exclude<ScanPredicate, { readonly kind: "and" | "or" | "not" }>;

const SIGNS = { equal: "=", less: "<", "less-equal": "<=", greater: ">", "greater-equal": ">=" } as const;

function describeTest(test: Test, name: string): string {
  switch (test.kind) {
    case "is-null":
      return `${name} is null`;
    case "is-true":
      return name;
    case "compare":
      return `${name} ${SIGNS[test.operator]} ${shown(test.value)}`;
    case "in":
      return `${name} in (${listed(test.values.map(shown))})`;
    case "in-networks":
      return `${name} in ${networks(test.networks)}`;
    default: {
      const pattern = test.parts.join("%");
      return `${name} ${test.ignoresCase ? "ilike" : "like"} ${shown(`${test.isOpenStart ? "%" : ""}${pattern}${test.isOpenEnd ? "%" : ""}`)}`;
    }
  }
}

/** Lists of more are cut. */
const MOST_SHOWN = 20;

function listed(values: readonly string[]): string {
  const rest = values.length - MOST_SHOWN;
  return values.slice(0, MOST_SHOWN).join(", ") + (rest > 0 ? `, … ${rest} more` : "");
}

function networks(list: readonly ScanNetwork[]): string {
  if (list.length > MOST_SHOWN) return `${list.length} networks`;
  return list.length === 1
    ? `a network of ${list[0]?.prefixLength} bits`
    : `networks of ${list.map((network) => network.prefixLength).join(", ")} bits`;
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
