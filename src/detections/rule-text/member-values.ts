/** Values that members of bucket and promotion rules have. */
import type { TextSpan } from "#text";
import type { RuleMembers } from "../rules/rule-members.ts";
import { firstLine } from "../rules/rule-members.ts";

/** Where a member's value stands; the rule's first line when it has none. */
export function spanOfMember(members: RuleMembers, name: string): TextSpan {
  return members.value(name)?.span ?? firstLine(members.map.span);
}

/** Reports that a member is not what it must be. */
export function tellWrong(members: RuleMembers, name: string, message: string, help?: string): void {
  members.tell("rule-value", spanOfMember(members, name), message, help);
}

/** Reports that a member is missing. */
export function tellMissing(members: RuleMembers, message: string): void {
  members.tell("rule-member-missing", firstLine(members.map.span), message);
}

/** A text that need not be there. */
export function optionalText(members: RuleMembers, name: string): string | null {
  return members.value(name) === null ? null : members.text(name);
}

/** A whole number that is not negative; null, and told, when it is missing and has no other, or is none. */
export function countOf(members: RuleMembers, name: string, otherwise: number | null = null): number | null {
  const value = members.value(name);
  if (value === null) {
    if (otherwise === null) tellMissing(members, `"${name}" is missing.`);
    return otherwise;
  }
  const number = value.kind === "scalar" ? value.value : null;
  if (typeof number === "number" && Number.isSafeInteger(number) && number >= 0) return number;
  tellWrong(members, name, `"${name}" must be a whole number of 0 or more.`);
  return null;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const LONGEST_MS = 36_500 * 86_400_000;

/** A span of time in milliseconds, written like `500ms`, `10s`, `5m`, `2h`, `1d`; null without it, or, told, when it is none. */
export function durationOf(members: RuleMembers, name: string): number | null {
  const value = members.value(name);
  if (value === null) return null;
  const text = value.kind === "scalar" ? value.text : "";
  const [, number, unit = ""] = /^(\d{1,15}(?:\.\d{1,3})?) ?(ms|s|m|h|d)$/.exec(text) ?? [];
  const ms = Math.round(Number(number) * (UNIT_MS[unit] ?? Number.NaN));
  if (ms >= 0 && ms <= LONGEST_MS) return ms;
  tellWrong(members, name, `"${name}" must be a time such as 500ms, 10s, 5m, 2h or 1d.`);
  return null;
}
