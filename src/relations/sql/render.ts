/** What renderings of functions get to work with. */

import type { DataType } from "#language";
import type { TextSpan } from "#text";
import type { CallScalar, Scalar } from "../plan/tree.ts";
import type { ZoneSql } from "./zone.ts";

/** A part of the printed statement that can fail at run time, and what to say then. */
export interface Fragment {
  readonly span: TextSpan;
  readonly message: string;
  /** A regular expression; DuckDB repeats the part of it that is wrong. Null: the fragment fails by its number. */
  readonly expression: string | null;
}

/** What a statement is printed for. */
export interface RenderContext {
  readonly zone: ZoneSql;
  readonly nowMs: bigint;
  /** The n-th fragment's failure is reported by DuckDB as `trawl:n`. */
  readonly fragments: Fragment[];
}

/** A printed argument. */
export interface Argument {
  readonly sql: string;
  readonly type: DataType;
  readonly scalar: Scalar;
}

/** Prints a call from its printed arguments. */
export type Render = (parts: readonly Argument[], call: CallScalar, context: RenderContext) => string;

/** An expression that fails the statement with a message of ours when it is computed. */
export function failWith(context: RenderContext, span: TextSpan, message: string): string {
  context.fragments.push({ span, message, expression: null });
  return `error('trawl:${context.fragments.length - 1}')`;
}

/** The printed argument at a place; the place must be filled. */
export function at(parts: readonly Argument[], index: number): Argument {
  const part = parts[index];
  if (part === undefined) throw new Error(`Internal error: argument ${index} is missing`);
  return part;
}
