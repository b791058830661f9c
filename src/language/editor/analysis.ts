/** A script or a pattern in an editor, with what is known about it. */
import { type Diagnostic, Diagnostics, type TextSource } from "#text";
import { type ParsedPattern, parsePattern } from "../pattern/parse.ts";
import { observeScript } from "../query/check-script.ts";
import type { CheckEnvironment, CheckedScript } from "../query/environment.ts";
import { readTokens } from "../query/syntax/lexer.ts";
import type { Token } from "../query/syntax/token.ts";
import { collectFacts, type ScriptFacts } from "./facts.ts";

/** A checked text; made again whenever the text or an answer changes. */
export type EditorText = EditorScript | EditorPattern;

/** A script, its tokens, and what its check told. */
export interface EditorScript {
  readonly kind: "script";
  readonly source: TextSource;
  readonly environment: CheckEnvironment;
  readonly tokens: readonly Token[];
  readonly facts: ScriptFacts;
  readonly checked: CheckedScript;
}

/** A pattern of its own. */
export interface EditorPattern {
  readonly kind: "pattern";
  readonly source: TextSource;
  readonly parsed: ParsedPattern;
}

/** Checks a script for an editor; streams that are not executed are looked at too. `checked.wanted` names what to answer. */
export function openScript(source: TextSource, environment: CheckEnvironment): EditorScript {
  const { observer, facts } = collectFacts(source, environment);
  const checked = observeScript(source, environment, observer);
  const tokens = readTokens(source, new Diagnostics());
  return { kind: "script", source, environment, tokens, facts: facts(), checked };
}

/** Checks a pattern for an editor. */
export function openPattern(source: TextSource): EditorPattern {
  return { kind: "pattern", source, parsed: parsePattern(source) };
}

/** What to show as wrong while typing. Arguments without values are no mistake of a script that is not being run. */
export function diagnosticsOf(text: EditorText): readonly Diagnostic[] {
  if (text.kind === "pattern") return text.parsed.diagnostics;
  return text.checked.diagnostics.filter(
    ({ code, span }) => code !== "argument-missing" || span.source !== text.source,
  );
}
