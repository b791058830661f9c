/** Which fields of events a bucket rule needs. */
import { unreachable } from "#text";
import type { RuleCondition } from "../rule.ts";
import type { BucketRule } from "./bucket-rule.ts";
import { COMPUTED_FIELDS } from "./computed-fields.ts";

/** ECS names of the fields that the rule reads, without those that are computed. */
export function fieldsOfRule(rule: BucketRule): readonly string[] {
  const conditions = [rule.condition, rule.followedBy?.condition ?? null];
  const named = [...rule.keys, ...(rule.distinct === null ? [] : [rule.distinct])];
  const all = [
    ...named,
    ...conditions.flatMap((condition) => (condition === null ? [] : fieldsOf(condition))),
  ];
  const read = all.flatMap((field) => (field === "packet.is_answer" ? PACKET_FIELDS : [field]));
  return [...new Set(read.filter((field) => !Object.hasOwn(COMPUTED_FIELDS, field)))];
}

/** What `packet.is_answer` is worked out of. */
const PACKET_FIELDS = ["tcp.flags", "network.transport", "network.iana_number", "source.port"];

function fieldsOf(condition: RuleCondition): readonly string[] {
  switch (condition.kind) {
    case "all":
    case "any":
      return condition.conditions.flatMap(fieldsOf);
    case "not":
      return fieldsOf(condition.condition);
    case "field":
      return "field" in condition.test ? [condition.field, condition.test.field] : [condition.field];
    case "anywhere":
      return [];
    default:
      return unreachable(condition);
  }
}
