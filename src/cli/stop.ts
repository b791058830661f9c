/** Why and how a run is stopped before its end. */
import { Failure } from "#text";
import { EXIT } from "./exit-codes.ts";
import { printElapsed } from "./sizes.ts";
import type { Surroundings } from "./surroundings.ts";

/** The reason of a run that stops because nobody reads its result any more: no failure. */
export const READER_GONE: unique symbol = Symbol("reader gone");

/** What can stop a run: Ctrl-C, its time limit, a reader that goes. */
export interface Stop {
  readonly signal: AbortSignal;
  /** Stops because nobody reads the result any more. */
  readerGone(): void;
  /** From now on the first wish to stop is told, and does not abort the signal. */
  onGentleStop(callback: () => void): void;
  /** Called before the process is ended at once. */
  onHardStop(callback: () => void): void;
  /** Ends the watch for signals and the clock. */
  release(): void;
}

/** Watches for reasons to stop. The first wish to stop aborts the signal, a second one ends the process. */
export function watchForStop(surroundings: Surroundings, timeoutMs: number | null): Stop {
  const controller = new AbortController();
  const beforeExit: (() => void)[] = [];
  let endGently: (() => void) | null = null;
  let wishes = 0;
  const unwatch = surroundings.onStop(() => {
    if (++wishes > 1) {
      for (const callback of beforeExit) callback();
      surroundings.exitNow(EXIT.interrupted.code);
    }
    if (endGently === null) controller.abort(new Failure("cancelled", "The run was interrupted."));
    else endGently();
  });
  const timer =
    timeoutMs === null ? null : setTimeout(() => controller.abort(timeoutFailure(timeoutMs)), timeoutMs);
  return {
    signal: controller.signal,
    readerGone: () => controller.abort(READER_GONE),
    onGentleStop(callback) {
      endGently = callback;
    },
    onHardStop(callback) {
      beforeExit.push(callback);
    },
    release() {
      unwatch();
      if (timer !== null) clearTimeout(timer);
    },
  };
}

function timeoutFailure(timeoutMs: number): Failure {
  const message = `The run took longer than its limit of ${printElapsed(timeoutMs)}.`;
  return new Failure("limit-reached", message, { help: "The limit is set by --timeout or TRAWL_TIMEOUT." });
}
