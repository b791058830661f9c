/**
 * What look-ups of addresses cost: `npm run bench:lookups [-- --addresses N]`. Microseconds of processor time each, over a million
 * different addresses; bars are 1 µs for places and networks, 0.5 µs and 100 MB for a list of a million networks.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Address, openGeo, openLists, SHIPPED_LISTS } from "#enrichment";
import { tableLookups } from "#relations";
import { readList } from "../src/enrichment/lists/read-list.ts";
import { NOT_FOUND } from "../src/enrichment/tables/range-table.ts";

const { values } = parseArgs({ options: { addresses: { type: "string", default: "1000000" } } });
const COUNT = Number(values.addresses);
const RUNS = 3;

/** The same numbers in every run. */
function randomWords(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const next = randomWords(2_463_534_242);
const ipv4Numbers = Array.from({ length: COUNT }, next);
const ipv4 = ipv4Numbers.map((word) => 0xffff_0000_0000n | BigInt(word));
/** In 2000::/3, where addresses are given out. */
const ipv6 = Array.from(
  { length: COUNT },
  () => (0x2000n << 112n) | (BigInt(next() & 0xfff) << 112n) | (BigInt(next()) << 80n) | BigInt(next()),
);

/** The best of some runs, in µs of processor time per question. */
function measure(name: string, addresses: readonly Address[], ask: (address: Address) => unknown): void {
  let best = Number.POSITIVE_INFINITY;
  let answered = 0;
  for (let run = 0; run < RUNS; run++) {
    const before = process.cpuUsage();
    answered = 0;
    for (const address of addresses) {
      const answer = ask(address);
      if (answer !== null && answer !== NOT_FOUND) answered++;
    }
    best = Math.min(best, process.cpuUsage(before).user / addresses.length);
  }
  const share = Math.round((100 * answered) / addresses.length);
  console.log(`${name.padEnd(44)} ${best.toFixed(3)} µs  (${share} % found)`);
}

const geo = openGeo({ folder: null });
for (const [kind, addresses] of [
  ["IPv4 numbers", ipv4Numbers],
  ["IPv4", ipv4],
  ["IPv6", ipv6],
] as const) {
  measure(`country, ${kind}`, addresses, (address) => geo.country(address));
  measure(`network, ${kind}`, addresses, (address) => geo.asn(address));
}
const folder = mkdtempSync(join(tmpdir(), "trawl-bench-"));
const lists = openLists({ folder, definitions: SHIPPED_LISTS });
const tables = { geo, lists: () => lists, nowMs: 0 };
const lookups = tableLookups({ answer: () => Promise.resolve(null) }, () => Promise.resolve(tables));
const answer = await lookups.local?.("cc");
measure(
  "CC as a query asks it, IPv4",
  ipv4,
  (address) => answer?.([typeof address === "bigint" ? address : BigInt(address)]) ?? null,
);
rmSync(folder, { recursive: true });

/** A million networks of /24 to /32 and 100,000 of IPv6; some lie in others. */
function bigList(): Buffer {
  const lines: string[] = [];
  for (let index = 0; index < 1_000_000; index++) {
    const word = next();
    const octets = [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255];
    lines.push(index % 2 === 0 ? octets.join(".") : `${octets.join(".")}/${24 + (index % 9)}`);
  }
  for (let index = 0; index < 100_000; index++)
    lines.push(
      `2${(next() & 0xfff).toString(16).padStart(3, "0")}:${(next() & 0xffff).toString(16)}:${(next() & 0xffff).toString(16)}::/48`,
    );
  return Buffer.from(lines.join("\n"));
}

const bytes = bigList();
globalThis.gc?.();
const started = process.cpuUsage();
const { ranges, entries } = readList(bytes, { format: "plain", column: 1, separator: "," });
const builtMs = process.cpuUsage(started).user / 1000;
console.log(
  `list of ${entries} entries: ${(ranges.sizeBytes / 1e6).toFixed(1)} MB, read in ${builtMs.toFixed(0)} ms`,
);
measure("list, IPv4 numbers", ipv4Numbers, (address) => ranges.find(address));
measure("list, IPv4", ipv4, (address) => ranges.find(address));
measure("list, IPv6", ipv6, (address) => ranges.find(address));
