/** Conditions of rule files: mappings of fields to the values that they may have. */

import { parseNetwork } from "../pass/networks.ts";
import type { RuleCondition, ValueTest } from "../rule.ts";
import type { Placed, RuleMapping, YamlValue } from "./yaml-mapping.ts";

/** What stands behind the bar of a field's name, and what it asks. */
export const CONDITION_MODIFIERS: Readonly<Record<string, string>> = {
  contains: "the value contains the text",
  startswith: "the value begins with the text",
  endswith: "the value ends with the text",
  cidr: "the address lies in the network",
  lt: "the number is less",
  lte: "the number is less or equal",
  gt: "the number is greater",
  gte: "the number is greater or equal",
  exists: "the event has the field, or, for `false`, has it not",
  cased: "letters are compared with their case",
  not: "no value of the list fits; an event without the field passes",
};

const TEXT_KINDS: Readonly<Record<string, "contains" | "starts-with" | "ends-with">> = {
  contains: "contains",
  startswith: "starts-with",
  endswith: "ends-with",
};
const OPERATORS: Readonly<Record<string, "<" | "<=" | ">" | ">=">> = {
  lt: "<",
  lte: "<=",
  gt: ">",
  gte: ">=",
};

/**
 * The condition of a member: all fields of a mapping must fit, any mapping of a list. `any` holds a list of mappings of which one must fit,
 * `none` mappings of which none may. Null when there is no such member, or it is wrong (which is reported).
 */
export function readCondition(rule: RuleMapping, key: string): RuleCondition | null {
  const conditions = rule.mappings(key).map(readAll);
  return conditions.length === 0 ? null : joined("any", conditions);
}

function readAll(mapping: RuleMapping): RuleCondition {
  const conditions = mapping.keys().map(({ value: key }): RuleCondition => {
    if (key === "any") return joined("any", mapping.mappings(key).map(readAll));
    if (key === "none") return { kind: "not", condition: joined("any", mapping.mappings(key).map(readAll)) };
    return readField(mapping, key);
  });
  return joined("all", conditions);
}

function joined(kind: "all" | "any", conditions: readonly RuleCondition[]): RuleCondition {
  const [only] = conditions;
  return conditions.length === 1 && only !== undefined ? only : { kind, conditions };
}

function readField(mapping: RuleMapping, key: string): RuleCondition {
  const [field = "", ...modifiers] = key.split("|");
  const unknown = modifiers.find((modifier) => !Object.hasOwn(CONDITION_MODIFIERS, modifier));
  if (field === "") mapping.wrong(key, "A condition begins with the name of a field.");
  if (unknown !== undefined) {
    mapping.wrong(
      key,
      `There is no "|${unknown}".`,
      `There are: ${Object.keys(CONDITION_MODIFIERS).join(", ")}.`,
    );
  }
  const comparisons = modifiers.filter((modifier) => modifier !== "not" && modifier !== "cased");
  if (comparisons.length > 1) mapping.wrong(key, `"${comparisons.join("|")}" do not go together.`);
  const values = mapping.values(key);
  if (values.length === 0) mapping.wrong(key, `"${key}" must name at least one value.`);
  const conditions = values.flatMap((placed): RuleCondition[] => {
    const test = readTest(mapping, key, modifiers, placed);
    return test === null ? [] : [{ kind: "field", field, test }];
  });
  const any = joined("any", conditions);
  return modifiers.includes("not") ? { kind: "not", condition: any } : any;
}

function readTest(
  mapping: RuleMapping,
  key: string,
  modifiers: readonly string[],
  { value }: Placed<YamlValue>,
): ValueTest | null {
  const [comparison = ""] = modifiers.filter((modifier) => modifier !== "not" && modifier !== "cased");
  const operator = OPERATORS[comparison];
  if (operator !== undefined) {
    if (typeof value === "number") return { kind: "compare", operator, number: value };
    mapping.wrong(key, `"${key}" compares with a number.`);
    return null;
  }
  if (comparison === "exists") {
    if (typeof value === "boolean") return { kind: "exists", exists: value };
    mapping.wrong(key, `"${key}" must be true or false.`);
    return null;
  }
  if (comparison === "cidr") {
    if (typeof value === "string" && parseNetwork(value) !== null)
      return { kind: "in-network", network: value };
    mapping.wrong(key, `"${key}" must be a network such as 192.0.2.0/24.`);
    return null;
  }
  if (value === null) return { kind: "is-null" };
  const kind = TEXT_KINDS[comparison];
  if (kind === undefined && typeof value === "number")
    return { kind: "compare", operator: "=", number: value };
  return { kind: kind ?? "equals", text: String(value), isCased: modifiers.includes("cased") };
}
