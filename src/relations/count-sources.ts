/** Counts what a query would read, without reading it. */
import type { Relation } from "#language";
import type { Failure } from "#text";
import { type ChoiceContext, chosenObjects } from "./leaves/chosen-files.ts";
import type { PlanOptions, QueryOptions } from "./options.ts";
import { inputsOf } from "./plan/plan.ts";
import { planQuery } from "./plan/plan-query.ts";
import type { FileChoice, Plan } from "./plan/tree.ts";

/** What one scan of a query would read. */
export interface SourceCount {
  readonly uris: readonly string[];
  readonly objects: number;
  /** As stored, of the objects whose size is known. */
  readonly bytes: number;
  readonly largestBytes: number;
  /** Objects whose size nobody tells before they are read. */
  readonly unsized: number;
  /** Directories (prefixes) that were read for it, and names that were looked at one by one. */
  readonly asked: number;
  /** Files and directories whose path time is outside what the query wants; what was never asked for is not among them. */
  readonly prunedByTime: number;
  /** Files that were found and that the query's filter on files leaves out. */
  readonly leftOut: number;
  readonly first: string | null;
  readonly last: string | null;
}

/** What counting needs. */
export interface CountOptions extends PlanOptions, ChoiceOptions {
  readonly signal: AbortSignal;
  readonly onProblem: (problem: Failure) => void;
}

type ChoiceOptions = Pick<QueryOptions, "workingDirectory" | "stores">;

/** Lists for every scan of the query what it would read. Nothing is opened. Throws what listing throws. */
export async function countSources(
  relation: Relation,
  options: CountOptions,
): Promise<readonly SourceCount[]> {
  const choices = choicesIn(planQuery(relation, options).plan);
  const counts: SourceCount[] = [];
  for (const files of choices) counts.push(await countChoice(files, options));
  return counts;
}

function choicesIn(plan: Plan): readonly FileChoice[] {
  return plan.kind === "scan" || plan.kind === "listing" ? [plan.files] : inputsOf(plan).flatMap(choicesIn);
}

async function countChoice(files: FileChoice, options: CountOptions): Promise<SourceCount> {
  const count = { objects: 0, bytes: 0, largestBytes: 0, unsized: 0, asked: 0, prunedByTime: 0, leftOut: 0 };
  let [first, last]: [string | null, string | null] = [null, null];
  const context: ChoiceContext = {
    options,
    signal: options.signal,
    onProblem: options.onProblem,
    onLeftOut: (files) => {
      count.leftOut += files;
    },
    onWalked: ({ asked, pruned }) => {
      count.asked += asked;
      count.prunedByTime += pruned;
    },
  };
  for await (const objects of chosenObjects(files, context, false)) {
    for (const { sizeBytes, uri } of objects) {
      count.objects++;
      count.bytes += sizeBytes ?? 0;
      count.largestBytes = Math.max(count.largestBytes, sizeBytes ?? 0);
      if (sizeBytes === null) count.unsized++;
      first ??= uri;
      last = uri;
    }
  }
  return { uris: files.uris, ...count, first, last };
}
