/** A Sigma rule about single events: its detection as one condition. */
import type { EventRule, RuleCondition } from "../rule.ts";
import type { YamlMap, YamlScalar, YamlValue } from "../yaml-text.ts";
import { parseSigmaCondition, type SigmaCondition } from "./sigma-condition.ts";
import { headOf, mapMember, memberOf, type SigmaHead, tellMember, textMember } from "./sigma-document.ts";
import { conditionOfLogSource, kindsOfLogSource, type SigmaLogSource } from "./sigma-fields.ts";
import { conditionOfItem, conditionOfKeyword, joinConditions, type SigmaReading } from "./sigma-item.ts";

/** A rule as it was read. `aggregation` is what stands behind `|` in rules of the first Sigma version, with their `timeframe`. */
export interface SigmaRule {
  readonly head: SigmaHead;
  readonly logSource: SigmaLogSource;
  readonly rule: EventRule;
  /** The document it was read from. */
  readonly place: YamlMap;
  readonly aggregation: {
    readonly text: string;
    readonly timeframe: string | null;
    readonly place: YamlScalar;
  } | null;
}

/** The selections of a detection by their names; null: one that could not be read. */
export type Selections = ReadonlyMap<string, RuleCondition | null>;

/** Reads a document that is a rule; null when it cannot be used (told in the diagnostics). */
export function readSigmaRule(map: YamlMap, origin: string, reading: SigmaReading): SigmaRule | null {
  const head = headOf(map, reading);
  const logSource = readLogSource(map, reading);
  const detection = mapMember(map, "detection", reading);
  if (head === null || logSource === null || detection === null) return null;
  const selections = readSelections(detection, reading);
  const place = memberOf(detection, "condition");
  const conditions = conditionsOf(detection, selections, reading);
  if (conditions === null || place === null) return null;
  const [first] = conditions;
  const aggregation = first?.aggregation ?? null;
  const detected = joinConditions(
    "any",
    conditions.map((one) => one.condition),
  );
  const ofSource = conditionOfLogSource(logSource);
  const condition = ofSource === null ? detected : joinConditions("all", [detected, ofSource]);
  const { id, title, description, severity, phase, techniques, references, falsePositives } = head;
  const about = { id, title, description, severity, phase, techniques, references, falsePositives };
  return {
    head,
    logSource,
    place: map,
    rule: { ...about, kinds: kindsOfLogSource(logSource), forms: "raw", condition, origin },
    aggregation:
      aggregation === null || place.kind !== "scalar"
        ? null
        : { text: aggregation, timeframe: textMember(detection, "timeframe"), place },
  };
}

/** Reads `logsource`; null (and told) when there is none. */
export function readLogSource(map: YamlMap, reading: SigmaReading): SigmaLogSource | null {
  const source = mapMember(map, "logsource", reading);
  if (source === null) return null;
  const text = (name: string) => textMember(source, name)?.toLowerCase() ?? null;
  return { category: text("category"), product: text("product"), service: text("service") };
}

/** Reads all selections of a `detection` or `filter`. */
export function readSelections(detection: YamlMap, reading: SigmaReading): Selections {
  const named = detection.entries.filter(({ key }) => !["condition", "timeframe", "rules"].includes(key));
  return new Map(named.map(({ key, value }) => [key, conditionOfSelection(value, reading)]));
}

/** A map is all of its items, a list any of its maps or keywords. */
function conditionOfSelection(value: YamlValue, reading: SigmaReading): RuleCondition | null {
  switch (value.kind) {
    case "scalar":
      return conditionOfKeyword(value);
    case "map":
      if (value.entries.length === 0) return refuseEmpty(value, reading);
      return joined(
        "all",
        value.entries.map((entry) => conditionOfItem(entry, reading)),
      );
    case "list":
      if (value.items.length === 0) return refuseEmpty(value, reading);
      return joined(
        "any",
        value.items.map((item) => conditionOfSelection(item, reading)),
      );
  }
}

function refuseEmpty(value: YamlValue, reading: SigmaReading): null {
  tellMember(value.span, "A selection needs at least one item.", reading);
  return null;
}

function joined(kind: "all" | "any", conditions: readonly (RuleCondition | null)[]): RuleCondition | null {
  const found = conditions.flatMap((condition) => (condition === null ? [] : [condition]));
  return found.length === conditions.length ? joinConditions(kind, found) : null;
}

function conditionsOf(
  detection: YamlMap,
  selections: Selections,
  reading: SigmaReading,
): readonly SigmaCondition[] | null {
  const place = memberOf(detection, "condition");
  const values = place === null ? [] : place.kind === "list" ? place.items : [place];
  const scalars = values.flatMap((value) => (value.kind === "scalar" ? [value] : []));
  if (scalars.length === 0 || scalars.length < values.length) {
    tellMember(
      place?.span ?? detection.span,
      'A "detection" needs a "condition": a text or a list of texts.',
      reading,
    );
    return null;
  }
  const conditions = scalars.map((scalar) => parseSigmaCondition(scalar, selections, reading.diagnostics));
  const read = conditions.flatMap((condition) => (condition === null ? [] : [condition]));
  return read.length === conditions.length ? read : null;
}
