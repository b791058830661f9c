/** The threads of a scan: they start while the module is still being written, and each works on one piece at a time. */
import type { Worker } from "node:worker_threads";
import { failureFromData } from "#text";
import type { FromWorker, ToWorker, WorkItem } from "./messages.ts";
import type { ScanThreads } from "./scan-threads.ts";

/** What the pool tells its owner. `failed` is called once at most. */
export interface PoolListener {
  readonly onMessage: (message: Extract<FromWorker, { kind: "batch" | "done" }>) => void;
  readonly onIdle: () => void;
  readonly onDrained: (replacedTexts: number) => void;
  readonly onFailed: (failure: unknown) => void;
}

/** A fixed number of worker threads. */
export class WorkerPool {
  readonly #threads: ScanThreads;
  readonly #listener: PoolListener;
  readonly #workers: Worker[];
  readonly #idle: Worker[];
  readonly #waiting: WorkItem[] = [];
  readonly #owners = new Map<number, Worker>();
  /** Ends listening to a thread. */
  readonly #endings = new Map<Worker, () => void>();

  constructor(threads: ScanThreads, count: number, listener: PoolListener) {
    this.#threads = threads;
    this.#listener = listener;
    this.#workers = threads.take(count);
    for (const worker of this.#workers) this.#listen(worker);
    this.#idle = [...this.#workers];
  }

  #listen(worker: Worker): void {
    const onMessage = (message: FromWorker) => this.#receive(worker, message);
    const onError = (error: unknown) => this.#listener.onFailed(error);
    worker.on("message", onMessage).on("error", onError);
    this.#endings.set(worker, () => worker.off("message", onMessage).off("error", onError));
  }

  /** Threads without work. */
  get idle(): number {
    return this.#idle.length;
  }

  /** Threads in all. */
  get size(): number {
    return this.#workers.length;
  }

  /** Tells all threads. */
  tellAll(message: ToWorker): void {
    for (const worker of this.#workers) worker.postMessage(message);
  }

  /** Gives a piece of work to an idle thread, or to the next that becomes idle. */
  assign(item: WorkItem): void {
    const worker = this.#idle.shift();
    if (worker === undefined) {
      this.#waiting.push(item);
      return;
    }
    this.#owners.set(item.id, worker);
    const port = item.kind === "stream" && item.opening.kind === "port" ? [item.opening.port] : [];
    worker.postMessage({ kind: "work", item } satisfies ToWorker, port);
  }

  /** Tells the thread that works on a piece that batches of it were taken. */
  tellTaken(id: number, count: number): void {
    this.#owners.get(id)?.postMessage({ kind: "taken", count } satisfies ToWorker);
  }

  #assignWaiting(): void {
    const item = this.#waiting.shift();
    if (item !== undefined) this.assign(item);
  }

  /** Lets go of all threads: those without work can be taken again, the others are ended. */
  async close(): Promise<void> {
    const busy = this.#workers.filter((worker) => !this.#idle.includes(worker));
    for (const worker of this.#idle) {
      this.#endings.get(worker)?.();
      worker.postMessage({ kind: "rest" } satisfies ToWorker);
      this.#threads.giveBack(worker);
    }
    await Promise.all(busy.map((worker) => worker.terminate()));
  }

  #receive(worker: Worker, message: FromWorker): void {
    switch (message.kind) {
      case "batch":
        this.#listener.onMessage(message);
        return;
      case "drained":
        this.#listener.onDrained(message.replacedTexts);
        return;
      case "failed":
        this.#owners.delete(message.id);
        this.#idle.push(worker);
        this.#listener.onFailed(failureFromData(message.failure));
        return;
      case "done":
        this.#owners.delete(message.id);
        this.#idle.push(worker);
        this.#assignWaiting();
        this.#listener.onMessage(message);
        this.#listener.onIdle();
        return;
    }
  }
}
