/** Batches that are held back until it is known who takes them. */
import type { Batch } from "#records";
import { invariant } from "#text";

/** Batches of a source, from its first on. They are taken once: by `all`, or by `replay` when `all` has given none. */
export class HeldBatches {
  readonly #source: AsyncGenerator<Batch, void, undefined>;
  #held: Batch[] = [];

  constructor(source: AsyncGenerator<Batch, void, undefined>) {
    this.#source = source;
  }

  /** All batches, or null when they have more than `mostRows` rows; those that were read are kept then. */
  async all(mostRows: number): Promise<readonly Batch[] | null> {
    let rows = 0;
    for (;;) {
      const { value, done } = await this.#source.next();
      if (done === true) return this.#held;
      this.#held.push(value);
      rows += value.rowCount;
      if (rows > mostRows) return null;
    }
  }

  /** The held batches and those that follow, with the columns at these indexes. */
  async *replay(columns: readonly number[]): AsyncGenerator<Batch, void, undefined> {
    for (let next = this.#held.shift(); next !== undefined; next = this.#held.shift()) {
      yield withColumns(next, columns);
    }
    for await (const batch of this.#source) yield withColumns(batch, columns);
  }

  /** Ends the source. */
  async close(): Promise<void> {
    this.#held = [];
    await this.#source.return();
  }
}

function withColumns(batch: Batch, columns: readonly number[]): Batch {
  return {
    rowCount: batch.rowCount,
    columns: columns.map((index) => {
      const column = batch.columns[index];
      invariant(column !== undefined, "held batches have the columns that are asked for");
      return column;
    }),
  };
}
