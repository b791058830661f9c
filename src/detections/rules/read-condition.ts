/** Conditions of rule files: maps of fields to what their values may be. */
import { readNetwork } from "#language";
import type { RuleCondition, ShapeLanguage, ShapeParts, ValueTest } from "../rule.ts";
import { SHAPES } from "../signatures/shapes.ts";
import type { YamlScalar } from "../yaml-text.ts";
import { expressionMistake } from "./expressions.ts";
import type { RuleMembers } from "./rule-members.ts";

/** What may stand behind the bar of a field's name, and what it asks. */
export const CONDITION_MODIFIERS: Readonly<Record<string, string>> = {
  contains: "the value contains the text",
  startswith: "the value begins with the text",
  endswith: "the value ends with the text",
  re: "the regular expression (RE2) is found in the value",
  shape: `some part of the value is built like code: ${Object.keys(SHAPES).join(", ")}`,
  cidr: "the address lies in the network",
  lt: "the number is less",
  lte: "the number is less or equal",
  gt: "the number is greater",
  gte: "the number is greater or equal",
  exists: "the event has the field, or, for `false`, has it not",
  cased: "letters are compared with their case",
  all: "all values of the list fit, not one of them",
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

/** Modifiers that say how values go together, and not what is asked of one. */
const JOINING = new Set(["cased", "all", "not"]);

/** Parts that values of fields are made of; other fields are one text. */
const PARTS: Readonly<Record<string, ShapeParts>> = {
  "url.query": "query",
  "url.path": "path",
  "url.original": "address",
  "url.full": "address",
  "http.request.referrer": "address",
};

/** In place of a field: anywhere in the bytes of the event. */
const ANYWHERE = "anywhere";

/** Maps inside maps inside maps: deeper ones are refused. */
const DEEPEST = 20;

/**
 * The condition of a member: all fields of a map must fit, any map of a list. `any` holds a list of maps of which one must fit, `none`
 * maps of which none may. Null when it is missing or wrong, which is told.
 */
export function readCondition(rule: RuleMembers, name: string, depth = 0): RuleCondition | null {
  const maps = rule.maps(name);
  if (depth > DEEPEST)
    rule.tell("rule-syntax", rule.map.span, `Conditions are nested deeper than ${DEEPEST}.`);
  if (maps.length === 0 || depth > DEEPEST) return null;
  return joined(
    "any",
    maps.map((map) => readAll(rule.inside(map), depth)),
  );
}

function readAll(members: RuleMembers, depth: number): RuleCondition {
  const conditions = members.map.entries.flatMap(({ key }): readonly RuleCondition[] => {
    if (key !== "any" && key !== "none") return [readFields(members, key)];
    const inner = readCondition(members, key, depth + 1);
    if (inner === null) return [];
    return [key === "any" ? inner : { kind: "not", condition: inner }];
  });
  return joined("all", conditions);
}

function joined(kind: "all" | "any", conditions: readonly RuleCondition[]): RuleCondition {
  const [only] = conditions;
  return conditions.length === 1 && only !== undefined ? only : { kind, conditions };
}

/** `a, b|contains: [x, y]`: one of the fields holds one of the texts. */
function readFields(members: RuleMembers, key: string): RuleCondition {
  const [names = "", ...modifiers] = key.split("|");
  const fields = names.split(",").map((field) => field.trim());
  const entry = members.map.entries.find((one) => one.key === key);
  const span = entry?.keySpan ?? members.map.span;
  const asked = modifiers.filter((modifier) => !JOINING.has(modifier));
  for (const modifier of modifiers) {
    if (Object.hasOwn(CONDITION_MODIFIERS, modifier)) continue;
    const help = `There are: ${Object.keys(CONDITION_MODIFIERS).join(", ")}.`;
    members.tell("rule-value", span, `There is no "|${modifier}".`, help);
  }
  if (fields.includes("")) members.tell("rule-value", span, "A condition begins with the name of a field.");
  if (asked.length > 1) members.tell("rule-value", span, `"${asked.join("|")}" do not go together.`);
  const values = members.scalars(key);
  if (values.length === 0) members.tell("rule-value", span, `"${key}" needs a value.`);
  const ofFields = fields.map((field) => {
    const tests = values.flatMap((value) =>
      readTest(members, { field, asked: asked[0] ?? "", modifiers, value }),
    );
    return joined(modifiers.includes("all") ? "all" : "any", tests);
  });
  const any = joined("any", ofFields);
  return modifiers.includes("not") ? { kind: "not", condition: any } : any;
}

interface Asked {
  readonly field: string;
  readonly asked: string;
  readonly modifiers: readonly string[];
  readonly value: YamlScalar;
}

function readTest(members: RuleMembers, asked: Asked): readonly RuleCondition[] {
  const test = testOf(members, asked);
  if (test === null) return [];
  if (asked.field !== ANYWHERE) return [{ kind: "field", field: asked.field, test }];
  if (isTextTest(test)) return [{ kind: "anywhere", test }];
  members.tell(
    "rule-value",
    asked.value.span,
    `The bytes of an event are a text; "${asked.asked}" asks something else.`,
  );
  return [];
}

function isTextTest(test: ValueTest): test is Extract<RuleCondition, { kind: "anywhere" }>["test"] {
  return ["equals", "starts-with", "ends-with", "contains", "wildcard", "matches"].includes(test.kind);
}

function testOf(members: RuleMembers, { field, asked, modifiers, value }: Asked): ValueTest | null {
  const isCased = modifiers.includes("cased");
  const operator = OPERATORS[asked];
  if (operator !== undefined) {
    if (typeof value.value === "number") return { kind: "compare", operator, number: value.value };
    members.tell("rule-value", value.span, `"|${asked}" compares with a number.`);
    return null;
  }
  switch (asked) {
    case "exists":
      if (typeof value.value === "boolean") return { kind: "exists", exists: value.value };
      members.tell("rule-value", value.span, '"|exists" must be true or false.');
      return null;
    case "cidr":
      if (readNetwork(value.text) !== null) return { kind: "in-network", network: value.text };
      members.tell("rule-value", value.span, '"|cidr" must be a network such as 192.0.2.0/24.');
      return null;
    case "re":
      return expressionTest(members, value, isCased);
    case "shape":
      return shapeTest(members, field, value);
    default: {
      if (value.value === null) return { kind: "is-null" };
      const kind = TEXT_KINDS[asked];
      if (kind === undefined && typeof value.value === "number")
        return { kind: "compare", operator: "=", number: value.value };
      return { kind: kind ?? "equals", text: value.text, isCased };
    }
  }
}

function expressionTest(members: RuleMembers, value: YamlScalar, isCased: boolean): ValueTest | null {
  const flags = isCased ? "" : "i";
  const mistake = expressionMistake(value.text, flags);
  if (mistake === null) return { kind: "matches", expression: value.text, flags };
  const help = "Expressions have the syntax of RE2: no look-around, no back-references.";
  members.tell("rule-expression", value.span, mistake, help);
  return null;
}

function shapeTest(members: RuleMembers, field: string, value: YamlScalar): ValueTest | null {
  if (!isShapeLanguage(value.text)) {
    members.tell("rule-value", value.span, `"|shape" must be one of ${Object.keys(SHAPES).join(", ")}.`);
    return null;
  }
  return { kind: "shape", language: value.text, parts: PARTS[field] ?? "text" };
}

function isShapeLanguage(text: string): text is ShapeLanguage {
  return Object.hasOwn(SHAPES, text);
}
