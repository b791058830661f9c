/** Worker threads for scans, started before they are needed and kept from one scan to the next. */
import { Worker } from "node:worker_threads";
import { workerEntry } from "../worker-entry.ts";
import { assemble } from "./assemble.ts";

/** Modules that are kept: so many queries are repeated in turn. Each has some 100 KB. */
const MOST_MODULES = 16;

/** Threads that wait for a scan. Whoever made it closes it. A thread takes about 40 ms to start, and none to be taken again. */
export class ScanThreads {
  readonly #waiting: Worker[] = [];
  /** Modules by their text, the one used last behind the others. */
  readonly #modules = new Map<string, WebAssembly.Module>();
  #isClosed = false;

  /** Starts as many threads as are missing to `count`, without waiting for them. */
  prepare(count: number): void {
    while (!this.#isClosed && this.#waiting.length < count) this.#waiting.push(this.#start());
  }

  /** Threads for one scan, which gives them back or ends them. */
  take(count: number): Worker[] {
    const taken = this.#waiting.splice(0, count);
    while (taken.length < count) taken.push(this.#start());
    for (const worker of taken) worker.ref();
    return taken;
  }

  /** The module of a text: one that was made for a scan before is already compiled with care. */
  moduleOf(wat: string): WebAssembly.Module {
    const module = this.#modules.get(wat) ?? assemble(wat);
    this.#modules.delete(wat);
    this.#modules.set(wat, module);
    const [oldest] = this.#modules.keys();
    if (this.#modules.size > MOST_MODULES && oldest !== undefined) this.#modules.delete(oldest);
    return module;
  }

  /** Takes back a thread that has nothing left to do; nobody listens to it any more. */
  giveBack(worker: Worker): void {
    if (this.#isClosed) {
      void worker.terminate();
      return;
    }
    worker.unref();
    this.#waiting.push(worker);
  }

  /** Ends the threads that wait. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#waiting.splice(0).map((worker) => worker.terminate()));
  }

  #start(): Worker {
    const entry = workerEntry("scan-worker", import.meta.url, {});
    const worker = new Worker(entry.url, { workerData: entry.workerData });
    worker.unref();
    // One that breaks while it waits is not taken; while it scans, its scan hears of it too.
    worker.on("error", () => this.#forget(worker));
    return worker;
  }

  #forget(worker: Worker): void {
    const place = this.#waiting.indexOf(worker);
    if (place >= 0) this.#waiting.splice(place, 1);
  }
}
