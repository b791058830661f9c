import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Batch } from "#records";
import { CREATE_LEAF, createLeafFunction } from "./leaf-function.ts";
import type { LeafSource } from "./leaf-source.ts";
import { TextFiller } from "./text-entries.ts";

const texts = new TextFiller();
let instance: DuckDBInstance;
let leaf: LeafSource | null = null;

beforeAll(async () => {
  instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  connection.registerTableFunction(createLeafFunction(() => leaf, texts));
  await connection.run(CREATE_LEAF);
  connection.disconnectSync();
});

afterAll(() => instance.closeSync());

/** Texts laid out in any order, with bytes between them that are no text. */
function batchOf(rows: readonly (string | null)[], order: readonly number[], gap: number): Batch {
  const utf8 = new TextEncoder();
  const pieces: Uint8Array[] = [];
  const starts = new Uint32Array(rows.length);
  const lengths = new Uint32Array(rows.length).fill(77);
  const validity = new Uint8Array(Math.ceil(rows.length / 8));
  let end = 0;
  for (const row of order) {
    const text = rows[row] ?? null;
    if (text === null) continue;
    validity[row >> 3]! |= 1 << (row & 7);
    const bytes = utf8.encode(text);
    pieces.push(new Uint8Array(gap).fill(0xff), bytes);
    starts[row] = end + gap;
    lengths[row] = bytes.length;
    end += gap + bytes.length;
  }
  const heap = new Uint8Array(Buffer.concat(pieces));
  return { rowCount: rows.length, columns: [{ kind: "text", starts, lengths, heap, validity }] };
}

async function through(batches: readonly Batch[]): Promise<unknown[]> {
  const waiting = [...batches];
  leaf = {
    columns: [{ name: "t", type: { kind: "string" }, source: 0 }],
    take: () => waiting.shift() ?? null,
  };
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll("SELECT t FROM leaf(0)");
  connection.disconnectSync();
  return reader.getRows().map((row) => row[0]);
}

test("texts come out of the engine as they went in, however they lie in memory", async () => {
  const rows = fc.array(fc.option(fc.string({ unit: "binary", maxLength: 40 })), {
    minLength: 1,
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(
      rows,
      fc.infiniteStream(fc.nat()),
      fc.constantFrom(0, 0, 1, 90),
      fc.boolean(),
      async (given, keys, gap, isDirect) => {
        const order = given.map((_, row) => [keys.next().value, row] as const).sort(([a], [b]) => a - b);
        texts.isDirect = isDirect;
        const batch = batchOf(
          given,
          order.map(([, row]) => row),
          gap,
        );
        expect(await through([batch])).toEqual(given);
      },
    ),
    { seed: 1, numRuns: 120 },
  );
});

test("batches larger than a chunk are cut, empty ones are passed over", async () => {
  texts.isDirect = true;
  const given = Array.from({ length: 5000 }, (_, row) =>
    row % 7 === 0 ? null : `${"x".repeat(row % 30)}${row}`,
  );
  const order = given.map((_, row) => row);
  const empty = batchOf([], [], 0);
  expect(await through([empty, batchOf(given, order, 0), empty, batchOf(["end"], [0], 0)])).toEqual([
    ...given,
    "end",
  ]);
});
