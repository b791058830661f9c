/** From the language's typed tree to the plan, before any rewrite: every node stands where the script has it. */

import type { ColumnId, ListingField, ParseRelation, Relation, SystemField } from "#language";
import { invariant, unreachable } from "#text";
import type { ColumnIds } from "./column-ids.ts";
import { lowerExpression } from "./lower-expression.ts";
import { lowerGroup, projectOver, withAnswers } from "./lower-outside.ts";
import {
  lowerJoin,
  lowerNearest,
  lowerSave,
  lowerSort,
  lowerTable,
  lowerUnnest,
  lowerValues,
} from "./lower-steps.ts";
import { columnsOf, replaceScalars } from "./scalar.ts";
import type { FileChoice, ListingPlan, Plan, PlanItem, Scalar, ScanPlanColumn, ScanSource } from "./tree.ts";

/** The plan of a script's tree. */
export function lowerRelation(relation: Relation, ids: ColumnIds): Plan {
  const lower = (part: Relation) => lowerRelation(part, ids);
  const scalar = (part: Parameters<typeof lowerExpression>[0]) => lowerExpression(part, lower);
  switch (relation.kind) {
    case "listing":
      return { kind: "listing", files: filesOf(relation), columns: relation.fields, span: relation.span };
    case "parse":
      return lowerParse(relation, ids);
    case "values":
      return lowerValues(relation, { lower, scalar, ids });
    case "dual":
      return { kind: "dual", columns: relation.columns, rowCount: relation.rowCount };
    case "filter": {
      const { input, scalars } = withAnswers(lower(relation.input), [scalar(relation.condition)], ids);
      return { kind: "filter", input, condition: scalars[0] ?? scalar(relation.condition) };
    }
    case "project":
      return projectOver(lower(relation.input), itemsOf(relation.items, scalar), ids);
    case "group":
      return lowerGroup(
        lower(relation.input),
        { keys: itemsOf(relation.keys, scalar), aggregates: itemsOf(relation.aggregates, scalar) },
        ids,
      );
    case "sort":
      return lowerSort(relation, { lower, scalar, ids });
    case "unnest":
      return lowerUnnest(relation, { lower, scalar, ids });
    case "tail":
    case "sample":
      return { kind: relation.kind, input: lower(relation.input), rowCount: relation.rowCount };
    case "table":
      return lowerTable(relation);
    case "save":
      return lowerSave(relation, lower(relation.input));
    case "render":
      return lower(relation.input);
    case "nearest":
      return lowerNearest(relation, { lower, scalar, ids });
    case "limit":
      return { kind: "limit", input: lower(relation.input), rowCount: relation.rowCount };
    case "distinct": {
      const visible = relation.columns.filter((column) => !column.isHidden);
      return { kind: "distinct", input: lower(relation.input), columns: visible.map((column) => column.id) };
    }
    case "join":
      return lowerJoin(relation, { lower, scalar, ids });
    case "union":
      return {
        kind: "union",
        columns: relation.columns,
        inputs: relation.inputs.map(lower),
        columnsOf: relation.columnsOf,
      };
    default:
      return unreachable(relation);
  }
}

function itemsOf(
  items: readonly { readonly column: ColumnId; readonly expression: Parameters<typeof lowerExpression>[0] }[],
  scalar: (part: Parameters<typeof lowerExpression>[0]) => Scalar,
): PlanItem[] {
  return items.map((item) => ({ column: item.column, scalar: scalar(item.expression) }));
}

function filesOf(listing: {
  readonly uris: readonly string[];
  readonly timeZone: string | null;
}): FileChoice {
  return { uris: listing.uris, timeZone: listing.timeZone, filter: null, members: null };
}

/** Fields of a file that parsed rows carry, by the name of their system field. */
const FILE_FIELDS: Readonly<Partial<Record<SystemField, ListingField>>> = {
  _uri: "uri",
  _file_name: "file_name",
  _last_modified: "last_modified",
  path_time: "path_time",
};

/**
 * A scan. What stands between the listing and the parse works on rows that are files; it is the same to work on the records, whose
 * file's columns are columns of the scan. So filters and computed columns of the listing come to stand above the scan.
 */
function lowerParse(relation: ParseRelation, ids: ColumnIds): Plan {
  const above: ((plan: Plan) => Plan)[] = [];
  let below = lowerRelation(relation.listing, ids);
  while (below.kind === "filter" || below.kind === "project") {
    const node = below;
    above.push((input) => ({ ...node, input }));
    below = node.input;
  }
  invariant(below.kind === "listing", "what is parsed is a listing, or filters above one");
  const scan = scanOf(relation, below, ids);
  const system = rawBytesItems(relation, scan.rawText);
  const base: Plan = system.length === 0 ? scan.plan : { kind: "project", input: scan.plan, items: system };
  return above.reduceRight((input, wrap) => wrap(input), base);
}

function scanOf(
  relation: ParseRelation,
  listing: ListingPlan,
  ids: ColumnIds,
): { plan: Plan; rawText: ColumnId } {
  const typeOf = (id: ColumnId): ScanPlanColumn["type"] =>
    relation.columns.find((column) => column.id === id)?.type ?? listingTypeOf(listing, id);
  const columns = new Map<ColumnId, ScanPlanColumn>();
  const add = (column: ColumnId, source: ScanSource) =>
    columns.set(column, { column, type: typeOf(column), source });
  for (const { column, field } of listing.columns) add(column, { kind: "file", field });
  for (const { column, name } of relation.fields) add(column, { kind: "field", name });
  const rawText = relation.systemFields.find(({ field }) => field === "_raw_text")?.column ?? ids.next();
  columns.set(rawText, { column: rawText, type: { kind: "string" }, source: { kind: "raw-text" } });
  for (const { column, field } of relation.systemFields) {
    const source = sourceOfSystemField(field);
    if (source !== null) add(column, source);
  }
  const plan: Plan = {
    kind: "scan",
    files: { ...listing.files, members: relation.members },
    pattern: relation.pattern,
    formatName: relation.formatName,
    slots: [],
    filter: null,
    output: { kind: "rows", columns: [...columns.values()] },
    rowLimit: null,
    givesUnmatched: false,
    span: relation.span,
  };
  return { plan, rawText };
}

/** Types of listing columns that the parse does not pass on: only filters on the listing read them. */
function listingTypeOf(listing: ListingPlan, id: ColumnId): ScanPlanColumn["type"] {
  const field = listing.columns.find((column) => column.column === id)?.field;
  invariant(field !== undefined, "a scan's column is a field of the record or of its file");
  return LISTING_TYPES[field];
}

/** Types of listing fields. */
export const LISTING_TYPES: Readonly<
  Record<ListingField, { readonly kind: "string" | "long" | "timestamp" }>
> = {
  uri: { kind: "string" },
  file_name: { kind: "string" },
  length: { kind: "long" },
  last_modified: { kind: "timestamp" },
  path_time: { kind: "timestamp" },
};

function sourceOfSystemField(field: SystemField): ScanSource | null {
  switch (field) {
    case "_raw_offset":
      return { kind: "raw-offset" };
    case "_raw_text":
      return { kind: "raw-text" };
    case "_unmatched":
      return { kind: "unmatched" };
    case "_raw_bytes":
      return null;
    default: {
      const file = FILE_FIELDS[field];
      invariant(file !== undefined, "every system field has a source");
      return { kind: "file", field: file };
    }
  }
}

/** `_raw_bytes` is the record's text as bytes. */
function rawBytesItems(relation: ParseRelation, rawText: ColumnId): PlanItem[] {
  const column = relation.systemFields.find((field) => field.field === "_raw_bytes")?.column;
  if (column === undefined) return [];
  const { span } = relation;
  const text: Scalar = { kind: "column", column: rawText, type: { kind: "string" }, span };
  const scalar: Scalar = {
    kind: "call",
    function: "bytes_of_text",
    arguments: [text],
    type: { kind: "bytes" },
    span,
  };
  return [{ column, scalar }];
}

/** The scalar with columns that are other columns' names resolved: `items` are put in the place of their columns. */
export function substitute(scalar: Scalar, items: readonly PlanItem[]): Scalar {
  const byColumn = new Map(items.map((item): [ColumnId, Scalar] => [item.column, item.scalar]));
  return replaceScalars(scalar, (part) =>
    part.kind === "column" ? (byColumn.get(part.column) ?? null) : null,
  );
}

/** Whether a scalar reads only the given columns. */
export function readsOnly(scalar: Scalar, columns: ReadonlySet<ColumnId>): boolean {
  return [...columnsOf(scalar)].every((column) => columns.has(column));
}
