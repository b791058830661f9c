/** Elements as a pattern writes them. */
import { invariant, unreachable } from "#text";
import { hasExports } from "./fields.ts";
import { type ConfigKey, type Matcher, TEXT_CONFIG } from "./matchers/matcher.ts";
import { CLASS_MATCHERS } from "./matchers/texts.ts";
import { findMatcher } from "./matchers.ts";
import { OPEN_MAXIMUM } from "./parse-suffix.ts";
import { printBytes, printName, printRanges, printText } from "./print-text.ts";
import type {
  ChoiceNode,
  CsvNode,
  EnumNode,
  GroupNode,
  JsonMember,
  JsonNode,
  JsonObjectShape,
  JsonShape,
  MatcherNode,
  PatternNode,
  Quantifier,
  SetNode,
} from "./tree.ts";

const LOOK_SIGNS = { ahead: ">>", "not-ahead": "!>>", behind: "<<", "not-behind": "!<<" } as const;

type Config = Readonly<Record<string, string | number | boolean>>;

/** Elements with blanks between them. */
export function printElements(nodes: readonly PatternNode[]): string {
  return nodes.map(printElement).join(" ");
}

function printElement(node: PatternNode): string {
  const look = node.look === null ? "" : LOOK_SIGNS[node.look];
  const optional = node.isOptional ? "?" : "";
  const name = node.name === null ? "" : `:${printName(node.name)}`;
  return `${look}${printCore(node)}${printQuantifier(node.quantifier)}${optional}${name}`;
}

function printQuantifier(quantifier: Quantifier | null): string {
  if (quantifier === null) return "";
  const { min, max } = quantifier;
  if (max === OPEN_MAXIMUM && min < 2) return min === 0 ? "*" : "+";
  return printBounds(quantifier);
}

function printBounds({ min, max }: Quantifier): string {
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

function printCore(node: PatternNode): string {
  switch (node.kind) {
    case "literal":
      return `${printBytes(node.bytes)}${node.ignoresCase ? "(cis=true)" : ""}`;
    case "set":
      return printSet(node);
    case "matcher":
      return printMatcher(node);
    case "group":
      return printGroup(node);
    case "choice":
      return printChoice(node);
    case "reference":
      return `$${node.target}`;
    case "structure":
      return `STRUCTURE{${printElements(node.body.members)}}`;
    case "array":
      return `ARRAY{${printElements(node.body.members)}}`;
    case "kvp":
      return `KVP{${printElements(node.body.members)}}`;
    case "enum":
      return printEnum(node);
    case "constant":
      return `<${printText(node.value)}>`;
    case "csv":
      return printCsv(node);
    case "json":
      return printJson(node);
    default:
      return unreachable(node);
  }
}

function printGroup(node: GroupNode): string {
  return `(${printElements(node.members)})${printSeparator(node.separator)}`;
}

function printChoice({ branches }: ChoiceNode): string {
  const texts = branches.map((branch) => printElements(branch.members));
  return `(${texts.join(" | ")})${printSeparator(branches[0]?.separator ?? null)}`;
}

function printSeparator(separator: readonly number[] | null): string {
  return separator === null ? "" : `(fs=${printBytes(separator)})`;
}

function printSet(node: SetNode): string {
  if (node.config === undefined) return printRanges(node.ranges);
  const written = printRanges(node.ranges);
  const matcher = CLASS_MATCHERS.find((row) => printRanges(row.ranges ?? []) === written);
  invariant(matcher !== undefined, "only class matchers have settings");
  return `${matcher.name}${printConfig(matcher, node.config)}`;
}

function printMatcher(node: MatcherNode): string {
  const matcher = findMatcher(node.matcher);
  invariant(matcher !== null, "matchers of a checked pattern are known");
  return `${matcher.name}${printConfig(matcher, node.config)}`;
}

function printConfig(matcher: Matcher, config: Config): string {
  return printSettings(settingTexts(matcher.config, config));
}

function settingTexts(keys: readonly ConfigKey[], config: Config): readonly string[] {
  return keys.flatMap(({ key, value: kind, isUnnamed }) => {
    const value = config[key];
    if (value === undefined) return [];
    const written = typeof value === "string" && kind !== "integer" ? printText(value) : String(value);
    return isUnnamed ? [written] : [`${key}=${written}`];
  });
}

function printEnum({ entries, ignoresCase }: EnumNode): string {
  const texts = entries.map(({ bytes, value }) => `${printBytes(bytes)}=${value}`);
  return `ENUM{${texts.join(", ")}}${ignoresCase ? "(cis=true)" : ""}`;
}

function printCsv(node: CsvNode): string {
  const settings = [
    ...(node.separator === 0x2c ? [] : [`sep=${printBytes([node.separator])}`]),
    ...(node.quote === 0x22 ? [] : [`quote=${printBytes([node.quote])}`]),
    ...(node.hasHeader ? ["header=true"] : []),
  ];
  return `CSV{${printElements(node.columns)}}${printSettings(settings)}`;
}

const DEFAULT_MAX_BYTES = findMatcher("JSON")?.config.find(({ key }) => key === "maxlen")?.defaultValue;

function printJson({ shape, maxBytes, isStrict, config }: JsonNode): string {
  const settings = [
    ...(maxBytes === DEFAULT_MAX_BYTES ? [] : [`maxlen=${maxBytes}`]),
    ...(isStrict ? [] : ["strict=false"]),
    ...settingTexts(TEXT_CONFIG, config ?? {}),
  ];
  switch (shape.kind) {
    case "any":
      return `JSON_VALUE${printSettings(settings)}`;
    case "any-object":
      return `JSON${printSettings(settings)}`;
    case "any-array":
      return `JSON_ARRAY${printSettings(settings)}`;
    case "object":
      return `JSON${printObject(shape.object, settings)}`;
    case "array":
      return `JSON_ARRAY{${printShape(shape.element)}}${printSettings(settings)}`;
    case "scalar":
    case "text":
      return `JSON_VALUE{${printShape(shape)}}${printSettings(settings)}`;
    default:
      return unreachable(shape);
  }
}

function printSettings(settings: readonly string[]): string {
  return settings.length === 0 ? "" : `(${settings.join(", ")})`;
}

function printObject({ members, greedy, isFlat }: JsonObjectShape, settings: readonly string[] = []): string {
  const all = [
    ...(greedy === null ? [] : [`greedy=${printText(greedy)}`]),
    ...(isFlat ? ["flat=true"] : []),
    ...settings,
  ];
  return `{${members.map(printMember).join(", ")}}${printSettings(all)}`;
}

function printShape(shape: JsonShape): string {
  switch (shape.kind) {
    case "any":
      return "JSON_VALUE";
    case "any-object":
      return "JSON";
    case "any-array":
      return "JSON_ARRAY";
    case "array":
      return `${printShape(shape.element)}[]`;
    case "object":
      return printObject(shape.object);
    case "text":
      return printGroup(shape.body);
    case "scalar":
      return printScalar(shape.matcher);
    default:
      return unreachable(shape);
  }
}

/** Bounds are written out: `+` would make the member mandatory. */
function printScalar(node: MatcherNode | EnumNode): string {
  const bounds = node.quantifier === null ? "" : printBounds(node.quantifier);
  return `${printCore(node)}${bounds}`;
}

function printMember(member: JsonMember): string {
  const { memberName, name, shape } = member;
  const sign = member.isMandatory ? "+" : "";
  return `${printShape(shape)}${sign}:${printName(memberName)}${printAlias(shape, memberName, name)}`;
}

function printAlias(shape: JsonShape, memberName: string, name: string | null): string {
  const hasParts = shape.kind === "text" && hasExports(shape.body);
  if (name === null) return hasParts || (shape.kind === "object" && shape.object.isFlat) ? "" : ":null";
  if (name === memberName && !hasParts) return "";
  return `:${name === "null" ? printText(name) : printName(name)}`;
}
