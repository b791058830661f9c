/** A rule as text for people. */
import {
  type EventRule,
  type LoadedRule,
  queryOfRule,
  type RuleCondition,
  type ValueTest,
} from "#detections";
import { typeName } from "#language";
import { loadFormats } from "#records";
import { Failure, nearestName, visibleText } from "#text";

/** Examples that are shown of each kind. */
const MOST_EXAMPLES = 5;

/** All that is known of a rule, a few lines. */
export function printRule({ rule, positives, negatives }: LoadedRule): string {
  const facts: readonly (readonly [string, string])[] = [
    ["severity", rule.severity],
    ["phase", rule.phase],
    ["techniques", rule.techniques.join(", ")],
    ["references", rule.references.join(", ")],
    ["false positives", rule.falsePositives.join("; ")],
    ["asked of", rule.kinds.length === 0 ? "all events" : rule.kinds.join(", ")],
    ["looks at", rule.forms === "raw" ? "values as they stand" : "values as they stand and decoded"],
    ["from", rule.origin],
  ];
  const examples = (name: string, list: LoadedRule["positives"]) =>
    list.length === 0
      ? []
      : [
          `${name}:`,
          ...list.slice(0, MOST_EXAMPLES).map(({ text }) => `  ${visibleText(text.slice(0, 200))}`),
        ];
  const lines = [
    `${rule.id}: ${rule.title}`,
    ...(rule.description === "" ? [] : [rule.description]),
    "",
    ...facts.filter(([, value]) => value !== "").map(([name, value]) => `${name.padEnd(15)}  ${value}`),
    "",
    ...printCondition(rule.condition, 0),
    ...(positives.length + negatives.length === 0 ? [] : [""]),
    ...examples("finds", positives),
    ...examples("leaves alone", negatives),
  ];
  return `${lines.join("\n")}\n`;
}

function printCondition(condition: RuleCondition, depth: number): readonly string[] {
  const indent = "  ".repeat(depth);
  switch (condition.kind) {
    case "all":
    case "any":
      return [
        `${indent}${condition.kind} of:`,
        ...condition.conditions.flatMap((one) => printCondition(one, depth + 1)),
      ];
    case "not":
      return [`${indent}not:`, ...printCondition(condition.condition, depth + 1)];
    case "anywhere":
      return [`${indent}the event ${printTest(condition.test)}`];
    case "field":
      return [`${indent}${condition.field} ${printTest(condition.test)}`];
  }
}

function printTest(test: ValueTest): string {
  switch (test.kind) {
    case "equals":
    case "contains":
    case "starts-with":
    case "ends-with":
      return `${test.kind.replace("-", " ")} ${JSON.stringify(test.text)}`;
    case "wildcard":
      return `fits ${JSON.stringify(test.parts.map((part) => (part === "any-text" ? "*" : part === "any-character" ? "?" : part.text)).join(""))}`;
    case "matches":
      return `matches /${test.expression}/${test.flags}`;
    case "shape":
      return `holds a part built like ${test.language}`;
    case "in-network":
      return `lies in ${test.network}`;
    case "compare":
      return `${test.operator} ${test.number}`;
    case "exists":
      return test.exists ? "is there" : "is not there";
    case "is-null":
      return "is null";
    case "equals-field":
    case "starts-with-field":
    case "ends-with-field":
    case "contains-field":
      return `${test.kind.replace("-field", "").replace("-", " ")} the value of ${test.field}`;
  }
}

/** A rule as a script over a log of a shipped format. */
export function printRuleAsQuery(rule: EventRule, formatName: string): string {
  const formats = loadFormats();
  const format = formats.find(({ name }) => name === formatName);
  if (format === undefined) {
    const nearest = nearestName(
      formatName,
      formats.map(({ name }) => name),
    );
    throw new Failure("usage", `There is no shipped format "${formatName}".`, {
      help: nearest === null ? '"trawl formats" shows all.' : `Did you mean "${nearest}"?`,
    });
  }
  const pattern = format.pattern();
  const types = new Map(pattern.fields.map(({ name, type }) => [name, type]));
  const names = new Map(Object.entries(format.ecs(pattern)).map(([name, ecs]) => [ecs, name]));
  return queryOfRule(rule, "access.log", (ecs) => {
    // A target holds its path and its query.
    const name =
      names.get(ecs) ?? (/^url\.(?:path|query|original)$/.test(ecs) ? names.get("url.original") : undefined);
    const type = name === undefined ? undefined : types.get(name);
    return name === undefined || type === undefined ? null : { name, type: typeName(type) };
  });
}
