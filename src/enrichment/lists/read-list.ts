/** Reads the bytes of a list into tables for look-ups. */

import type { Address } from "../tables/address-words.ts";
import { RangeBuilder } from "../tables/range-builder.ts";
import { NOT_FOUND, type RangeTable } from "../tables/range-table.ts";
import type { ListDefinition } from "./definition.ts";
import { readerOf } from "./list-formats.ts";

/** A list in memory. */
export interface ListTable {
  /** Entries: addresses, networks and ranges, and names of hosts. */
  readonly entries: number;
  readonly wrongLines: number;
  /** The first wrong line, cut, and its number from 1; null: none is wrong. */
  readonly firstWrong: { readonly line: number; readonly text: string } | null;
  readonly ranges: RangeTable;
  readonly hosts: ReadonlySet<string>;
}

/** Lines are not longer; what is longer is wrong. */
const LONGEST_LINE = 4096;
const SHOWN = 60;
const NEWLINE = 0x0a;
/** A few million lines are decoded in pieces. */
const PIECE_BYTES = 1 << 20;

/** The tables of a list. Never fails: lines that are not of the format are counted. */
export function readList(
  bytes: Uint8Array,
  definition: Pick<ListDefinition, "format" | "column" | "separator">,
): ListTable {
  const read = readerOf(definition.format);
  const builder = new RangeBuilder();
  const hosts = new Set<string>();
  const [start, end] = [new Uint32Array(4), new Uint32Array(4)];
  const sink = {
    start,
    end,
    range: (count: number) => builder.add(start, end, count),
    host: (name: string) => hosts.add(name),
  };
  let wrongLines = 0;
  let lines = 0;
  let firstWrong: ListTable["firstWrong"] = null;
  for (const line of linesOf(bytes)) {
    lines++;
    const outcome = line.length > LONGEST_LINE ? "wrong" : read(line, sink, definition);
    if (outcome !== "wrong" || (lines === 1 && definition.format === "csv")) continue;
    wrongLines++;
    firstWrong ??= { line: lines, text: line.slice(0, SHOWN) };
  }
  const entries = builder.count + hosts.size;
  return { entries, wrongLines, firstWrong, ranges: builder.build(), hosts };
}

/** On how many lists the entry of an address stands by the list's own count, or null: it is not listed. */
export function countIn(table: ListTable, address: Address): number | null {
  const count = table.ranges.find(address);
  return count === NOT_FOUND ? null : count;
}

function* linesOf(bytes: Uint8Array): Generator<string> {
  const text = new TextDecoder();
  for (let at = 0; at < bytes.length; ) {
    const wanted = Math.min(bytes.length, at + PIECE_BYTES);
    const newline = wanted === bytes.length ? wanted - 1 : bytes.indexOf(NEWLINE, wanted);
    const stop = newline < 0 ? bytes.length : newline + 1;
    const lines = text.decode(bytes.subarray(at, stop)).split(/\r?\n/);
    if (lines.at(-1) === "") lines.pop();
    yield* lines;
    at = stop;
  }
}
