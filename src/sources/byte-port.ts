/** Hands a stream of bytes to another thread, with back-pressure: the sender never is more than a few chunks ahead. */
import type { MessagePort } from "node:worker_threads";
import { type FailureData, failureFromData, failureToData } from "#text";

/** From the reader to the feeder. */
type ReaderMessage = { readonly kind: "more" } | { readonly kind: "stop" };

/** From the feeder to the reader. */
type FeederMessage =
  | { readonly kind: "chunk"; readonly bytes: Uint8Array }
  | { readonly kind: "end" }
  | { readonly kind: "failed"; readonly failure: FailureData };

/** Chunks under way at once: enough to hide the way between the threads, few enough to bound memory (at most 1 MiB each). */
const CHUNKS_AHEAD = 4;

/**
 * Sends a stream to whoever reads the other end of the port. Returns when the stream has ended, the reader wants no more, or the other
 * end is closed. A failure of the stream goes to the reader, not to the caller. When the reader stops while the source is silent, the
 * stream is told to close and does so with its next bytes or by its signal.
 */
export async function feedPort(stream: AsyncIterable<Uint8Array>, port: MessagePort): Promise<void> {
  const gate = new Gate();
  port.on("message", (message: ReaderMessage) => (message.kind === "more" ? gate.admit() : gate.shut()));
  port.on("close", () => gate.shut());
  const send = (message: FeederMessage, transferred: ArrayBuffer[]) => port.postMessage(message, transferred);
  const chunks = stream[Symbol.asyncIterator]();
  try {
    while (await gate.pass()) {
      const next = await Promise.race([chunks.next(), gate.whenShut]);
      if (next === undefined) break;
      if (next.done === true) {
        send({ kind: "end" }, []);
        break;
      }
      const bytes = ownBuffer(next.value);
      send({ kind: "chunk", bytes }, [bytes.buffer]);
    }
  } catch (error) {
    send({ kind: "failed", failure: failureToData(error) }, []);
  }
  // Why not await: a generator that waits for bytes closes only when they come.
  chunks.return?.().catch(() => {});
  // Why not always close: what was posted last would be lost. The reader closes when it has it.
  if (gate.isShut) port.close();
  else port.unref();
}

/**
 * The bytes that `feedPort` sends from the other end. Reads once; leaving the loop closes the port and stops the feeder. Each chunk is
 * the consumer's own.
 *
 * @throws Failure of the stream, as it was where it was read; source-unreadable when the other end goes away
 */
export async function* readPort(port: MessagePort): AsyncGenerator<Uint8Array, void, undefined> {
  const arrived: FeederMessage[] = [];
  let wake: () => void = () => {};
  const ask = (message: ReaderMessage) => port.postMessage(message);
  port.on("message", (message: FeederMessage) => {
    arrived.push(message);
    wake();
  });
  port.on("close", () => {
    arrived.push({ kind: "failed", failure: FEEDER_GONE });
    wake();
  });
  try {
    for (let asked = 0; asked < CHUNKS_AHEAD; asked++) ask({ kind: "more" });
    for (;;) {
      const message = arrived.shift();
      if (message === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      if (message.kind === "end") return;
      if (message.kind === "failed") throw failureFromData(message.failure);
      ask({ kind: "more" });
      yield message.bytes;
    }
  } finally {
    ask({ kind: "stop" });
    port.close();
  }
}

const FEEDER_GONE: FailureData = {
  code: "source-unreadable",
  message: "The thread that reads a source went away before its end.",
  help: null,
  place: null,
};

/** The bytes in a buffer of their own, so that it can be transferred; copied only when they share one. */
function ownBuffer(chunk: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = chunk;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) return new Uint8Array(buffer);
  return Uint8Array.from(chunk);
}

/** Lets through as many as were admitted; the others wait. */
class Gate {
  #admitted = 0;
  #wake: () => void = () => {};
  #shut: () => void = () => {};
  isShut = false;
  readonly whenShut: Promise<undefined> = new Promise((resolve) => {
    this.#shut = () => resolve(undefined);
  });

  admit(): void {
    this.#admitted++;
    this.#wake();
  }

  shut(): void {
    this.isShut = true;
    this.#shut();
    this.#wake();
  }

  /** True when the next one is admitted, false when no more are wanted. */
  async pass(): Promise<boolean> {
    while (this.#admitted === 0 && !this.isShut) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#admitted--;
    return !this.isShut;
  }
}
