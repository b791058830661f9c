/** Rules about single events as text of the query language, to be read, changed and run. */
import { unreachable } from "#text";
import type { EventRule, RuleCondition, ShapeLanguage, TextTest, ValueTest } from "./rule.ts";
import { SHAPES } from "./signatures/shapes.ts";

/** A field of a format by its ECS name; null: the format has none. */
export type FieldOfFormat = (ecsName: string) => { readonly name: string; readonly type: string } | null;

/**
 * A script that gives the records of `uri` which the rule matches as they stand in the log. Fields that the format does not have are
 * told in comments and hold no value.
 */
export function queryOfRule(rule: EventRule, uri: string, fieldOf: FieldOfFormat): string {
  const writer = new QueryWriter(fieldOf);
  const condition = writer.condition(rule.condition, false);
  const comments = [
    `// ${rule.title.replace(/\s+/g, " ")} (${rule.id})`,
    ...(rule.forms === "normal"
      ? ["// The rule looks at decoded forms of the values too; this query sees them as they stand."]
      : []),
    ...[...writer.missing].map((field) => `// No field of this format is ${field}: tests of it fail.`),
  ];
  return `${comments.join("\n")}\nPARSE(src:${quoted(uri)})\n | filter(${condition})\n`;
}

/** A text as a constant of the query language. */
function quoted(text: string): string {
  const named: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0" };
  return `'${text.replace(/[\\'\n\r\t\0]/g, (character) => named[character] ?? `\\${character}`)}'`;
}

/** A text as part of an expression in RE2's syntax. */
function inExpression(text: string): string {
  return text.replace(/[^\p{L}\p{N}\s_]/gu, "\\$&");
}

/** An expression for the signs of a shape, as they stand or encoded. */
function shapeSigns(language: ShapeLanguage): string {
  return ["%", ...SHAPES[language].literals].map(inExpression).join("|");
}

class QueryWriter {
  readonly missing = new Set<string>();
  readonly #fieldOf: FieldOfFormat;

  constructor(fieldOf: FieldOfFormat) {
    this.#fieldOf = fieldOf;
  }

  /** @param isNegated a test of a value that is missing must be false then, where it is NULL otherwise */
  condition(condition: RuleCondition, isNegated: boolean): string {
    switch (condition.kind) {
      case "all":
        return this.#join(condition.conditions, " AND ", "true", isNegated);
      case "any":
        return this.#join(condition.conditions, " OR ", "false", isNegated);
      case "not":
        return `NOT (${this.condition(condition.condition, true)})`;
      case "anywhere":
        return textTest("_raw_text", condition.test);
      case "field": {
        const text = this.#field(condition.field, condition.test);
        const { kind } = condition.test;
        return !isNegated || kind === "exists" || kind === "is-null" ? text : `COALESCE(${text}, false)`;
      }
      default:
        return unreachable(condition);
    }
  }

  #join(conditions: readonly RuleCondition[], word: string, empty: string, isNegated: boolean): string {
    const texts = conditions.map((one) => this.condition(one, isNegated));
    if (texts.length <= 1) return texts[0] ?? empty;
    return `(${texts.join(word)})`;
  }

  #field(ecsName: string, test: ValueTest): string {
    const field = this.#fieldOf(ecsName);
    if (field === null) {
      this.missing.add(ecsName);
      return test.kind === "is-null" || (test.kind === "exists" && !test.exists) ? "true" : "false";
    }
    const isText = field.type === "STRING";
    const text = isText ? field.name : `STRING(${field.name})`;
    switch (test.kind) {
      case "in-network":
        return `${field.type === "IPADDR" ? field.name : `IPADDR(${field.name})`} IN ${test.network}`;
      case "compare":
        return `${isText ? `DOUBLE(${field.name})` : field.name} ${test.operator} ${test.number}`;
      case "exists":
        return `${field.name} IS ${test.exists ? "NOT " : ""}NULL`;
      case "is-null":
        return `${field.name} IS NULL`;
      case "shape":
        // What a shape is, no expression tells: the query gives the records that hold one of its signs at least.
        return `${text} MATCHES ${quoted(`(?i)${shapeSigns(test.language)}`)}`;
      case "equals-field":
      case "starts-with-field":
      case "ends-with-field":
      case "contains-field":
        return this.#fieldTest(text, test);
      default:
        return textTest(text, test);
    }
  }

  #fieldTest(text: string, test: ValueTest & { readonly field: string }): string {
    const other = this.#fieldOf(test.field);
    if (other === null) {
      this.missing.add(test.field);
      return "false";
    }
    const [first, second] = [`LOWER(${text})`, `LOWER(STRING(${other.name}))`];
    if (test.kind === "equals-field") return `${first} = ${second}`;
    if (test.kind === "starts-with-field") return `STARTSWITH(${first}, ${second})`;
    return test.kind === "ends-with-field" ? `ENDSWITH(${first}, ${second})` : `${first} CONTAINS ${second}`;
  }
}

/** Texts with these characters are no plain text for ILIKE. */
const LIKE_WILDCARDS = /[%_\\]/;

function textTest(value: string, test: TextTest): string {
  switch (test.kind) {
    case "matches":
      return `${value} MATCHES ${quoted(test.flags === "" ? test.expression : `(?${test.flags})${test.expression}`)}`;
    case "wildcard": {
      const parts = test.parts.map((part) =>
        part === "any-text" ? ".*" : part === "any-character" ? "." : inExpression(part.text),
      );
      return `${value} MATCHES ${quoted(`(?s${test.isCased ? "" : "i"})^${parts.join("")}$`)}`;
    }
    default: {
      const opens = test.kind === "contains" || test.kind === "ends-with";
      const goesOn = test.kind === "contains" || test.kind === "starts-with";
      if (LIKE_WILDCARDS.test(test.text)) {
        const expression = `${opens ? "" : "^"}${inExpression(test.text)}${goesOn ? "" : "$"}`;
        return `${value} MATCHES ${quoted(`(?s${test.isCased ? "" : "i"})${expression}`)}`;
      }
      const operator = test.isCased ? "LIKE" : "ILIKE";
      return `${value} ${operator} ${quoted(`${opens ? "%" : ""}${test.text}${goesOn ? "%" : ""}`)}`;
    }
  }
}
