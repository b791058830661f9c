/** A worker thread of a scan: takes pieces of work, sends batches and accounts. */
import { parentPort } from "node:worker_threads";
import type { ByteStreams, FilePlace } from "#sources";
import { failureToData, invariant } from "#text";
import { type Batch, transferablesOf } from "../batch.ts";
import {
  type FromWorker,
  NO_ITEM,
  SHARED,
  SHARED_COUNTERS,
  type ToWorker,
  type WorkItem,
} from "./messages.ts";
import { type ReadHooks, readFileStretch, readStream, type StretchResult } from "./read-stretch.ts";
import { Scanner } from "./scanner.ts";

/** Batches of a stream that may be on their way; more wait until the owner has taken some. */
const BATCHES_AHEAD = 8;

class ScanWorker {
  readonly #port: NonNullable<typeof parentPort>;
  #scanner: Scanner | null = null;
  #flags = new Int32Array(new SharedArrayBuffer(8));
  #counters = new BigInt64Array(new SharedArrayBuffer(8 * SHARED_COUNTERS.count));
  #currentId = NO_ITEM;
  #onTheirWay = 0;
  #wake: () => void = () => {};
  #replacedTexts = 0;
  #streams: ByteStreams | null = null;

  constructor(port: NonNullable<typeof parentPort>) {
    this.#port = port;
    port.on("message", (message: ToWorker) => {
      void this.#receive(message);
    });
  }

  async #receive(message: ToWorker): Promise<void> {
    switch (message.kind) {
      case "prepare":
        this.#flags = new Int32Array(message.shared);
        this.#counters = new BigInt64Array(message.shared);
        this.#scanner = new Scanner(message.module, message.layout, message.spec, (batch) =>
          this.#give(batch),
        );
        return;
      case "work":
        return this.#work(message.item);
      case "taken":
        this.#onTheirWay -= message.count;
        this.#wake();
        return;
      case "drain":
        void this.#streams?.close();
        this.#streams = null;
        this.#currentId = NO_ITEM;
        this.#scanner?.flushGroups();
        this.#replacedTexts = this.#scanner?.replacedTexts ?? 0;
        return this.#send({ kind: "drained", replacedTexts: this.#replacedTexts });
      case "rest":
        this.#scanner = null;
        return;
    }
  }

  async #work(item: WorkItem): Promise<void> {
    const scanner = this.#scanner;
    invariant(scanner !== null, "a worker is prepared before it works");
    this.#currentId = item.id;
    this.#onTheirWay = 0;
    try {
      const result =
        item.kind === "file"
          ? readFileStretch(item.stretch, scanner, await this.#fileHooks(item.stretch, scanner))
          : await this.#stream(item, scanner);
      if (item.flushesGroups) scanner.flushGroups();
      const account = result?.account ?? null;
      this.#send({ kind: "done", id: item.id, account, warning: result?.warning ?? null });
    } catch (thrown) {
      this.#send({ kind: "failed", id: item.id, failure: failureToData(thrown) });
    }
  }

  async #stream(item: WorkItem & { kind: "stream" }, scanner: Scanner): Promise<StretchResult> {
    const abort = new AbortController();
    const { opening } = item;
    invariant(opening.kind !== "file", "plain files are read in stretches");
    // Why not at the top: most scans read plain files, and their threads start sooner without it.
    const { ByteStreams, readPort, unpack } = await import("#sources");
    this.#streams ??= new ByteStreams();
    const streams = this.#streams;
    const open = (): AsyncIterable<Uint8Array> => {
      if (opening.kind === "stream") return streams.open(opening, abort.signal);
      const chunks = readPort(opening.port);
      return opening.isPacked ? unpack({ uri: item.uri, chunks, reopen: null }) : chunks;
    };
    const chunks = open();
    const hooks = { ...this.#hooks(scanner), ready: () => this.#ready() };
    try {
      const isRequired = opening.kind === "port" ? opening.isRequired : item.isRequired;
      return await readStream({ ...item, chunks, isRequired }, scanner, hooks);
    } finally {
      abort.abort();
    }
  }

  async #fileHooks({ root }: FilePlace, scanner: Scanner): Promise<ReadHooks> {
    const hooks = this.#hooks(scanner);
    if (root === undefined) return hooks;
    const { checkOpened } = await import("#sources");
    return { ...hooks, checkOpened };
  }

  #hooks(scanner: Scanner): ReadHooks {
    let [records, matched] = [0, 0];
    return {
      isCancelled: () => Atomics.load(this.#flags, SHARED.cancelled) === 1,
      onRead: (bytes) => {
        Atomics.add(this.#counters, SHARED_COUNTERS.bytes, BigInt(bytes));
        Atomics.add(this.#counters, SHARED_COUNTERS.records, BigInt(scanner.records - records));
        Atomics.add(this.#counters, SHARED_COUNTERS.matchedBytes, BigInt(scanner.matchedBytes - matched));
        records = scanner.records;
        matched = scanner.matchedBytes;
      },
    };
  }

  /** Waits while many batches of a stream are on their way. A cancelled run is not waited for. */
  async #ready(): Promise<void> {
    while (this.#onTheirWay > BATCHES_AHEAD && Atomics.load(this.#flags, SHARED.cancelled) === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #give(batch: Batch): void {
    this.#onTheirWay++;
    this.#port.postMessage(
      { kind: "batch", id: this.#currentId, batch } satisfies FromWorker,
      transferablesOf(batch),
    );
  }

  #send(message: FromWorker): void {
    this.#port.postMessage(message);
  }
}

invariant(parentPort !== null, "this module runs in a worker thread");
new ScanWorker(parentPort);
