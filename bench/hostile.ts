/**
 * Inputs made to be slow: `npm run bench:hostile [-- --megabytes N]`. Each is scanned in one thread beside harmless input of the same size,
 * with the same pattern; a scan is linear in its input, so that the first may take three times as long at most.
 */
import { parseArgs } from "node:util";
import { type Field, parsePattern } from "#language";
import { compileProgram, emitModule, type ScanSpec } from "#records";
import { assemble } from "../src/records/scan/assemble.ts";
import { HOSTILE_CASES } from "../src/records/scan/hostile-cases.testing.ts";
import { Scanner } from "../src/records/scan/scanner.ts";

const { values } = parseArgs({
  options: { megabytes: { type: "string", default: "50" }, only: { type: "string", default: "" } },
});
const SIZE = Number(values.megabytes) * 1_000_000;
const READ_BYTES = 4 << 20;
/** The first of them warm up: V8 compiles a module a second time while it runs. */
const RUNS = 4;

function filled(text: string, start = ""): Buffer {
  const bytes = Buffer.alloc(SIZE, text);
  bytes.set(Buffer.from(start));
  return bytes;
}

function slotsOf(
  fields: readonly Field[],
  before: readonly string[] = [],
): { path: string[]; type: Field["type"] }[] {
  return fields.flatMap(({ name, type }) =>
    type.kind === "tuple" ? slotsOf(type.fields, [...before, name]) : [{ path: [...before, name], type }],
  );
}

function specOf(text: string): ScanSpec | string {
  const { pattern, diagnostics } = parsePattern({ name: "hostile", text });
  if (pattern === null) return diagnostics.map(({ message }) => message).join(" ");
  const program = compileProgram(pattern, slotsOf(pattern.fields), { timeZone: "UTC" });
  const columns = program.slots.map((_, slot) => ({ kind: "slot", slot }) as const);
  return { program, filter: null, output: { kind: "rows", columns }, rowLimit: null, givesUnmatched: false };
}

function secondsFor(spec: ScanSpec, bytes: Buffer): { seconds: number; matched: number } {
  const { wat, layout } = emitModule(spec);
  const scanner = new Scanner(assemble(wat), layout, spec, () => {});
  let best = Number.POSITIVE_INFINITY;
  let matched = 0;
  for (let run = 0; run < RUNS; run++) {
    const started = performance.now();
    const stretch = { inputIndex: 0, uri: "hostile", referenceTimeMs: 0n, start: 0, headerState: null };
    scanner.begin(stretch, new Uint8Array(0));
    for (let at = 0; at < bytes.length; at += READ_BYTES) {
      const piece = bytes.subarray(at, at + READ_BYTES);
      scanner.room(piece.length).set(piece);
      scanner.feed(piece.length, null, at + READ_BYTES >= bytes.length);
    }
    matched = scanner.finish().matchedBytes;
    best = Math.min(best, (performance.now() - started) / 1000);
  }
  return { seconds: best, matched };
}

process.stdout.write("| input | harmless | hostile | ratio |\n|---|---|---|---|\n");
for (const { name, pattern, harmless, hostile, start } of HOSTILE_CASES) {
  if (!name.includes(values.only)) continue;
  const spec = specOf(pattern);
  if (typeof spec === "string") {
    process.stdout.write(`| ${name} | ${spec} | | |\n`);
    continue;
  }
  const good = secondsFor(spec, filled(harmless));
  const bad = secondsFor(spec, filled(hostile, start));
  const ratio = bad.seconds / good.seconds;
  const verdict = ratio <= 3 ? "" : " SLOW";
  process.stdout.write(
    `| ${name} | ${good.seconds.toFixed(3)} s | ${bad.seconds.toFixed(3)} s | ${ratio.toFixed(2)}${verdict} |\n`,
  );
}
