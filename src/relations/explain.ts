/** Says how a query would run, without reading anything. */
import type { Relation } from "#language";
import {
  deferredSlots,
  type MatchProgram,
  printProgram,
  type ResultColumn,
  type ScanAggregate,
  type ScanColumn,
  type ScanCut,
  type ScanSpec,
} from "#records";
import { unreachable } from "#text";
import { MOST_FINISHED_ROWS } from "./finish/finish-plan.ts";
import { prepareScan } from "./leaves/scan-spec-of.ts";
import type { EngineUse, PlanOptions } from "./options.ts";
import { describeNode, describePredicate } from "./plan/describe.ts";
import { inputsOf } from "./plan/plan.ts";
import { planQuery } from "./plan/plan-query.ts";
import { shownAddress } from "./plan/push-searches.ts";
import type { FileChoice, Plan, ScanPlan } from "./plan/tree.ts";

/** What a scan of a query does. */
export interface ScanExplanation {
  readonly files: FileChoice;
  /** Name of the shipped format, when it was chosen by looking. */
  readonly formatName: string | null;
  readonly spec: ScanSpec;
}

/** How a query runs. Plain data. */
export interface QueryExplanation {
  readonly columns: readonly ResultColumn[];
  readonly engine: EngineUse;
  /** What is left above the scans, and the scans. */
  readonly plan: Plan;
  readonly scans: readonly ScanExplanation[];
  /** The outside functions that are asked, by their names. */
  readonly asks: readonly string[];
  /** The statement for the engine; null: it is not needed. */
  readonly sql: string | null;
  /** Partial groups or rows of a scan that are finished without the engine, which gets all when there are more; null: it gets all. */
  readonly finishedRows: number | null;
}

/** Plans a query and tells the plan. */
export function explainQuery(relation: Relation, options: PlanOptions): QueryExplanation {
  const { columns, plan, work } = planQuery(relation, options);
  const leaves = work.kind === "direct" ? [work.output.leaf] : work.statement.leaves.map((leaf) => leaf.plan);
  const scans = leaves.flatMap(scansIn).map((scan) => explainScan(scan, options));
  const withEngine: EngineUse = scans.length > 0 ? "scan+duckdb" : "duckdb";
  return {
    columns,
    engine: work.kind === "direct" || work.finish !== null ? "scan" : withEngine,
    plan,
    scans,
    asks: [...new Set(asksIn(plan))].sort(),
    sql: work.kind === "direct" ? null : work.statement.sql,
    finishedRows: work.kind === "engine" && work.finish !== null ? MOST_FINISHED_ROWS : null,
  };
}

function asksIn(plan: Plan): readonly string[] {
  const own = plan.kind === "lookup" ? plan.items.map((item) => item.function) : [];
  return [...own, ...inputsOf(plan).flatMap(asksIn)];
}

/** The scans of a leaf: of one that is a query of its own, all below it. */
function scansIn(plan: Plan): readonly ScanPlan[] {
  return plan.kind === "scan" ? [plan] : inputsOf(plan).flatMap(scansIn);
}

function explainScan(plan: ScanPlan, options: PlanOptions): ScanExplanation {
  const { files, formatName } = plan;
  return { files, formatName, spec: prepareScan(plan, options.timeZone).spec };
}

/** The explanation as text for people. */
export function printExplanation(explanation: QueryExplanation): string {
  const sections = [`engine: ${explanation.engine}`, `plan:\n${indent(printPlanTree(explanation.plan))}`];
  for (const [index, scan] of explanation.scans.entries()) {
    sections.push(`scan ${index}:\n${indent(printScan(scan))}`);
  }
  const { sql, finishedRows } = explanation;
  const counted = explanation.scans[0]?.spec.output.kind === "rows" ? "rows" : "partial groups";
  const when = finishedRows === null ? "" : `, when there are more than ${finishedRows} ${counted}`;
  if (sql !== null) sections.push(`sql${when}:\n${indent(sql)}`);
  return sections.join("\n\n");
}

/** One line per node, inputs below and further in. */
function printPlanTree(plan: Plan): string {
  const lines: string[] = [];
  const waiting: { readonly node: Plan; readonly depth: number }[] = [{ node: plan, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, depth } = next;
    lines.push(`${"  ".repeat(depth)}${describeNode(node)}`);
    const inputs = [...inputsOf(node)].reverse();
    waiting.push(...inputs.map((input) => ({ node: input, depth: depth + 1 })));
  }
  return lines.join("\n");
}

function printScan({ files, formatName, spec }: ScanExplanation): string {
  const lines = [`files: ${files.uris.map(shownAddress).join(" ")}`];
  if (files.filter !== null) lines.push(`files where ${describePredicate(files.filter, FILE_NAMES)}`);
  if (files.members !== null) lines.push(`members: ${files.members}`);
  if (formatName !== null) lines.push(`format: ${formatName}`);
  const slots = spec.program.slots.map((slot) => slot.path.join("."));
  const wanted = slots.filter((name) => name !== "");
  lines.push(
    `decodes: ${wanted.length === 0 ? "nothing" : wanted.join(", ")}`,
    ...describeDeferred(spec, slots),
  );
  if (spec.filter !== null) lines.push(`where ${describePredicate(spec.filter, slots)}`);
  lines.push(describeOutput(spec, slots));
  const { output } = spec;
  if (output.kind === "rows" && output.top !== undefined) lines.push(describeTop(output, slots));
  if (spec.rowLimit !== null) lines.push(`stops after ${spec.rowLimit} rows`);
  if (spec.givesUnmatched) lines.push("gives out unmatched bytes too");
  lines.push("program:", indent(printedProgram(spec.program)));
  return lines.join("\n");
}

/** What the module does not read by itself. */
function describeDeferred({ program }: ScanSpec, slots: readonly string[]): readonly string[] {
  const { built, matched } = deferredSlots(program);
  const names = [...built].map(([slot, what]) => `${slots[slot] ?? "?"} (${what})`);
  const others = [...matched].map((slot) => slots[slot] ?? "?");
  return [
    ...(names.length === 0 ? [] : [`builds when given out: ${names.join(", ")}`]),
    ...(others.length === 0 ? [] : [`matches with the plain twin: ${others.join(", ")}`]),
  ];
}

const FILE_NAMES = ["uri", "file_name", "length", "last_modified", "path_time"];

function nameOfColumn(column: ScanColumn, slots: readonly string[]): string {
  return column.kind === "slot" ? (slots[column.slot] ?? "?") : column.kind;
}

function describeTop(
  { columns, top }: Extract<ScanSpec["output"], { readonly kind: "rows" }>,
  slots: readonly string[],
): string {
  const keys = top?.keys.map(({ column, isDescending }) => {
    const named = columns[column];
    return `${named === undefined ? "?" : nameOfColumn(named, slots)}${isDescending ? " desc" : ""}`;
  });
  return `only what may be among the first ${top?.count} by ${keys?.join(", ")}`;
}

function describeOutput({ output }: ScanSpec, slots: readonly string[]): string {
  const nameOf = (column: ScanColumn) => nameOfColumn(column, slots);
  if (output.kind === "rows") return `gives rows: ${output.columns.map(nameOf).join(", ")}`;
  const keys = output.keys.map((key) => {
    return nameOf(key.column) + describeCut(key.cut);
  });
  const aggregates = output.aggregates.map((aggregate) => describeAggregate(aggregate, slots));
  return `gives partial groups by ${keys.join(", ") || "nothing"}: ${aggregates.join(", ") || "keys only"}`;
}

function describeCut(cut: ScanCut | null): string {
  if (cut === null) return "";
  switch (cut.kind) {
    case "time":
      return ` cut to ${cut.stepMs} ms`;
    case "multiple":
      return ` cut to multiples of ${cut.of}`;
    case "remainder":
      return ` cut to the rest by ${cut.by}`;
    case "network":
      return ` cut to ${cut.v4Bits} or ${cut.v6Bits} bits`;
    default:
      return unreachable(cut);
  }
}

function describeAggregate(aggregate: ScanAggregate, slots: readonly string[]): string {
  if (aggregate.kind === "count")
    return aggregate.when === null ? "count" : `count(${describePredicate(aggregate.when, slots)})`;
  return `${aggregate.kind}(${aggregate.slot === null ? "" : (slots[aggregate.slot] ?? "?")})`;
}

function printedProgram(program: MatchProgram): string {
  return printProgram(program).trimEnd();
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}
