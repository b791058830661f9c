/** Correlations of Sigma 2.1, and the aggregations of the first version, as plain data. Source: the Sigma correlation specification. */
import type { YamlMap, YamlScalar } from "../yaml-text.ts";
import {
  headOf,
  mapMember,
  memberOf,
  type SigmaHead,
  scalarMember,
  tellMember,
  textMember,
  textsMember,
} from "./sigma-document.ts";
import { fieldsOfSigma } from "./sigma-fields.ts";
import type { SigmaReading } from "./sigma-item.ts";
import type { SigmaRule } from "./sigma-rule.ts";

/** What is counted in a window. */
export type CorrelationType =
  | "event_count"
  | "value_count"
  | "temporal"
  | "temporal_ordered"
  | "value_sum"
  | "value_avg"
  | "value_percentile"
  | "value_median";

/** Which result makes a finding: the value lies within both bounds. */
export interface CorrelationBounds {
  readonly least: number;
  readonly isLeastOpen: boolean;
}

/** A correlation. Plain data. */
export interface SigmaCorrelation {
  readonly head: SigmaHead;
  readonly type: CorrelationType;
  /** Ids of rules and correlations that it looks at. */
  readonly rules: readonly string[];
  /** Per key: where rules find it. A list per rule id that has its own names (`aliases`), the list under "" for all others. */
  readonly groupBy: readonly {
    readonly name: string;
    readonly fields: ReadonlyMap<string, readonly string[]>;
  }[];
  readonly timespanMs: number;
  /** The field that is counted, summed or averaged; empty where there is none. */
  readonly valueFields: readonly string[];
  readonly percentile: number;
  readonly bounds: CorrelationBounds;
  /** False: the rules that it looks at tell nothing by themselves. */
  readonly generates: boolean;
}

const TYPES: readonly CorrelationType[] = [
  "event_count",
  "value_count",
  "temporal",
  "temporal_ordered",
  "value_sum",
  "value_avg",
  "value_percentile",
  "value_median",
];

/** Reads a document that is a correlation; names of rules are not resolved yet. Null when it cannot be used (told). */
export function readSigmaCorrelation(map: YamlMap, reading: SigmaReading): SigmaCorrelation | null {
  const head = headOf(map, reading);
  const body = mapMember(map, "correlation", reading);
  if (head === null || body === null) return null;
  const typeValue = scalarMember(body, "type", reading);
  const type = TYPES.find((one) => one === typeValue?.text);
  if (type === undefined) {
    if (typeValue !== null)
      reading.diagnostics.report({
        code: "sigma-unsupported",
        span: typeValue.span,
        message: `There is no type of correlation "${typeValue.text}".`,
        help: `Types: ${TYPES.join(", ")}.`,
      });
    return null;
  }
  const timespan = scalarMember(body, "timespan", reading);
  const timespanMs = timespan === null ? null : timespanOf(timespan, reading);
  const rules = textsMember(body, "rules");
  if (rules.length === 0)
    tellMember(body.span, 'A correlation needs "rules", a list of ids or names.', reading);
  const condition = readCondition(body, type, rules.length, reading);
  if (timespanMs === null || rules.length === 0 || condition === null) return null;
  return {
    head,
    type,
    rules,
    groupBy: readGroupBy(body),
    timespanMs,
    ...condition,
    generates: textMember(body, "generate") === "true" || textMember(map, "generate") === "true",
  };
}

function readGroupBy(body: YamlMap): SigmaCorrelation["groupBy"] {
  const aliases = memberOf(body, "aliases");
  return textsMember(body, "group-by").map((name) => {
    const own = aliases?.kind === "map" ? memberOf(aliases, name) : null;
    const entries = own?.kind === "map" ? own.entries : [];
    const fields = entries.map(({ key, value }): readonly [string, readonly string[]] => [
      key,
      value.kind === "scalar" ? fieldsOfSigma(value.text) : [],
    ]);
    return { name, fields: new Map([...fields, ["", fieldsOfSigma(name)]]) };
  });
}

type Condition = Pick<SigmaCorrelation, "valueFields" | "percentile" | "bounds">;

function readCondition(
  body: YamlMap,
  type: CorrelationType,
  ruleCount: number,
  reading: SigmaReading,
): Condition | null {
  const isTemporal = type === "temporal" || type === "temporal_ordered";
  const value = memberOf(body, "condition");
  if (value === null && isTemporal)
    return { valueFields: [], percentile: 0, bounds: { least: ruleCount, isLeastOpen: false } };
  const condition = mapMember(body, "condition", reading);
  if (condition === null) return null;
  const other = condition.entries.find(({ key }) => !["gt", "gte", "field", "percentile"].includes(key));
  if (other !== undefined) {
    const message = `The condition "${other.key}" is not available: a count that must stay small is only known when no more can come.`;
    reading.diagnostics.report({
      code: "sigma-unsupported",
      span: other.keySpan,
      message,
      help: "Use gt or gte.",
    });
    return null;
  }
  const isLeastOpen = memberOf(condition, "gte") === null;
  const bound = scalarMember(condition, isLeastOpen ? "gt" : "gte", reading);
  if (bound === null) return null;
  const least = Number(bound.text);
  if (!Number.isFinite(least)) {
    tellMember(bound.span, `A condition compares with a number, not "${bound.text}".`, reading);
    return null;
  }
  const fields = textsMember(condition, "field").flatMap(fieldsOfSigma);
  if (type.startsWith("value_") && fields.length === 0) {
    tellMember(condition.span, `The type ${type} needs "field".`, reading);
    return null;
  }
  const percentile = Number(textMember(condition, "percentile") ?? "50");
  if (!(percentile >= 0 && percentile <= 100)) {
    tellMember(condition.span, "A percentile is a number from 0 to 100.", reading);
    return null;
  }
  return { valueFields: fields, percentile, bounds: { least, isLeastOpen } };
}

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  M: 30 * 86_400_000,
  y: 365 * 86_400_000,
};

function timespanOf(scalar: YamlScalar, reading: SigmaReading): number | null {
  const [, count = "", unit = ""] = /^(\d{1,9})([smhdwMy])$/.exec(scalar.text) ?? [];
  const unitMs = UNIT_MS[unit];
  if (unitMs !== undefined && Number(count) > 0) return Number(count) * unitMs;
  tellMember(
    scalar.span,
    `A time span is a number with s, m, h, d, w, M or y, such as 5m, not "${scalar.text}".`,
    reading,
  );
  return null;
}

const AGGREGATION =
  /^(count|sum|avg)\(\s*([^()\s]*)\s*\)(?:\s+by\s+([^<>=]+?))?\s*(>=|>)\s*(\d+(?:\.\d+)?)$/i;
/** Without `timeframe` the whole log is one window. */
const WHOLE_LOG_MS = Number.MAX_SAFE_INTEGER;

/** The correlation that stands behind `|` in a rule of the first Sigma version; null (and told) for those that are not available. */
export function correlationOfAggregation(sigma: SigmaRule, reading: SigmaReading): SigmaCorrelation | null {
  const { aggregation, head } = sigma;
  if (aggregation === null) return null;
  const [, name = "", field = "", by = "", operator = "", number = ""] =
    AGGREGATION.exec(aggregation.text) ?? [];
  if (name === "") {
    const message = `The aggregation "${aggregation.text}" is not available.`;
    const help =
      'Available: count(), count(field), sum(field), avg(field), each with "by" and > or >=. Others are correlations since Sigma 2.';
    reading.diagnostics.report({ code: "sigma-unsupported", span: aggregation.place.span, message, help });
    return null;
  }
  const timespanMs =
    aggregation.timeframe === null
      ? WHOLE_LOG_MS
      : timespanOf({ ...aggregation.place, text: aggregation.timeframe }, reading);
  if (timespanMs === null) return null;
  const counts = field === "" ? "event_count" : "value_count";
  const type = { count: counts, sum: "value_sum", avg: "value_avg" } as const;
  const lower = name.toLowerCase();
  return {
    head: { ...head, id: `${head.id}#count`, name: null },
    type: type[lower === "sum" ? "sum" : lower === "avg" ? "avg" : "count"],
    rules: [head.id],
    groupBy: by
      .split(",")
      .map((one) => one.trim())
      .filter((one) => one !== "")
      .map((one) => ({ name: one, fields: new Map([["", fieldsOfSigma(one)]]) })),
    timespanMs,
    valueFields: field === "" ? [] : fieldsOfSigma(field),
    percentile: 50,
    bounds: { least: Number(number), isLeastOpen: operator === ">" },
    generates: false,
  };
}
