/** Where a leaf's table function gets its batches from, inside the engine's thread. */
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { Batch } from "#records";
import { LEAF_BATCHES_AHEAD, LEAF_SIGNAL, type LeafColumn, type LeafRequest } from "./messages.ts";

/** Batches of one leaf, taken one after the other. */
export interface LeafSource {
  readonly columns: readonly LeafColumn[];
  /**
   * The next batch, null at the end, or "waiting" when none has come for a moment. Blocks the thread for that long, which is not
   * longer than the thread can keep its other work waiting. Throws when the run was stopped.
   */
  take(): Batch | null | "waiting";
}

/** How long the thread sleeps for a batch before it looks after results and other statements. */
const LONGEST_SLEEP_MS = 20;

/** What `take` throws when the run was stopped; the caller knows why it stopped it. */
export const STOPPED_MESSAGE = "stopped";

/** A leaf whose batches come from another thread. */
export class PortLeafSource implements LeafSource {
  readonly columns: readonly LeafColumn[];
  readonly #port: MessagePort;
  readonly #signal: Int32Array;
  /** Batches this leaf may ask for again. */
  #owed = LEAF_BATCHES_AHEAD;

  constructor(request: LeafRequest) {
    this.columns = request.columns;
    this.#port = request.port;
    this.#signal = new Int32Array(request.signal);
  }

  take(): Batch | null | "waiting" {
    if (this.#owed > 0) this.#port.postMessage(this.#owed);
    this.#owed = 0;
    for (;;) {
      const seen = Atomics.load(this.#signal, LEAF_SIGNAL.posted);
      if (Atomics.load(this.#signal, LEAF_SIGNAL.isStopped) !== 0) throw new Error(STOPPED_MESSAGE);
      const received: { message: Batch | null } | undefined = receiveMessageOnPort(this.#port);
      if (received !== undefined) {
        this.#owed = 1;
        return received.message;
      }
      const woken = Atomics.wait(this.#signal, LEAF_SIGNAL.posted, seen, LONGEST_SLEEP_MS);
      if (woken === "timed-out") return "waiting";
    }
  }

  close(): void {
    this.#port.close();
  }
}
