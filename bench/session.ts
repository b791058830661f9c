/**
 * One query several times in one process, as a server or a session of an analyst has it: threads, compiled code and the engine are kept.
 * Prints the milliseconds of the best run, and what it takes to come from the script's text to a module that can scan, at first and later.
 */
import { checkScript, type Relation, type Wanted, type WantedAnswer, wantedKey } from "#language";
import { detectFormat, emitModule, loadFormats, ScanThreads, startScan } from "#records";
import { explainQuery, openQuery, startEngine } from "#relations";
import { listObjects, ObjectStreams } from "#sources";
import { assemble } from "../src/records/scan/assemble.ts";

const [script = "", threadsText = "2", runs = "4"] = process.argv.slice(2);
const threads = Number(threadsText);
const signal = new AbortController().signal;
const streams = new ObjectStreams({ signal });
const clock = { nowMs: BigInt(Date.now()), timeZone: "UTC" };
const workingDirectory = process.cwd();

async function formatOf(uris: readonly string[]): Promise<WantedAnswer> {
  for await (const [object] of listObjects(uris, { workingDirectory, timeZone: "UTC", signal })) {
    if (object === undefined) continue;
    const choice = detectFormat((await streams.readSample(object, 64 << 10)).bytes, loadFormats());
    if (choice !== null) {
      return { kind: "format", formatName: choice.format.name, pattern: choice.format.pattern() };
    }
  }
  throw new Error("no format fits");
}

const answers = new Map<string, WantedAnswer>();

function check(): { relation: Relation | null; wanted: readonly Wanted[] } {
  const source = { name: "bench", text: script };
  return checkScript(source, { ...clock, arguments: {}, isOffline: false, answers });
}

function compile(): Relation {
  const { relation } = check();
  if (relation === null) throw new Error("the script has mistakes");
  const plan = explainQuery(relation, clock);
  for (const { spec } of plan.scans) assemble(emitModule(spec).wat);
  return relation;
}

function timed<T>(work: () => T): { result: T; elapsedMs: number } {
  const started = performance.now();
  const result = work();
  return { result, elapsedMs: performance.now() - started };
}

for (const wanted of check().wanted) {
  if (wanted.kind === "format") answers.set(wantedKey(wanted), await formatOf(wanted.uris));
}
const first = timed(compile);
const compileMs = [];
for (let run = 0; run < 10; run++) compileMs.push(timed(compile).elapsedMs);

const workers = new ScanThreads();
const engine = startEngine({ threads, memoryBytes: null, spillDirectory: null });
await engine.ready;
let bestMs = Number.POSITIVE_INFINITY;
for (let run = 0; run < Number(runs); run++) {
  const started = performance.now();
  const { relation } = check();
  if (relation === null) throw new Error("the script has mistakes");
  const query = await openQuery(relation, {
    ...clock,
    threads,
    maxRows: null,
    maxBytes: null,
    memoryBytes: null,
    signal,
    workingDirectory,
    engine,
    startScan: (task) => startScan({ ...task, workers }),
  });
  for await (const _ of query.batches);
  await query.close();
  bestMs = Math.min(bestMs, performance.now() - started);
}
await engine.close();
await workers.close();
const laterMs = Math.min(...compileMs);
process.stdout.write(
  `${JSON.stringify({ bestMs, firstCompileMs: first.elapsedMs, laterCompileMs: laterMs })}\n`,
);
