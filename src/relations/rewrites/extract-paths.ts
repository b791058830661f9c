/**
 * Makes members of records slots of the scan: `IPADDR(request[client][ip])` becomes a column that the scan decodes itself, and the
 * object around it need not be captured at all.
 */

import { type ColumnId, type DataType, type Pattern, typeName } from "#language";
import { givesMember, type Slot } from "#records";
import type { ColumnIds } from "../plan/column-ids.ts";
import { mapScalars, scalarsOf } from "../plan/plan.ts";
import { constantText, replaceScalars, visitScalars } from "../plan/scalar.ts";
import type { Plan, ProjectPlan, Scalar, ScanPlan, ScanPlanColumn } from "../plan/tree.ts";
import { addSlot } from "./slots.ts";

/** A path below a column, and the type it is wanted in. */
interface PathRequest {
  readonly base: ColumnId;
  readonly path: readonly string[];
  readonly type: DataType;
  readonly isCast: boolean;
}

/** Columns that requests were answered with, by `requestKey`. */
type Found = Map<string, ColumnId>;

/** Casts that the scan carries out on JSON values exactly as SQL does. */
const SCAN_CASTS: ReadonlySet<string> = new Set(["string", "integer", "long", "double", "boolean", "ip"]);

/** The plan with paths below columns of scans replaced by columns of their own. */
export function extractPaths(plan: Plan, ids: ColumnIds): Plan {
  return extract(plan, [], ids).plan;
}

function extract(plan: Plan, above: readonly PathRequest[], ids: ColumnIds): { plan: Plan; found: Found } {
  const own = scalarsOf(plan).flatMap(requestsIn);
  switch (plan.kind) {
    case "scan":
      return extractFromScan(plan, above, ids);
    case "listing":
    case "values":
    case "dual":
    case "table":
      return { plan, found: new Map() };
    case "project":
      return extractFromProject(plan, [...above, ...own], ids);
    case "group": {
      const below = extract(plan.input, own, ids);
      return { plan: replaceIn({ ...plan, input: below.plan }, below.found), found: new Map() };
    }
    case "union": {
      const inputs = plan.inputs.map((input) => extract(input, [], ids).plan);
      return { plan: { ...plan, inputs }, found: new Map() };
    }
    case "join":
    case "nearest": {
      const left = extract(plan.left, [...above, ...own], ids);
      const right = extract(plan.right, [...above, ...own], ids);
      const found = new Map([...left.found, ...right.found]);
      return { plan: replaceIn({ ...plan, left: left.plan, right: right.plan }, found), found };
    }
    default: {
      const below = extract(plan.input, [...above, ...own], ids);
      return { plan: replaceIn({ ...plan, input: below.plan }, below.found), found: below.found };
    }
  }
}

/** Requests on a column that is itself a path (`select(r: record[request])`, then `r[ip]`) are passed on as longer paths. */
function extractFromProject(
  plan: ProjectPlan,
  requests: readonly PathRequest[],
  ids: ColumnIds,
): { plan: Plan; found: Found } {
  const aliases = new Map<ColumnId, PathRequest>();
  for (const item of plan.items) {
    const alias = chainOf(item.scalar);
    if (alias !== null) aliases.set(item.column, alias);
  }
  const rebased = requests.map((request): [PathRequest, PathRequest] => {
    const alias = aliases.get(request.base);
    return [
      request,
      alias === undefined
        ? request
        : { ...request, base: alias.base, path: [...alias.path, ...request.path] },
    ];
  });
  const below = extract(
    plan.input,
    rebased.map(([, request]) => request),
    ids,
  );
  const found = new Map(below.found);
  for (const [original, request] of rebased) {
    const column = below.found.get(requestKey(request));
    if (column !== undefined) found.set(requestKey(original), column);
  }
  return { plan: replaceIn({ ...plan, input: below.plan }, found), found };
}

function extractFromScan(
  plan: ScanPlan,
  requests: readonly PathRequest[],
  ids: ColumnIds,
): { plan: Plan; found: Found } {
  const found: Found = new Map();
  if (plan.output.kind !== "rows") return { plan, found };
  const slots = [...plan.slots];
  const columns = [...plan.output.columns];
  for (const request of requests) {
    const key = requestKey(request);
    if (found.has(key)) continue;
    const base = plan.output.columns.find((column) => column.column === request.base);
    const slot = base === undefined ? null : slotFor(base, request, plan.pattern);
    if (slot === null || isCrowded(request, requests)) continue;
    const column = ids.next();
    columns.push({
      column,
      type: slot.type,
      source: { kind: "slot", slot: addSlot(slots, slot.path, slot.type) },
    });
    found.set(key, column);
  }
  return { plan: { ...plan, slots, output: { kind: "rows", columns } }, found };
}

/** A whole untyped field is decoded in one way only: when it is wanted in several, the engine casts it. */
function isCrowded(request: PathRequest, requests: readonly PathRequest[]): boolean {
  if (request.path.length > 0 || !request.isCast) return false;
  const keys = requests.filter((other) => other.base === request.base).map(requestKey);
  return new Set(keys).size > 1;
}

/** The slot that answers a request, or null when the scan cannot. */
function slotFor(base: ScanPlanColumn, request: PathRequest, pattern: Pattern): Slot | null {
  if (base.source.kind !== "field" || base.type.kind === "huge") return null;
  let type: DataType = base.type;
  let depth = 0;
  while (type.kind === "tuple" && depth < request.path.length) {
    const name = request.path[depth];
    const field = type.fields.find((candidate) => candidate.name === name);
    if (field === undefined) return null;
    type = field.type;
    depth++;
  }
  const path = [base.source.name, ...request.path];
  if (type.kind === "object" || type.kind === "variant") {
    const isWholeObject = depth === request.path.length;
    const member = { path: request.path.slice(depth), type: request.type };
    const isGiven = isWholeObject || givesMember(pattern, path.slice(0, depth + 1), member);
    return isGiven ? { path, type: request.type } : null;
  }
  const isWhole = depth === request.path.length && type.kind !== "tuple";
  return isWhole && !request.isCast ? { path, type } : null;
}

/** The outermost paths in a scalar. */
function requestsIn(scalar: Scalar): PathRequest[] {
  const requests: PathRequest[] = [];
  visitScalars(scalar, (part) => {
    const request = requestOf(part);
    if (request !== null) requests.push(request);
    return request === null;
  });
  return requests;
}

function replaceIn(plan: Plan, found: Found): Plan {
  if (found.size === 0) return plan;
  const replace = (scalar: Scalar): Scalar =>
    replaceScalars(scalar, (part) => {
      const request = requestOf(part);
      const column = request === null ? undefined : found.get(requestKey(request));
      return column === undefined ? null : { kind: "column", column, type: part.type, span: part.span };
    });
  return mapScalars(plan, replace);
}

function requestOf(scalar: Scalar): PathRequest | null {
  if (scalar.kind !== "call") return null;
  const [operand] = scalar.arguments;
  if (SCAN_CASTS.has(scalar.function) && scalar.arguments.length === 1 && operand !== undefined) {
    const chain = operand.type.kind === "variant" ? chainOf(operand) : null;
    return chain === null ? null : { ...chain, type: scalar.type, isCast: true };
  }
  return scalar.function === "member" ? chainOf(scalar) : null;
}

/** `column[a][b]` as a path; also a bare column. */
function chainOf(scalar: Scalar): PathRequest | null {
  const names: string[] = [];
  let part = scalar;
  while (part.kind === "call" && part.function === "member") {
    const [object, name] = part.arguments;
    const text = constantText(name);
    if (object === undefined || text === null) return null;
    names.unshift(text);
    part = object;
  }
  if (part.kind !== "column") return null;
  return { base: part.column, path: names, type: scalar.type, isCast: false };
}

function requestKey(request: PathRequest): string {
  return `${request.base} ${JSON.stringify(request.path)} ${request.isCast ? typeName(request.type) : ""}`;
}
