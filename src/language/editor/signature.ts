/** Signature help: what the call around a cursor takes. */
import { printSignature } from "../functions/entry.ts";
import { findFunction } from "../functions/functions.ts";
import type { EditorScript } from "./analysis.ts";
import { type Enclosing, placeAt } from "./cursor.ts";
import { firstSentence } from "./items.ts";
import { commandOf, isSymbol } from "./position.ts";

/** A signature; `parameters` are parts of its label. */
export interface Signature {
  readonly label: string;
  readonly documentation: string;
  readonly parameters: readonly string[];
}

/** What the call around a cursor takes, and which of it is being written. */
export interface SignatureHelp {
  readonly signatures: readonly Signature[];
  readonly activeSignature: number;
  /** Index among the parameters of the active signature; null when there is no such parameter. */
  readonly activeParameter: number | null;
}

/** What the innermost call or command around `offset` takes; null when there is none. */
export function signatureAt(text: EditorScript, offset: number): SignatureHelp | null {
  const place = placeAt(text.source.text, text.tokens, offset);
  if (place.kind !== "code" && place.kind !== "quoted") return null;
  const calls = place.code.enclosing.filter(({ symbol, head }) => symbol === "(" && head !== null);
  const call = calls.at(-1);
  return call === undefined ? null : signatureOf(call, text);
}

function signatureOf(call: Enclosing, text: EditorScript): SignatureHelp | null {
  const { head } = call;
  if (head?.kind === "value-name") return userFunction(head.text, call, text);
  if (head?.kind !== "name") return null;
  const entry = commandOf(call);
  if (entry !== null) {
    const fact = [...text.facts.commands.values()].find(
      ({ syntax }) => syntax.name.span.start === head.span.start,
    );
    const names = fact?.argumentNames ?? [];
    const parameters = names.length > 0 ? names.map((name) => `${name}:`) : exampleParts(entry.example);
    const label = names.length > 0 ? `${head.text}(${parameters.join(" … , ")} …)` : entry.example;
    const active =
      names.length > 0 ? namedIndex(call, names) : Math.min(call.argument, parameters.length - 1);
    const signature = { label, documentation: firstSentence(entry.description), parameters };
    return { signatures: [signature], activeSignature: 0, activeParameter: active < 0 ? null : active };
  }
  return functionSignature(head.text, call);
}

/** The argument by the name that stands in front; one without is taken for the first. */
function namedIndex({ tokens, argument }: Enclosing, names: readonly string[]): number {
  const [word, colon] = tokens;
  if (word?.kind === "name" && isSymbol(colon, ":")) return names.indexOf(word.text.toLowerCase());
  return argument;
}

/** The arguments of an example: `10` and `n` of `top(10, n)`. */
function exampleParts(example: string): readonly string[] {
  const inner = /^\w+\((.*)\)$/s.exec(example)?.[1] ?? "";
  const parts: string[] = [];
  let [depth, start] = [0, 0];
  for (let at = 0; at <= inner.length; at++) {
    const unit = inner[at];
    if (unit !== undefined && "([{".includes(unit)) depth++;
    if (unit !== undefined && ")]}".includes(unit)) depth--;
    if (unit !== undefined && (unit !== "," || depth > 0)) continue;
    parts.push(inner.slice(start, at).trim());
    start = at + 1;
  }
  return parts.filter((part) => part !== "");
}

function functionSignature(word: string, { argument }: Enclosing): SignatureHelp | null {
  const entry = findFunction(word);
  if (entry === null) return null;
  const [spelling = word] = entry.spellings;
  const signatures = entry.signatures.map(
    (signature): Signature => ({
      label: printSignature(spelling, signature),
      documentation: firstSentence(entry.description),
      parameters: signature.parameters.map(
        ({ name, kind }) => `${name} ${kind.toUpperCase().replace("-", "_")}`,
      ),
    }),
  );
  const fitting = entry.signatures.findIndex(
    ({ parameters }) => argument < parameters.length || parameters.at(-1)?.presence === "repeated",
  );
  const activeSignature = Math.max(0, fitting);
  const count = signatures[activeSignature]?.parameters.length ?? 0;
  return { signatures, activeSignature, activeParameter: count === 0 ? null : Math.min(argument, count - 1) };
}

function userFunction(name: string, { argument }: Enclosing, { facts }: EditorScript): SignatureHelp | null {
  const declared = [...facts.script.statements, ...facts.included].find(
    (statement) => statement.kind === "function" && statement.name.text === name,
  );
  if (declared?.kind !== "function") return null;
  const parameters = declared.parameters.map(({ text }) => text);
  const signature = {
    label: `$${name}(${parameters.join(", ")})`,
    documentation: "A function of the script.",
    parameters,
  };
  return {
    signatures: [signature],
    activeSignature: 0,
    activeParameter: argument < parameters.length ? argument : null,
  };
}
