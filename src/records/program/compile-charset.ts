/** Texts in other charsets than UTF-8. */

import type { PatternNode } from "#language";
import { type CompileContext, decoderIndexOf, rangeOf } from "./compile-context.ts";
import type { MatchOperation } from "./program.ts";
import type { Wanted } from "./wanted.ts";

/** The operations of an element with the texts they capture read in the element's charset. */
export function withCharset(
  node: PatternNode & { readonly config?: Readonly<Record<string, string | number | boolean>> },
  wanted: Wanted | null,
  context: CompileContext,
  body: readonly MatchOperation[],
): readonly MatchOperation[] {
  const charset = charsetOf(node.config);
  if (charset === null) return body;
  const texts = (wanted?.slots ?? []).filter(({ type }) => type.kind === "string");
  if (texts.length === 0) return body;
  const decoder = decoderIndexOf(context, { kind: "charset", charset });
  const at = rangeOf(node);
  return texts.reduce<readonly MatchOperation[]>(
    (inner, { index }) => [{ kind: "decode", at, body: inner, slot: index, decoder }],
    body,
  );
}

/** The charset that an element names; null for UTF-8. */
export function charsetOf(
  config: Readonly<Record<string, string | number | boolean>> | undefined,
): string | null {
  const charset = config?.["charset"];
  return typeof charset !== "string" || charset === "utf-8" ? null : charset;
}
