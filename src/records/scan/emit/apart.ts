/**
 * Branches in functions of their own. Most records take the first branch of a choice; the others make the scan's function long, which
 * is compiled with care while threads already scan. A function of its own is compiled only when it runs, and branches that are alike share one.
 */
import type { MatchOperation } from "../../program/program.ts";
import type { EmitContext } from "./context.ts";
import { FunctionWriter, get, i32, set } from "./wat.ts";

/** Writes operations one after the other; branches to the label where one fails. */
export type EmitSequence = (
  operations: readonly MatchOperation[],
  fail: string,
  context: EmitContext,
) => void;

/** Fewer operations than this are shorter than a call. */
const LEAST_WEIGHT = 5;

/** Writes a branch that is rarely taken: in place when it is short, else as a call. */
export function emitApart(
  branch: readonly MatchOperation[],
  fail: string,
  context: EmitContext,
  emitSequence: EmitSequence,
): void {
  const { writer, q, retry } = context;
  if (retry === null || weightOf(branch) < LEAST_WEIGHT) return emitSequence(branch, fail, context);
  const name = functionOf(branch, context, emitSequence);
  writer.line(
    set(q, `(call ${name} ${get(q)} ${get(retry)})`),
    `(br_if ${fail} (i32.eq ${get(q)} ${i32(-1)}))`,
  );
}

/** The function that matches a branch: it gives the position behind it, or -1. */
function functionOf(
  branch: readonly MatchOperation[],
  context: EmitContext,
  emitSequence: EmitSequence,
): string {
  const { module, isTest, isChecked, jsonMaxBytes } = context;
  const key = JSON.stringify(
    { branch: withoutPlaces(branch), isTest, isChecked, jsonMaxBytes },
    (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value),
  );
  const known = module.branches.get(key);
  if (known !== undefined) return known;
  const name = `$branch${module.branches.size}`;
  module.branches.set(key, name);
  const writer = new FunctionWriter(`(func ${name} (param $at i32) (param $retry i32) (result i32)`, i32(-1));
  writer.line("(block $not");
  emitSequence(branch, "$not", { ...context, writer, q: "$at", retry: "$retry" });
  writer.line(`(return ${get("$at")})`, ")");
  module.functions.push(writer.text());
  return name;
}

/** Operations without their places in the pattern's text. */
function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]) => (key === "at" ? [] : [[key, withoutPlaces(part)]])),
  );
}

/** How many operations there are, those inside others too. */
function weightOf(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, part) => sum + weightOf(part), 0);
  if (typeof value !== "object" || value === null) return 0;
  const inside = Object.values(value).reduce((sum: number, part) => sum + weightOf(part), 0);
  return "at" in value && "kind" in value ? inside + 1 : inside;
}
