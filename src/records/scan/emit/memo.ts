/**
 * Searches that are remembered, so that hostile data is not read again from every byte. A search for the end of an `LD`, or for the
 * end of a run of bytes, depends on the bytes alone: what one attempt has learnt of a stretch holds for the next. Only attempts behind
 * a failed one remember and look: data that matches pays nothing for it.
 */
import type { EmitContext } from "./context.ts";
import { get, i32, set } from "./wat.ts";

/** What an operation knows from attempts before: nothing ends a search in [from, to). */
export interface Memo {
  /** Code that moves the position to the end of what is known. */
  readonly skip: readonly string[];
  /** Code that remembers the stretch from the local `from` to the position. */
  remember(from: string): readonly string[];
}

const NONE: Memo = { skip: [], remember: () => [] };

/** A memo for the operation that is being written. */
export function memoOf(context: EmitContext): Memo {
  const { retry, module, q } = context;
  if (retry === null) return NONE;
  const [from, to] = [`$from${module.memos.length}`, `$to${module.memos.length}`];
  module.memos.push(from, to);
  const isKnown = `(i32.and (i32.ge_u ${get(q)} (global.get ${from})) (i32.lt_u ${get(q)} (global.get ${to})))`;
  return {
    skip: [`(if ${get(retry)} (then (if ${isKnown} (then ${set(q, `(global.get ${to})`)}))))`],
    remember: (start) => [
      `(if ${get(retry)} (then (global.set ${from} ${get(start)}) (global.set ${to} ${get(q)})))`,
    ],
  };
}

/** Declarations of the globals of all memos. */
export function declareMemos(memos: readonly string[]): string[] {
  return memos.map((name) => `(global ${name} (mut i32) (i32.const 0))`);
}

/** Code that forgets everything: addresses have another meaning in the next call. */
export function forgetMemos(memos: readonly string[]): string {
  return memos.map((name) => `(global.set ${name} ${i32(0)})`).join("\n  ");
}
