/** What the audit of a cloud says of an event: who called what, and whether it was done. */
import type { DetectionEvent } from "../event.ts";
import type { Act, Evidence } from "../finding.ts";
import { textField } from "./event-values.ts";
import { countText, shortText } from "./words.ts";

/** Fields that name who acted, the most exact first. */
const ACTOR_FIELDS = ["user_arn", "user.name", "principal_id", "invoked_by"] as const;

/** Fields that `actOf` reads. */
export const ACT_FIELDS: readonly string[] = [
  ...ACTOR_FIELDS,
  "event.action",
  "event.provider",
  "error.code",
];

/** What was called; null for events that are no calls: requests, packets, logins. */
export function actOf(event: DetectionEvent): Act | null {
  if (event.kind !== "cloud" || !event.isParsed) return null;
  const action = textField(event, "event.action");
  const provider = textField(event, "event.provider");
  if (action === null || provider === null) return null;
  let actor: string | null = null;
  for (const field of ACTOR_FIELDS) actor ??= textField(event, field);
  return { actor, call: `${action} at ${provider}`, refusal: textField(event, "error.code") };
}

/** Calls in the words of a sentence: the first of them, and how many others acted; null: the evidence holds none. */
export function actsText(evidence: readonly Evidence[]): string | null {
  const acts = evidence.flatMap(({ act }) => act ?? []);
  // What was done tells more than what was tried.
  const first = acts.find(({ refusal }) => refusal === null) ?? acts[0];
  if (first === undefined) return null;
  const actors = new Set(acts.flatMap(({ actor }) => actor ?? []));
  const others = actors.size > 1 ? ` and ${countText(actors.size - 1, "other")}` : "";
  const by = first.actor === null ? "" : ` by ${shortText(first.actor)}${others}`;
  const refusal = first.refusal === null ? "" : ` (refused: ${shortText(first.refusal)})`;
  return `${shortText(first.call)}${by}${refusal}`;
}
