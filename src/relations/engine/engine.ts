/** The engine as the main thread sees it: statements go in with their leaves, batches come out. */
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import type { DataType } from "#language";
import { type Batch, transferablesOf, workerEntry } from "#records";
import { Failure, failureFromData } from "#text";
import {
  type EngineOptions,
  type FromEngine,
  LEAF_SIGNAL,
  type LeafColumn,
  type LeafRequest,
  type ToEngine,
} from "./messages.ts";

/** A leaf of a statement: `leaf(n)` reads the n-th one, once. */
export interface EngineLeaf {
  readonly columns: readonly LeafColumn[];
  /** Read when the statement wants rows, at most once; `return` is called when it wants no more. */
  readonly batches: AsyncIterable<Batch>;
}

/** A statement for the engine. */
export interface EngineQuery {
  readonly sql: string;
  readonly leaves: readonly EngineLeaf[];
  /** Types of the result's columns. */
  readonly results: readonly DataType[];
  readonly signal: AbortSignal;
}

/** Runs SQL. Statements may overlap, but one that waits for rows holds up the others: give each long query its own engine. */
export interface Engine {
  /** Settles when the engine has started or cannot; statements can be given to it before. */
  readonly ready: Promise<void>;
  /** What is unusual about this engine, as sentences; complete when it is ready. */
  readonly notes: readonly string[];
  /** The rows of a statement. Failures of leaves and of the engine are thrown from the iterable. */
  run(query: EngineQuery): AsyncGenerator<Batch, void, undefined>;
  /** Stops what runs and ends the thread. */
  close(): Promise<void>;
}

/** Starts an engine in a thread of its own, which loads DuckDB there. Cost: about 130 ms until it is ready. */
export function startEngine(options: EngineOptions): Engine {
  const entry = workerEntry("engine-thread", import.meta.url, { options });
  const worker = new Worker(entry.url, { workerData: entry.workerData });
  return new DuckdbEngine(worker);
}

type RunMessage = Extract<FromEngine, { readonly run: number }>;

/** What arrived for a run and was not read yet. */
class Inbox {
  readonly #messages: RunMessage[] = [];
  #wake: (() => void) | null = null;

  push(message: RunMessage): void {
    this.#messages.push(message);
    this.#wake?.();
  }

  async next(): Promise<RunMessage> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) return message;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

class DuckdbEngine implements Engine {
  notes: readonly string[] = [];
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  readonly #inboxes = new Map<number, Inbox>();
  readonly #exited: Promise<void>;
  #failure: Failure | null = null;
  #nextRun = 0;

  constructor(worker: Worker) {
    this.#worker = worker;
    this.#exited = new Promise((resolve) => worker.once("exit", () => resolve()));
    this.ready = new Promise((resolve, reject) => {
      const fail = (failure: Failure) => {
        reject(failure);
        this.#failure ??= failure;
        this.#failAll(failure);
      };
      worker.on("message", (message: FromEngine) => {
        if (message.kind === "ready") {
          this.notes = message.notes;
          resolve();
        } else if (message.kind === "broken") fail(failureFromData(message.failure));
        else this.#inboxes.get(message.run)?.push(message);
      });
      worker.once("error", (cause) => {
        fail(new Failure("engine-failed", `The engine broke down: ${cause.message}`, { cause }));
      });
      worker.once("exit", () => fail(new Failure("engine-failed", "The engine has ended.")));
    });
    this.ready.catch(() => {});
  }

  async *run(query: EngineQuery): AsyncGenerator<Batch, void, undefined> {
    const id = this.#nextRun++;
    const inbox = new Inbox();
    this.#inboxes.set(id, inbox);
    const leaves = query.leaves.map((leaf) => new LeafPump(leaf));
    let leafFailure: unknown = null;
    const stop = () => {
      for (const leaf of leaves) leaf.stop();
      this.#send({ kind: "stop", run: id });
    };
    for (const leaf of leaves) {
      leaf.onFailure = (failure) => {
        leafFailure ??= failure;
        stop();
      };
    }
    query.signal.addEventListener("abort", stop);
    let isOver = false;
    try {
      if (query.signal.aborted) throw cancelled();
      if (this.#failure !== null) throw this.#failure;
      leaves[0]?.start();
      const requests = leaves.map((leaf) => leaf.request());
      const transfer = requests.map((request) => request.port);
      this.#send(
        { kind: "run", run: id, sql: query.sql, leaves: requests, results: query.results },
        transfer,
      );
      for (;;) {
        const message = await inbox.next();
        isOver = message.kind !== "batch";
        if (leafFailure !== null) throw leafFailure;
        if (query.signal.aborted) throw cancelled();
        if (message.kind === "end") return;
        if (message.kind === "failed") throw failureFromData(message.failure);
        yield message.batch;
        this.#send({ kind: "credit", run: id });
      }
    } finally {
      query.signal.removeEventListener("abort", stop);
      if (!isOver) stop();
      await Promise.all(leaves.map((leaf) => leaf.close()));
      this.#inboxes.delete(id);
    }
  }

  async close(): Promise<void> {
    this.#send({ kind: "close" });
    if (this.#failure !== null) await this.#worker.terminate();
    await this.#exited;
  }

  #send(message: ToEngine, transfer: readonly MessagePort[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #failAll(failure: Failure): void {
    const { code, message, help, place } = failure;
    for (const [run, inbox] of this.#inboxes)
      inbox.push({ kind: "failed", run, failure: { code, message, help, place } });
  }
}

function cancelled(): Failure {
  return new Failure("cancelled", "The query was stopped.");
}

/** Carries a leaf's batches to the engine's thread, as many as that thread has asked for. */
class LeafPump {
  onFailure: (failure: unknown) => void = () => {};
  readonly #leaf: EngineLeaf;
  readonly #channel = new MessageChannel();
  readonly #shared = new SharedArrayBuffer(LEAF_SIGNAL.cellCount * Int32Array.BYTES_PER_ELEMENT);
  readonly #signal = new Int32Array(this.#shared);
  #credits = 0;
  #isStopped = false;
  #pumping: Promise<void> | null = null;
  #wake: () => void = () => {};

  constructor(leaf: EngineLeaf) {
    this.#leaf = leaf;
    this.#channel.port1.on("message", (credits: number) => {
      this.#credits += credits;
      this.start();
      this.#wake();
    });
  }

  /** What the engine's thread needs; its port is to be transferred. */
  request(): LeafRequest {
    return { columns: this.#leaf.columns, port: this.#channel.port2, signal: this.#shared };
  }

  /** Begins to read, ahead of being asked. */
  start(): void {
    this.#pumping ??= this.#pump();
  }

  /** Wakes the engine's thread, which then fails the statement, and reads no more. */
  stop(): void {
    this.#isStopped = true;
    Atomics.store(this.#signal, LEAF_SIGNAL.isStopped, 1);
    this.#notify();
    this.#wake();
  }

  /** Ends reading and waits for it. */
  async close(): Promise<void> {
    this.stop();
    await this.#pumping;
    this.#channel.port1.close();
  }

  async #pump(): Promise<void> {
    try {
      for await (const batch of this.#leaf.batches) {
        while (this.#credits === 0 && !this.#isStopped) {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
        if (this.#isStopped) return;
        this.#credits--;
        this.#channel.port1.postMessage(batch, transferablesOf(batch));
        this.#notify();
      }
      this.#channel.port1.postMessage(null);
      this.#notify();
    } catch (failure) {
      if (!this.#isStopped) this.onFailure(failure);
    }
  }

  #notify(): void {
    Atomics.add(this.#signal, LEAF_SIGNAL.posted, 1);
    Atomics.notify(this.#signal, LEAF_SIGNAL.posted);
  }
}
