/** Rounds of a body, one behind the other. */
import type { PairsOperation, RepeatOperation } from "../../program/program.ts";
import type { EmitContext } from "./context.ts";
import { roundMemo } from "./round-memo.ts";
import type { EmitSequence } from "./until.ts";
import { get, i32, plus, set } from "./wat.ts";

/** What is done besides the rounds themselves. */
export interface RoundHooks {
  readonly emitSequence: EmitSequence;
  /** Before the first round. */
  readonly start: readonly string[];
  /** Before each round. */
  readonly round?: readonly string[];
  /** Behind each round that matched; gets the local with the round's start. */
  readonly behind: (before: string) => readonly string[];
  /** Behind a round that failed. */
  readonly failed?: readonly string[];
  /** Behind all rounds. */
  readonly end: readonly string[];
  /** No slot is filled. */
  readonly capturesNothing: boolean;
}

/** Writes rounds while the body matches and moves on, at most `max`; fails below `min`. */
export function emitRounds(
  operation: RepeatOperation | PairsOperation,
  fail: string,
  context: EmitContext,
  hooks: RoundHooks,
): void {
  const { writer, q } = context;
  const { body, min, max } = operation;
  const before = writer.local("i32", "before");
  const rounds = writer.local("i32", "rounds");
  const [again, over, stopped] = [writer.label("again"), writer.label("over"), writer.label("stopped")];
  const memo = roundMemo({ max, rounds, over, capturesNothing: hooks.capturesNothing }, context);
  writer.line(set(rounds, i32(0)), ...hooks.start, ...memo.start);
  writer.line(`(block ${over}`, `(block ${stopped}`, `(loop ${again}`, ...memo.round);
  writer.line(`(br_if ${over} (i32.ge_u ${get(rounds)} ${i32(max)}))`, set(before, get(q)));
  writer.line(...(hooks.round ?? []));
  hooks.emitSequence(body, stopped, context);
  writer.line(
    set(rounds, plus(get(rounds), 1)),
    ...hooks.behind(before),
    `(if (i32.eq ${get(q)} ${get(before)}) (then ${memo.spoil} (br ${over})))`,
    `(br ${again})`,
    ")",
    ")",
    set(q, get(before)),
    ...memo.close,
    ...(hooks.failed ?? []),
    ")",
    ...memo.end,
    ...hooks.end,
  );
  if (min > 0) writer.line(`(br_if ${fail} (i32.lt_u ${get(rounds)} ${i32(min)}))`);
}
