/** Filters of Sigma 2.1: what is added to the conditions of rules that somebody else wrote. */
import type { RuleCondition } from "../rule.ts";
import type { YamlMap } from "../yaml-text.ts";
import { parseSigmaCondition } from "./sigma-condition.ts";
import { scalarMember } from "./sigma-document.ts";
import type { SigmaReading } from "./sigma-item.ts";
import { readSelections } from "./sigma-rule.ts";

/** The condition of a `filter`, that must hold too; null when it cannot be read (told in the diagnostics). */
export function conditionOfSigmaFilter(body: YamlMap, reading: SigmaReading): RuleCondition | null {
  const selections = readSelections(body, reading);
  const place = scalarMember(body, "condition", reading);
  if (place === null) return null;
  return parseSigmaCondition(place, selections, reading.diagnostics)?.condition ?? null;
}
