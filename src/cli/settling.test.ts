import { expect, test } from "vitest";
import type { Batch } from "#records";
import { withSettling } from "./settling.ts";

const batch: Batch = { rowCount: 1, columns: [] };

/** Batches that come when told. */
function openGate(): { batches: AsyncIterable<Batch>; give: (count: number) => void } {
  let release: (isMore: boolean) => void = () => {};
  let next = new Promise<boolean>((resolve) => {
    release = resolve;
  });
  async function* batches(): AsyncGenerator<Batch> {
    while (await next) {
      next = new Promise((resolve) => {
        release = resolve;
      });
      yield batch;
    }
  }
  return { batches: batches(), give: (count) => release(count > 0) };
}

test("rows that are held back are settled once when no more come for a while", async () => {
  const { batches, give } = openGate();
  const events: string[] = [];
  give(1);
  const settle = () => {
    events.push("settled");
    give(1);
    return Promise.resolve();
  };
  for await (const _ of withSettling(batches, new AbortController().signal, settle)) {
    events.push("batch");
    if (events.length === 3) give(0);
  }
  expect(events).toEqual(["batch", "settled", "batch"]);
});

test("a wish to stop is followed at once, though the source does not answer", async () => {
  const controller = new AbortController();
  const never: AsyncIterable<Batch> = {
    [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
  };
  const iterator = withSettling(never, controller.signal, () => Promise.resolve());
  const result = expect(iterator.next()).rejects.toThrow("stop");
  controller.abort(new Error("stop"));
  await result;
});
