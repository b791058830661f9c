/** Members of rule files, read with what is wrong about them. */
import { type Diagnostics, nearestName, type TextSpan } from "#text";
import type { YamlMap, YamlScalar, YamlValue } from "../yaml-text.ts";

/** Reads the members of one map and reports what is not as it must be. */
export class RuleMembers {
  readonly map: YamlMap;
  readonly #diagnostics: Diagnostics;

  constructor(map: YamlMap, diagnostics: Diagnostics) {
    this.map = map;
    this.#diagnostics = diagnostics;
  }

  /** Reports members that are not in the list. */
  checkNames(known: readonly string[]): void {
    for (const { key, keySpan } of this.map.entries) {
      if (known.includes(key)) continue;
      const near = nearestName(key, known);
      this.#diagnostics.report({
        code: "rule-member-unknown",
        span: keySpan,
        message: `There is no member "${key}" here.`,
        help: near === null ? `There are: ${known.join(", ")}.` : `Did you mean "${near}"?`,
      });
    }
  }

  /** The value of a member; null without it. */
  value(name: string): YamlValue | null {
    return this.map.entries.find(({ key }) => key === name)?.value ?? null;
  }

  /** The text of a member; null, and told, when it is missing or no text. */
  text(name: string): string | null {
    const value = this.value(name);
    if (value === null) {
      this.tell("rule-member-missing", firstLine(this.map.span), `"${name}" is missing.`);
      return null;
    }
    if (value.kind === "scalar" && value.text !== "") return value.text;
    this.tell("rule-value", value.span, `"${name}" must be a text.`);
    return null;
  }

  /** The texts of a member that is one or a list of them; empty without it. */
  texts(name: string): readonly string[] {
    return this.scalars(name).map(({ text }) => text);
  }

  /** The single values of a member that is one or a list of them; empty without it. */
  scalars(name: string): readonly YamlScalar[] {
    const value = this.value(name);
    if (value === null) return [];
    return (value.kind === "list" ? value.items : [value]).flatMap((item) => {
      if (item.kind === "scalar") return [item];
      this.tell("rule-value", item.span, `"${name}" must be a value, or a list of values.`);
      return [];
    });
  }

  /** The maps of a member that is one or a list of them; empty without it. */
  maps(name: string): readonly YamlMap[] {
    const value = this.value(name);
    if (value === null) return [];
    return (value.kind === "list" ? value.items : [value]).flatMap((item) => {
      if (item.kind === "map") return [item];
      this.tell("rule-value", item.span, `"${name}" must hold named members, or a list of such.`);
      return [];
    });
  }

  /** One of some words; the other word without the member; null, and told, when it is none of them. */
  word<Word extends string>(name: string, words: readonly Word[], otherwise: Word | null): Word | null {
    const value = this.value(name);
    if (value === null && otherwise !== null) return otherwise;
    const text = this.text(name);
    const word = words.find((known) => known === text) ?? null;
    if (text !== null && word === null) {
      const span = value?.span ?? this.map.span;
      this.tell("rule-value", span, `"${name}" must be one of ${words.join(", ")}.`);
    }
    return word;
  }

  /** Reports something about this map. */
  tell(code: RuleMemberCode, span: TextSpan, message: string, help?: string): void {
    this.#diagnostics.report({ code, span, message, ...(help === undefined ? {} : { help }) });
  }

  /** The same for a map inside. */
  inside(map: YamlMap): RuleMembers {
    return new RuleMembers(map, this.#diagnostics);
  }
}

type RuleMemberCode =
  | "rule-syntax"
  | "rule-member-missing"
  | "rule-value"
  | "rule-expression"
  | "rule-id-twice";

/** The first line of a place: a whole rule would fill the screen. */
export function firstLine(span: TextSpan): TextSpan {
  const line = span.source.text.indexOf("\n", span.start);
  return { ...span, end: line < 0 ? span.end : Math.max(span.start, Math.min(span.end, line)) };
}
