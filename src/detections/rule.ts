/** What rules ask of single events, whatever language they were written in. */
import type { EventKind } from "./event.ts";
import type { Phase, Severity } from "./finding.ts";

/** A test of one event. Plain data. */
export type RuleCondition =
  | { readonly kind: "all"; readonly conditions: readonly RuleCondition[] }
  | { readonly kind: "any"; readonly conditions: readonly RuleCondition[] }
  | { readonly kind: "not"; readonly condition: RuleCondition }
  /** `field` is an ECS name. A field that the event does not have passes no test but `exists: false` and `is-null`. */
  | { readonly kind: "field"; readonly field: string; readonly test: ValueTest }
  /** Anywhere in the bytes of the event. */
  | { readonly kind: "anywhere"; readonly test: TextTest };

/** A test of a text. Without `isCased`, letters are compared as Unicode folds them. */
export type TextTest =
  | {
      readonly kind: "equals" | "starts-with" | "ends-with" | "contains";
      readonly text: string;
      readonly isCased: boolean;
    }
  /** `*` stands for any text, `?` for one character; the parts between them are literal. The whole value is compared. */
  | {
      readonly kind: "wildcard";
      readonly parts: readonly ({ readonly text: string } | "any-text" | "any-character")[];
      readonly isCased: boolean;
    }
  /** Found anywhere in the value, in linear time. Syntax of RE2. */
  | { readonly kind: "matches"; readonly expression: string; readonly flags: string };

/** Languages that injected values are written in. */
export type ShapeLanguage = "sql" | "html" | "shell";

/** What a value is made of: the parameters of a query, the segments of a path, an address with a query, or one text. */
export type ShapeParts = "query" | "path" | "address" | "text";

/**
 * A test whether some part of a value is built like code of a language. It is asked of the value as it stands in the log, once, whatever
 * forms the rule has: it takes the value apart first and decodes the parts then, for a decoded `&` separates nothing. `testShape` is the
 * test; a value whose decoded lower-case text holds none of `SHAPES[language].literals` cannot pass.
 */
export interface ShapeTest {
  readonly kind: "shape";
  readonly language: ShapeLanguage;
  readonly parts: ShapeParts;
}

/** A test of a field's value. */
export type ValueTest =
  | TextTest
  | ShapeTest
  | { readonly kind: "in-network"; readonly network: string }
  | { readonly kind: "compare"; readonly operator: "=" | "<" | "<=" | ">" | ">="; readonly number: number }
  | { readonly kind: "exists"; readonly exists: boolean }
  | { readonly kind: "is-null" }
  | {
      readonly kind: "equals-field" | "starts-with-field" | "ends-with-field" | "contains-field";
      readonly field: string;
    };

/** In which forms of a value a rule looks: as it stands in the log, or in all its normal forms too (decoded, unescaped, lower case). */
export type ValueForms = "raw" | "normal";

/** A rule about single events. */
export interface EventRule {
  /** Stable and unique: a UUID for Sigma, a short word for rules of this project. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly phase: Phase;
  /** ATT&CK technique ids, such as `T1190`. */
  readonly techniques: readonly string[];
  readonly references: readonly string[];
  readonly falsePositives: readonly string[];
  /** Kinds of events that it is asked of; empty: all. */
  readonly kinds: readonly EventKind[];
  readonly forms: ValueForms;
  readonly condition: RuleCondition;
  /** The file it was read from. */
  readonly origin: string;
}

/** Where a rule matched: the form of the value, and the bytes of the original that made it match. */
export interface RuleMatch {
  readonly rule: EventRule;
  /** ECS name; null: anywhere in the bytes of the event. */
  readonly field: string | null;
  /** Names of what was undone, in order, such as `percent`, `percent`, `lower`; empty: as it stands. */
  readonly form: readonly string[];
  /** What matched, in that form. */
  readonly text: string;
  /** Offset in the original value (UTF-16 units) and length, where they are known. */
  readonly start: number | null;
  readonly length: number | null;
}
