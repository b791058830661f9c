import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Failure } from "#text";
import { type AheadBudget, aheadBudget, readInRanges } from "./read-in-ranges.ts";
import type { RemoteRange, RemoteStore } from "./remote-store.ts";

const never = new AbortController().signal;
const LIMITS = { smallBytes: 20, partBytes: 10, mostParts: 4 };

interface Watched {
  readonly store: RemoteStore;
  readonly ranges: RemoteRange[];
  /** Ranges being read now, and the most there ever were. */
  readonly count: { now: number; most: number };
}

/** A store of one object, which fails where it is told to. */
function storeOf(
  bytes: Uint8Array,
  { chunk = 3, failsAt = Number.POSITIVE_INFINITY, givesParts = true } = {},
): Watched {
  const ranges: RemoteRange[] = [];
  const count = { now: 0, most: 0 };
  const store: RemoteStore = {
    givesParts,
    list: () => expect.unreachable(),
    status: () => expect.unreachable(),
    async *open(_path, range, signal) {
      ranges.push(range);
      count.now++;
      count.most = Math.max(count.most, count.now);
      try {
        const end = range.endByte ?? bytes.length;
        for (let at = range.startByte; at < end; at += chunk) {
          await new Promise((resolve) => setImmediate(resolve));
          if (signal.aborted) throw new Failure("cancelled", "stopped");
          if (at >= failsAt) throw new Failure("source-changed", `at ${at}`);
          yield bytes.slice(at, Math.min(at + chunk, end));
        }
      } finally {
        count.now--;
      }
    },
  };
  return { store, ranges, count };
}

const bytesOf = (length: number) => Uint8Array.from({ length }, (_, at) => at % 251);

async function read(
  store: RemoteStore,
  sizeBytes: number | null,
  budget: AheadBudget,
  version: string | null = '"v"',
) {
  const chunks: Uint8Array[] = [];
  const object = { path: "a", sizeBytes, version };
  for await (const chunk of readInRanges(store, object, never, { budget, limits: LIMITS }))
    chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe("reading in ranges", () => {
  test("gives the same bytes whatever the size, the chunks and the budget", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(150),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(60),
        async (size, chunk, budgetBytes) => {
          const bytes = bytesOf(size);
          const { store, count } = storeOf(bytes, { chunk });
          const budget = aheadBudget(budgetBytes);
          expect(Buffer.compare(await read(store, size, budget), bytes)).toBe(0);
          expect(budget.bytesLeft).toBe(budgetBytes);
          // The last part may be small.
          expect(count.most).toBeLessThanOrEqual(
            Math.min(LIMITS.mostParts, 2 + Math.floor(budgetBytes / 10)),
          );
        },
      ),
      { seed: 7, numRuns: 60 },
    );
  });

  test("fetches parts side by side behind the first, all of one version", async () => {
    const { store, ranges, count } = storeOf(bytesOf(95));
    await read(store, 95, aheadBudget(1000));
    expect(count.most).toBe(4);
    expect(ranges.map(({ startByte, endByte }) => [startByte, endByte])).toContainEqual([90, 95]);
    expect(ranges).toHaveLength(10);
    expect(new Set(ranges.map(({ version }) => version))).toEqual(new Set(['"v"']));
  });

  test("takes in one go what is small, has no version or no size, and stores that give no parts", async () => {
    const whole = { startByte: 0, endByte: null };
    const cases = [
      [storeOf(bytesOf(20)), 20, '"v"'],
      [storeOf(bytesOf(95)), 95, null],
      [storeOf(bytesOf(95)), null, '"v"'],
      [storeOf(bytesOf(95), { givesParts: false }), 95, '"v"'],
    ] as const;
    for (const [{ store, ranges }, size, version] of cases) {
      await read(store, size, aheadBudget(1000), version);
      expect(ranges).toEqual([{ ...whole, version }]);
    }
  });

  test("fails behind all bytes that came before, and stops what is under way", async () => {
    const { store, count } = storeOf(bytesOf(95), { failsAt: 42, chunk: 1 });
    const budget = aheadBudget(1000);
    let length = 0;
    const reading = (async () => {
      const object = { path: "a", sizeBytes: 95, version: '"v"' };
      for await (const chunk of readInRanges(store, object, never, { budget, limits: LIMITS }))
        length += chunk.length;
    })();
    await expect(reading).rejects.toMatchObject({ code: "source-changed", message: "at 42" });
    expect([length, count.now, budget.bytesLeft]).toEqual([42, 0, 1000]);
  });

  test("stops what is under way when nobody reads on, or the run stops", async () => {
    const { store, count, ranges } = storeOf(bytesOf(95));
    const budget = aheadBudget(1000);
    const object = { path: "a", sizeBytes: 95, version: '"v"' };
    const reading = readInRanges(store, object, never, { budget, limits: LIMITS });
    let length = 0;
    for await (const chunk of reading) {
      length += chunk.length;
      if (length > 12) break;
    }
    expect([count.now, budget.bytesLeft, ranges.length]).toEqual([0, 1000, 5]);

    const run = new AbortController();
    const stopped = readInRanges(store, object, run.signal, { budget, limits: LIMITS });
    const all = (async () => {
      for await (const _chunk of stopped) run.abort();
    })();
    await expect(all).rejects.toMatchObject({ code: "cancelled" });
    expect([count.now, budget.bytesLeft]).toEqual([0, 1000]);
  });

  test("fetches no more than the beginning for who looks at no more", async () => {
    const { store, ranges } = storeOf(bytesOf(95));
    const object = { path: "a", sizeBytes: 95, version: '"v"' };
    for await (const _chunk of readInRanges(store, object, never, {
      budget: aheadBudget(1000),
      limits: LIMITS,
    }))
      break;
    expect(ranges).toHaveLength(1);
  });
});
