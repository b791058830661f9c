/** Elements of patterns that are understood but cannot be compiled yet. */

import type { EnumNode, JsonShape, MatcherNode, Pattern, PatternNode } from "#language";
import { type Diagnostic, Diagnostics, type TextSpan, unreachable } from "#text";
import { isKnownMatcher } from "./compile-matcher.ts";

/** One diagnostic per element, in the order of the pattern's text. */
export function unavailableElements(pattern: Pattern): readonly Diagnostic[] {
  const diagnostics = new Diagnostics();
  visit(pattern.root, diagnostics);
  return diagnostics.list();
}

function report(diagnostics: Diagnostics, span: TextSpan, what: string, help: string): void {
  const message = `${what} cannot be matched in this version.`;
  diagnostics.report({ code: "pattern-element-unavailable", span, message, help });
}

function visit(node: PatternNode, diagnostics: Diagnostics): void {
  const visitAll = (nodes: readonly PatternNode[]) => {
    for (const inner of nodes) visit(inner, diagnostics);
  };
  switch (node.kind) {
    case "group":
      return visitAll(node.members);
    case "choice":
      return visitAll(node.branches);
    case "reference":
      return visit(node.definition, diagnostics);
    case "structure":
      return visit(node.body, diagnostics);
    case "matcher":
      return visitMatcher(node, diagnostics);
    case "set":
      return visitConfig(node.config ?? {}, node.span, diagnostics);
    case "json":
      if (!node.isStrict) report(diagnostics, node.span, "JSON with strict=false", "Leave strict=false out.");
      return visitShape(node.shape, node.span, diagnostics);
    case "array":
      return report(
        diagnostics,
        node.span,
        "ARRAY",
        "A group with a quantifier matches the same text: ( … ){1,10}.",
      );
    case "kvp":
      return report(
        diagnostics,
        node.span,
        "KVP",
        "A group with a quantifier matches the same text: ( … ){1,128}.",
      );
    case "csv":
      return report(
        diagnostics,
        node.span,
        "CSV",
        "Cells can be written as (CSVDQS | LD*) with a separator: ( … )(fs=',').",
      );
    case "literal":
    case "enum":
    case "constant":
      return;
    default:
      return unreachable(node);
  }
}

function visitMatcher(node: MatcherNode | EnumNode, diagnostics: Diagnostics): void {
  if (node.kind === "enum") return;
  if (!isKnownMatcher(node.matcher)) {
    report(
      diagnostics,
      node.span,
      node.matcher,
      "DIGIT{13,19} matches the same text without the check digit.",
    );
  }
  visitConfig(node.config, node.span, diagnostics);
}

function visitConfig(
  config: Readonly<Record<string, string | number | boolean>>,
  span: TextSpan,
  diagnostics: Diagnostics,
): void {
  const { charset, locale } = config;
  if (charset !== undefined && charset !== "utf-8") {
    report(
      diagnostics,
      span,
      `Text in the charset "${charset}"`,
      "UTF-8 is read; other bytes become U+FFFD.",
    );
  }
  if (typeof locale === "string" && !/^en\b/i.test(locale)) {
    report(diagnostics, span, `The locale "${locale}"`, "English names of months and days are read.");
  }
}

function visitShape(shape: JsonShape, span: TextSpan, diagnostics: Diagnostics): void {
  switch (shape.kind) {
    case "array":
      return report(diagnostics, span, "A JSON array with a type", "JSON_ARRAY reads arrays of any values.");
    case "object":
      for (const member of shape.object.members) visitShape(member.shape, member.span, diagnostics);
      return;
    case "scalar":
      return visitMatcher(shape.matcher, diagnostics);
    case "text":
      return visit(shape.body, diagnostics);
    case "any":
    case "any-object":
    case "any-array":
      return;
    default:
      return unreachable(shape);
  }
}
