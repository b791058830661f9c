/** Which rules cannot match records of a format, since it has no field for what they ask. */
import type { Pattern } from "#language";
import type { ShippedFormat } from "#records";
import type { EventKind } from "../event.ts";
import type { EventRule, RuleCondition } from "../rule.ts";
import type { SigmaCorrelation } from "../sigma/sigma-correlation.ts";
import { eventFields, hasField, kindOfFormat } from "./event-fields.ts";

/** A format as it was found in some log. */
export interface FoundFormat {
  readonly format: ShippedFormat;
  readonly pattern: Pattern;
}

/** A rule that is asked of events of a format in vain. */
export interface UnmetRule {
  readonly id: string;
  readonly title: string;
  /** Fields that it needs and the format does not have, sorted. */
  readonly missing: readonly string[];
}

/**
 * Rules about events of a format's kind that none of its parsed records can match, and correlations that none of them can count for. What
 * only an exception names is not missed: without it the exception does not hold. Rules about several kinds are judged by the first.
 */
export function unmetRules(
  found: FoundFormat,
  rules: readonly EventRule[],
  correlations: readonly SigmaCorrelation[],
): readonly UnmetRule[] {
  const kind = kindOfFormat(found.format);
  const asked = rules.filter(({ kinds }) => kinds.length === 0 || kinds[0] === kind);
  const needs = new Map(asked.map((rule) => [rule.id, fieldsIn(rule.condition)]));
  const counted = correlations.filter((one) => one.rules.some((id) => needs.has(id)));
  const wanted = [...[...needs.values()].flat(), ...counted.flatMap(countedFields).flat()];
  const fields = eventFields(found, [...new Set(wanted)]);
  const has = (field: string) => hasField(fields, field);
  const unmet = [
    ...asked.map(({ id, title, condition }) => ({ id, title, missing: missingIn(condition, has) })),
    ...counted.map((one) => ({ id: one.head.id, title: one.head.title, missing: missingFor(one, has) })),
  ];
  return unmet.flatMap(({ missing, ...about }) =>
    missing === null ? [] : [{ ...about, missing: [...new Set(missing)].sort() }],
  );
}

/** Rules that are asked of no event of these formats, by the kinds of events that they are about. */
export function rulesAboutOthers(
  formats: readonly FoundFormat[],
  rules: readonly EventRule[],
): ReadonlyMap<string, number> {
  const given = new Set<EventKind>(formats.map(({ format }) => kindOfFormat(format)));
  const counts = new Map<string, number>();
  for (const { kinds } of rules) {
    if (kinds.length === 0 || kinds.some((kind) => given.has(kind))) continue;
    const name = kinds.join(" or ");
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

type HasField = (field: string) => boolean;

/** The fields for whose lack a condition cannot hold; null: it can. */
function missingIn(condition: RuleCondition, has: HasField): readonly string[] | null {
  switch (condition.kind) {
    case "all": {
      const missing = condition.conditions.flatMap((one) => missingIn(one, has) ?? []);
      return missing.length === 0 ? null : missing;
    }
    case "any": {
      const missing = condition.conditions.map((one) => missingIn(one, has));
      return missing.includes(null) ? null : missing.flatMap((one) => one ?? []);
    }
    case "field": {
      // That a field is empty which is never there says nothing either.
      const { field, test } = condition;
      const missing = ["field" in test ? test.field : field, field].filter((one) => !has(one));
      return missing.length === 0 ? null : missing;
    }
    default:
      return null;
  }
}

/** What a correlation counts and groups by: of each of these lists one field is needed. */
function countedFields({ valueFields, groupBy }: SigmaCorrelation): readonly (readonly string[])[] {
  const groups = groupBy.map(({ fields }) => [...fields.values()].flat());
  return valueFields.length === 0 ? groups : [valueFields, ...groups];
}

function missingFor(correlation: SigmaCorrelation, has: HasField): readonly string[] | null {
  const missing = countedFields(correlation).filter((fields) => !fields.some(has));
  return missing.length === 0 ? null : missing.flat();
}

function fieldsIn(condition: RuleCondition): readonly string[] {
  if (condition.kind === "all" || condition.kind === "any") return condition.conditions.flatMap(fieldsIn);
  if (condition.kind === "not") return fieldsIn(condition.condition);
  if (condition.kind === "anywhere") return [];
  return "field" in condition.test ? [condition.field, condition.test.field] : [condition.field];
}
