/** Items of a Sigma detection, `field|modifier: values`, as conditions. */
import { readAddress } from "#language";
import { type DiagnosticCode, type Diagnostics, nearestName, type TextSpan } from "#text";
import type { RuleCondition, TextTest, ValueTest } from "../rule.ts";
import type { YamlEntry, YamlScalar, YamlValue } from "../yaml-text.ts";
import { fieldsOfSigma } from "./sigma-fields.ts";
import { SIGMA_MODIFIERS, type SigmaModifier } from "./sigma-modifiers.ts";
import {
  base64Of,
  base64Offsets,
  literalText,
  plainTextOf,
  readSigmaText,
  type SigmaText,
  type TextPosition,
  testOfText,
  utf16Bytes,
  windashTexts,
} from "./sigma-text.ts";

/** What reading a rule needs besides its text. */
export interface SigmaReading {
  readonly diagnostics: Diagnostics;
  /** Values for `%name%` with the modifier `expand`. */
  readonly placeholders: ReadonlyMap<string, readonly string[]>;
}

/** The modifiers of an item, sorted by what they do. */
interface Modifiers {
  readonly all: readonly SigmaModifier[];
  readonly isAll: boolean;
  readonly isCased: boolean;
  readonly isNot: boolean;
  readonly flags: string;
  readonly position: TextPosition;
}

/** A text on its way through the encodings. */
interface Encoded {
  readonly text: SigmaText;
  readonly isBytes: boolean;
}

/** The condition of `field|modifiers: value`; null when it cannot be read (told in the diagnostics). */
export function conditionOfItem(entry: YamlEntry, reading: SigmaReading): RuleCondition | null {
  const [field = "", ...names] = entry.key.split("|");
  const read = readModifiers(names, entry.keySpan, reading);
  if (read === null) return null;
  // Keywords stand anywhere in an event; nobody means that the event is nothing else.
  const modifiers: Modifiers =
    field === "" && read.position === "equals" ? { ...read, position: "contains" } : read;
  const scalars = scalarsOf(entry.value, reading);
  if (scalars === null) return null;
  const conditions: RuleCondition[] = [];
  for (const scalar of scalars) {
    const condition = conditionOfValue(field, scalar, modifiers, reading);
    if (condition === null) return null;
    conditions.push(condition);
  }
  const joined = joinConditions(modifiers.isAll ? "all" : "any", conditions);
  return modifiers.isNot ? { kind: "not", condition: joined } : joined;
}

/** Several conditions as one. */
export function joinConditions(kind: "all" | "any", conditions: readonly RuleCondition[]): RuleCondition {
  const [only] = conditions;
  return conditions.length === 1 && only !== undefined ? only : { kind, conditions };
}

/** The condition of a keyword: its text stands somewhere in the event. */
export function conditionOfKeyword(scalar: YamlScalar): RuleCondition {
  return { kind: "anywhere", test: testOfText(readSigmaText(scalar.text), "contains", false) };
}

function scalarsOf(value: YamlValue, { diagnostics }: SigmaReading): readonly YamlScalar[] | null {
  const values = value.kind === "list" ? value.items : [value];
  const scalars = values.flatMap((one) => (one.kind === "scalar" ? [one] : []));
  if (scalars.length === values.length && scalars.length > 0) return scalars;
  const message =
    values.length === 0 ? "The list of values is empty." : "A field takes single values or a list of them.";
  diagnostics.report({ code: "sigma-member", span: value.span, message });
  return null;
}

function readModifiers(
  names: readonly string[],
  span: TextSpan,
  { diagnostics }: SigmaReading,
): Modifiers | null {
  const all: SigmaModifier[] = [];
  for (const name of names) {
    const modifier = Object.hasOwn(SIGMA_MODIFIERS, name) ? SIGMA_MODIFIERS[name] : undefined;
    if (modifier === undefined) {
      const near = nearestName(name, Object.keys(SIGMA_MODIFIERS));
      const help =
        near === null ? `Modifiers: ${Object.keys(SIGMA_MODIFIERS).join(", ")}.` : `Did you mean "${near}"?`;
      diagnostics.report({ code: "sigma-modifier", span, message: `There is no modifier "${name}".`, help });
      return null;
    }
    if (modifier.kind === "unsupported") {
      const message = `The modifier "${name}" ${modifier.reason}.`;
      diagnostics.report({ code: "sigma-unsupported", span, message });
      return null;
    }
    all.push(modifier);
  }
  const has = (kind: SigmaModifier["kind"]) => all.some((modifier) => modifier.kind === kind);
  const position = all.find((modifier) => modifier.kind === "position");
  const encodes = all.some(
    (modifier) => modifier.kind === "encode" && modifier.encoding.startsWith("base64"),
  );
  return {
    all,
    isAll: has("all"),
    isCased: has("cased") || encodes,
    isNot: has("not"),
    flags: all.flatMap((modifier) => (modifier.kind === "expression-flag" ? [modifier.flag] : [])).join(""),
    position: position?.kind === "position" ? position.position : "equals",
  };
}

function conditionOfValue(
  field: string,
  scalar: YamlScalar,
  modifiers: Modifiers,
  reading: SigmaReading,
): RuleCondition | null {
  const tests = testsOf(scalar, modifiers, reading);
  if (tests === null) return null;
  if (field === "") {
    const texts = tests.flatMap((test) => (isTextTest(test) ? [test] : []));
    if (texts.length < tests.length) {
      tell(reading, "sigma-modifier", scalar.span, "This modifier needs the name of a field before it.");
      return null;
    }
    return joinConditions(
      "any",
      texts.map((test) => ({ kind: "anywhere", test })),
    );
  }
  const names = fieldsOfSigma(field);
  const conditionsOf = (own: readonly ValueTest[]) =>
    names.flatMap((name) =>
      // A value compared with itself says nothing: two names of Sigma can mean one field.
      own
        .filter((test) => !("field" in test) || test.field !== name)
        .map((test): RuleCondition => ({ kind: "field", field: name, test: testOfAddress(name, test) })),
    );
  const present = conditionsOf(tests.filter((test) => !isAbsence(test)));
  // A field that is there nowhere is one that is there under none of its names.
  const absent = tests.filter(isAbsence).map((test) => joinConditions("all", conditionsOf([test])));
  return joinConditions("any", [...present, ...absent]);
}

/** An address of IPv6 can be written in several ways: it is compared as an address where the field is one. */
function testOfAddress(field: string, test: ValueTest): ValueTest {
  if (test.kind !== "equals" || !field.endsWith(".ip") || !test.text.includes(":")) return test;
  return readAddress(test.text) === null ? test : { kind: "in-network", network: `${test.text}/128` };
}

function isAbsence(test: ValueTest): boolean {
  return test.kind === "is-null" || (test.kind === "exists" && !test.exists);
}

function isTextTest(test: ValueTest): test is TextTest {
  return ["equals", "starts-with", "ends-with", "contains", "wildcard", "matches"].includes(test.kind);
}

function testsOf(
  scalar: YamlScalar,
  modifiers: Modifiers,
  reading: SigmaReading,
): readonly ValueTest[] | null {
  const { all, isCased, position, flags } = modifiers;
  for (const modifier of all) {
    switch (modifier.kind) {
      case "expression":
        return [{ kind: "matches", expression: scalar.text, flags }];
      case "network":
        return networkTest(scalar, reading);
      case "exists":
        return existsTest(scalar, reading);
      case "compare":
        return compareTest(scalar, modifier.operator, reading);
      case "field":
        return fieldsOfSigma(scalar.text).map((field) => ({ kind: fieldTestOf(position), field }));
      default:
    }
  }
  if (flags !== "") {
    tell(reading, "sigma-modifier", scalar.span, 'The modifiers "i", "m" and "s" belong behind "re".');
    return null;
  }
  if (scalar.value === null) return [{ kind: "is-null" }];
  const texts = encodedTexts(scalar, modifiers, reading);
  if (texts === null) return null;
  const tests = texts.map(({ text }) => testOfText(text, position, isCased));
  // What a log writes as nothing (a dash) is absent here, and an empty text for Sigma.
  return scalar.text === "" && position === "equals" ? [...tests, { kind: "is-null" }] : tests;
}

function fieldTestOf(position: TextPosition) {
  const kinds = {
    equals: "equals-field",
    "starts-with": "starts-with-field",
    "ends-with": "ends-with-field",
    contains: "contains-field",
  } as const;
  return kinds[position];
}

const NETWORK = /^[0-9a-fA-F.:]+\/\d{1,3}$/;

function networkTest(scalar: YamlScalar, reading: SigmaReading): readonly ValueTest[] | null {
  if (NETWORK.test(scalar.text)) return [{ kind: "in-network", network: scalar.text }];
  tell(
    reading,
    "sigma-modifier",
    scalar.span,
    `"${scalar.text}" is no network such as 192.0.2.0/24 or 2001:db8::/32.`,
  );
  return null;
}

function existsTest(scalar: YamlScalar, reading: SigmaReading): readonly ValueTest[] | null {
  const text = scalar.text.toLowerCase();
  if (text === "true" || text === "false" || text === "yes" || text === "no")
    return [{ kind: "exists", exists: text === "true" || text === "yes" }];
  tell(reading, "sigma-modifier", scalar.span, '"exists" takes true or false.');
  return null;
}

function compareTest(
  scalar: YamlScalar,
  operator: "<" | "<=" | ">" | ">=",
  reading: SigmaReading,
): readonly ValueTest[] | null {
  const number = scalar.text.trim() === "" ? Number.NaN : Number(scalar.text);
  if (Number.isFinite(number)) return [{ kind: "compare", operator, number }];
  tell(reading, "sigma-modifier", scalar.span, `A comparison takes a number, not "${scalar.text}".`);
  return null;
}

function encodedTexts(
  scalar: YamlScalar,
  { all }: Modifiers,
  reading: SigmaReading,
): readonly Encoded[] | null {
  const isExpanded = all.some(({ kind }) => kind === "expand");
  const written = isExpanded ? expand(scalar, reading) : [scalar.text];
  if (written === null) return null;
  let texts: readonly Encoded[] = written.map((text) => ({ text: readSigmaText(text), isBytes: false }));
  for (const modifier of all) {
    if (modifier.kind !== "encode") continue;
    const next: Encoded[] = [];
    for (const { text, isBytes } of texts) {
      const plain = plainTextOf(text);
      if (plain === null) {
        const message = "A value that is encoded cannot hold the wildcards * and ?.";
        reading.diagnostics.report({
          code: "sigma-modifier",
          span: scalar.span,
          message,
          help: "Write \\* and \\? for the characters.",
        });
        return null;
      }
      next.push(...encode(plain, isBytes, modifier.encoding));
    }
    texts = next;
  }
  return texts;
}

function encode(
  text: string,
  isBytes: boolean,
  encoding: (SigmaModifier & { kind: "encode" })["encoding"],
): readonly Encoded[] {
  const bytes = (...texts: readonly string[]) =>
    texts.map((one) => ({ text: literalText(one), isBytes: true }));
  const characters = (texts: readonly string[]) => texts.map((one) => ({ text: literalText(one), isBytes }));
  switch (encoding) {
    case "base64":
      return characters([base64Of(text, isBytes)]);
    case "base64offset":
      return characters(base64Offsets(text, isBytes));
    case "utf16le":
      return bytes(utf16Bytes(text, false));
    case "utf16be":
      return bytes(utf16Bytes(text, true));
    case "utf16":
      return bytes(`\xff\xfe${utf16Bytes(text, false)}`, `\xfe\xff${utf16Bytes(text, true)}`);
    default:
      return characters(windashTexts(text));
  }
}

const PLACEHOLDER = /%([A-Za-z_][\w.-]*)%/;
/** Texts that placeholders of one value may become. */
const MOST_EXPANDED = 100_000;

function expand(scalar: YamlScalar, reading: SigmaReading): readonly string[] | null {
  let texts: readonly string[] = [scalar.text];
  for (;;) {
    const name = texts[0] === undefined ? undefined : PLACEHOLDER.exec(texts[0])?.[1];
    if (name === undefined) return texts;
    const values = reading.placeholders.get(name);
    if (values === undefined || values.length === 0) {
      const message = `The placeholder "%${name}%" has no values.`;
      reading.diagnostics.report({ code: "sigma-unsupported", span: scalar.span, message });
      return null;
    }
    texts = texts.flatMap((text) =>
      values.map((value) => text.replaceAll(`%${name}%`, () => value.replaceAll("%", "\uE000"))),
    );
    if (texts.length > MOST_EXPANDED) {
      tell(
        reading,
        "sigma-unsupported",
        scalar.span,
        `The placeholders make more than ${MOST_EXPANDED} values.`,
      );
      return null;
    }
    if (!texts.some((text) => PLACEHOLDER.test(text)))
      return texts.map((text) => text.replaceAll("\uE000", "%"));
  }
}

function tell({ diagnostics }: SigmaReading, code: DiagnosticCode, span: TextSpan, message: string): void {
  diagnostics.report({ code, span, message });
}
