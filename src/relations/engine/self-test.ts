/** Checks, when an engine starts, that texts written directly into DuckDB's memory arrive unharmed. */
import type { DuckDBInstance } from "@duckdb/node-api";
import type { Batch } from "#records";
import type { LeafSource } from "./leaf-source.ts";

const LENGTHS = [0, 1, 3, 4, 5, 11, 12, 13, 14, 31, 200] as const;
const NULL_ROW = 7;

/** A leaf with texts of every length that is stored differently, one of them NULL. */
export function selfTestLeaf(): LeafSource {
  let isTaken = false;
  return {
    columns: [{ name: "text", type: { kind: "string" }, source: 0 }],
    take: () => {
      if (isTaken) return null;
      isTaken = true;
      return selfTestBatch();
    },
  };
}

/** Whether the texts come out of the database as they went in. The leaf must be leaf 0 of the connection. */
export async function passesSelfTest(
  instance: DuckDBInstance,
  leafOf: (connectionId: number) => void,
): Promise<boolean> {
  const connection = await instance.connect();
  try {
    leafOf(connection.clientContext.connectionId);
    const reader = await connection.runAndReadAll("SELECT text FROM leaf(0)");
    const got = reader.getRows().map((row) => row[0]);
    const expected = LENGTHS.map((length, row) => (row === NULL_ROW ? null : textOfLength(length)));
    return got.length === expected.length && expected.every((text, row) => got[row] === text);
  } finally {
    connection.disconnectSync();
  }
}

function selfTestBatch(): Batch {
  const heap = new TextEncoder().encode(LENGTHS.map(textOfLength).join(""));
  const starts = new Uint32Array(LENGTHS.length);
  const lengths = Uint32Array.from(LENGTHS, (length) => textOfLength(length).length);
  for (let row = 1; row < starts.length; row++)
    starts[row] = (starts[row - 1] ?? 0) + (lengths[row - 1] ?? 0);
  const validity = new Uint8Array(Math.ceil(LENGTHS.length / 8)).fill(0xff);
  validity[NULL_ROW >> 3] = 0xff ^ (1 << (NULL_ROW & 7));
  return { rowCount: LENGTHS.length, columns: [{ kind: "text", starts, lengths, heap, validity }] };
}

/** A text of ASCII, so that its length in bytes is its length. */
function textOfLength(length: number): string {
  return Array.from({ length }, (_, index) => String.fromCharCode(33 + ((index * 7 + length) % 90))).join("");
}
