/** The engine's thread: owns the database, runs statements, sends result batches. Started by `engine.ts`. */
import { parentPort, workerData } from "node:worker_threads";
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { DataType } from "#language";
import { transferablesOf } from "#records";
import { failureToData, invariant } from "#text";
import { CONNECTION_SETTING, openDatabase } from "./database.ts";
import { type LeafSource, PortLeafSource } from "./leaf-source.ts";
import { type EngineOptions, type FromEngine, RESULT_BATCHES_AHEAD, type ToEngine } from "./messages.ts";
import { readChunk } from "./read-chunk.ts";
import { passesSelfTest, selfTestLeaf } from "./self-test.ts";
import { TextFiller } from "./text-entries.ts";

type RunMessage = Extract<ToEngine, { readonly kind: "run" }>;

/** A statement under way. */
interface Run {
  readonly connection: DuckDBConnection;
  readonly leaves: readonly PortLeafSource[];
  credits: number;
  isStopped: boolean;
  /** Wakes the run that waits for a credit. */
  wake: () => void;
}

/** Everything the thread holds. */
class EngineThread {
  readonly #instance: DuckDBInstance;
  readonly #leaves: Map<number, readonly LeafSource[]>;
  readonly #runs = new Map<number, Run>();
  readonly #post: (message: FromEngine, transfer?: readonly ArrayBuffer[]) => void;

  constructor(
    instance: DuckDBInstance,
    leaves: Map<number, readonly LeafSource[]>,
    post: (message: FromEngine, transfer?: readonly ArrayBuffer[]) => void,
  ) {
    this.#instance = instance;
    this.#leaves = leaves;
    this.#post = post;
  }

  async run(message: RunMessage): Promise<void> {
    const connection = await this.#instance.connect();
    const id = connection.clientContext.connectionId;
    const leaves = message.leaves.map((leaf) => new PortLeafSource(leaf));
    const run: Run = { connection, leaves, credits: RESULT_BATCHES_AHEAD, isStopped: false, wake: () => {} };
    this.#leaves.set(id, leaves);
    this.#runs.set(message.run, run);
    try {
      await this.#send(run, message.run, { sql: message.sql, results: message.results });
      this.#post({ kind: "end", run: message.run });
    } catch (error) {
      this.#post({ kind: "failed", run: message.run, failure: failureToData(error) });
    } finally {
      this.#runs.delete(message.run);
      this.#leaves.delete(id);
      for (const leaf of leaves) leaf.close();
      connection.disconnectSync();
    }
  }

  async #send(run: Run, id: number, query: { sql: string; results: readonly DataType[] }): Promise<void> {
    await run.connection.run(CONNECTION_SETTING);
    const result = await run.connection.stream(query.sql);
    for (;;) {
      while (run.credits === 0 && !run.isStopped) {
        await new Promise<void>((resolve) => {
          run.wake = resolve;
        });
      }
      if (run.isStopped) return;
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      run.credits--;
      const batch = readChunk(chunk.chunk, query.results);
      this.#post({ kind: "batch", run: id, batch }, transferablesOf(batch));
    }
  }

  credit(id: number): void {
    const run = this.#runs.get(id);
    if (run === undefined) return;
    run.credits++;
    run.wake();
  }

  stop(id: number): void {
    const run = this.#runs.get(id);
    if (run === undefined) return;
    run.isStopped = true;
    run.connection.interrupt();
    run.wake();
  }

  close(): void {
    for (const id of this.#runs.keys()) this.stop(id);
    this.#instance.closeSync();
  }
}

async function start(options: EngineOptions): Promise<void> {
  const port = parentPort;
  invariant(port !== null, "the engine runs in a worker thread");
  const post = (message: FromEngine, transfer: readonly ArrayBuffer[] = []) =>
    port.postMessage(message, transfer);
  const leaves = new Map<number, readonly LeafSource[]>();
  const texts = new TextFiller();
  try {
    const instance = await openDatabase(options, (id, index) => leaves.get(id)?.[index] ?? null, texts);
    const notes: string[] = [];
    if (!(await passesSelfTest(instance, (id) => leaves.set(id, [selfTestLeaf()])))) {
      texts.isDirect = false;
      notes.push(
        "Texts go into the engine one by one: its memory is not laid out as expected. This is slower.",
      );
    }
    const thread = new EngineThread(instance, leaves, post);
    port.on("message", (message: ToEngine) => {
      if (message.kind === "run") void thread.run(message);
      else if (message.kind === "credit") thread.credit(message.run);
      else if (message.kind === "stop") thread.stop(message.run);
      else {
        thread.close();
        port.close();
      }
    });
    post({ kind: "ready", notes });
  } catch (error) {
    post({ kind: "broken", failure: failureToData(error) });
  }
}

function isEngineOptions(data: unknown): data is { readonly options: EngineOptions } {
  return typeof data === "object" && data !== null && "options" in data;
}

invariant(isEngineOptions(workerData), "the engine's thread gets its options");
await start(workerData.options);
