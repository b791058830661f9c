/** Passes batches on and has them written on the way. */
import type { Batch, ResultColumn } from "#records";
import { Failure } from "#text";
import { type TableTarget, writeTable } from "./write-table.ts";

/** Batches that wait for being written. */
const MOST_WAITING = 4;

/** Batches on their way from one loop to another, a bounded number of them. */
class BatchQueue {
  readonly #waiting: (Batch | null)[] = [];
  #wake: () => void = () => {};
  isClosed = false;

  async put(batch: Batch | null): Promise<void> {
    while (this.#waiting.length >= MOST_WAITING && !this.isClosed) await this.#change();
    if (this.isClosed) return;
    this.#waiting.push(batch);
    this.#wake();
  }

  close(): void {
    this.isClosed = true;
    this.#wake();
  }

  async *batches(): AsyncGenerator<Batch, void, undefined> {
    try {
      for (;;) {
        while (this.#waiting.length === 0 && !this.isClosed) await this.#change();
        const next = this.#waiting.shift();
        this.#wake();
        if (next === undefined) throw new Failure("cancelled", "The rows ended before they were complete.");
        if (next === null) return;
        yield next;
      }
    } finally {
      this.close();
    }
  }

  #change(): Promise<void> {
    const before = this.#wake;
    return new Promise((resolve) => {
      this.#wake = () => {
        before();
        resolve();
      };
    });
  }
}

/** What is saved of each batch. */
export interface SavedRows {
  readonly columns: readonly ResultColumn[];
  /** Indexes of the batch's columns that are saved, in order. */
  readonly indexes: readonly number[];
  readonly target: TableTarget;
  /** The rest is saved too when no more rows are wanted, unless this is aborted. */
  readonly signal: AbortSignal;
}

/** The rows, all of which are saved by the time that they end; also when whoever reads them stops early. */
export async function* savedBatches(
  rows: AsyncGenerator<Batch, void, undefined>,
  saved: SavedRows,
): AsyncGenerator<Batch, void, undefined> {
  const queue = new BatchQueue();
  const { indexes, columns, target, signal } = saved;
  const writing = writeTable(queue.batches(), columns, target);
  writing.catch(() => queue.close());
  const copyOf = ({ rowCount, columns: given }: Batch): Batch =>
    // What is written goes to another thread, which takes the memory along.
    structuredClone({ rowCount, columns: indexes.flatMap((index) => given[index] ?? []) });
  let isComplete = false;
  try {
    for (let next = await rows.next(); next.done !== true && !queue.isClosed; next = await rows.next()) {
      await queue.put(copyOf(next.value));
      yield next.value;
    }
    isComplete = true;
  } finally {
    if (!isComplete && !signal.aborted) {
      for (let next = await rows.next(); next.done !== true && !queue.isClosed; next = await rows.next())
        await queue.put(copyOf(next.value));
      isComplete = true;
    }
    await rows.return();
    if (isComplete && !signal.aborted) {
      await queue.put(null);
      await writing;
    } else {
      queue.close();
      await writing.catch(() => {});
    }
  }
}
