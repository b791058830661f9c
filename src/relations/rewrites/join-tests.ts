/** Tests of one slot that stand side by side as one test of a list, which the scan looks up at once. */

import type { Value } from "#language";
import type { ScanPredicate } from "#records";
import { invariant } from "#text";

/** An `or` of predicates: `x = 1 or x = 2` is `x in (1, 2)`. */
export function anyOf(operands: readonly ScanPredicate[]): ScanPredicate {
  return joined("or", operands, (operand) => operand);
}

/** An `and` of predicates: `not x = 1 and not x = 2` is `not x in (1, 2)`. */
export function allOf(operands: readonly ScanPredicate[]): ScanPredicate {
  return joined("and", operands, (operand) => (operand.kind === "not" ? operand.operand : null));
}

type ListTest = Extract<ScanPredicate, { kind: "in" | "in-networks" }>;

/** Operands of which `inside` gives a list test are joined, by what they test, at the place of the first. */
function joined(
  kind: "and" | "or",
  operands: readonly ScanPredicate[],
  inside: (operand: ScanPredicate) => ScanPredicate | null,
): ScanPredicate {
  const lists = new Map<string, ListTest[]>();
  const kept: (ScanPredicate | readonly ListTest[])[] = [];
  for (const operand of operands) {
    const test = listTest(inside(operand));
    if (test === null) {
      kept.push(operand);
      continue;
    }
    const name = `${test.kind} ${test.slot}`;
    const known = lists.get(name);
    if (known !== undefined) {
      known.push(test);
      continue;
    }
    const list = [test];
    lists.set(name, list);
    kept.push(list);
  }
  const flat = kept.map((one) => ("kind" in one ? one : negatedWhen(kind === "and", unionOf(one))));
  const [only, ...others] = flat;
  return only !== undefined && others.length === 0 ? only : { kind, operands: flat };
}

function negatedWhen(isNegated: boolean, operand: ScanPredicate): ScanPredicate {
  return isNegated ? { kind: "not", operand } : operand;
}

function listTest(predicate: ScanPredicate | null): ListTest | null {
  if (predicate?.kind === "in" || predicate?.kind === "in-networks") return predicate;
  if (predicate?.kind !== "compare" || predicate.operator !== "equal") return null;
  return { kind: "in", slot: predicate.slot, values: [predicate.value] };
}

function unionOf(tests: readonly ListTest[]): ScanPredicate {
  const [first] = tests;
  invariant(first !== undefined, "a list of tests has a first one");
  const { slot } = first;
  if (first.kind === "in-networks") {
    const networks = tests.flatMap((test) => (test.kind === "in-networks" ? test.networks : []));
    return { kind: "in-networks", slot, networks };
  }
  const values: Value[] = tests.flatMap((test) => (test.kind === "in" ? test.values : []));
  const [value] = values;
  return value !== undefined && values.length === 1
    ? { kind: "compare", operator: "equal", slot, value }
    : { kind: "in", slot, values };
}
