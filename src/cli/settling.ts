/** Waiting for batches without keeping people waiting for rows that are there. */
import type { Batch } from "#records";

/** How long rows may be held back. */
const HELD_BACK_AT_MOST_MS = 150;
const LATE: unique symbol = Symbol("late");

/**
 * The batches, as they come. Once, when the first rows have been held back long enough, `settle` is called between two batches.
 * Throws the signal's reason as soon as it is aborted, whatever the source of the batches is busy with.
 */
export async function* withSettling(
  batches: AsyncIterable<Batch>,
  signal: AbortSignal,
  settle: () => Promise<void>,
): AsyncGenerator<Batch, void, undefined> {
  const iterator = batches[Symbol.asyncIterator]();
  let dueMs: number | null = null;
  let isSettled = false;
  for (;;) {
    signal.throwIfAborted();
    const next = iterator.next();
    let arrived = await firstOf(next, signal, isSettled || dueMs === null ? null : dueMs - performance.now());
    if (arrived === LATE) {
      isSettled = true;
      await settle();
      arrived = await firstOf(next, signal, null);
    }
    if (arrived === LATE || arrived.done === true) return;
    yield arrived.value;
    if (arrived.value.rowCount > 0) dueMs ??= performance.now() + HELD_BACK_AT_MOST_MS;
  }
}

/** What the promise gives, or `LATE` after a while; rejects when the signal is aborted. */
function firstOf<T>(
  promise: Promise<T>,
  signal: AbortSignal,
  waitMs: number | null,
): Promise<T | typeof LATE> {
  return new Promise((resolve, reject) => {
    const timer = waitMs === null ? null : setTimeout(() => done(() => resolve(LATE)), Math.max(0, waitMs));
    const onAbort = () => done(() => reject(signal.reason));
    const done = (settle: () => void) => {
      signal.removeEventListener("abort", onAbort);
      if (timer !== null) clearTimeout(timer);
      settle();
    };
    signal.addEventListener("abort", onAbort);
    promise.then(
      (value) => done(() => resolve(value)),
      (error: unknown) => done(() => reject(error)),
    );
    if (signal.aborted) onAbort();
  });
}
