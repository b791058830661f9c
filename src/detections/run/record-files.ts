/** Files of a run, opened again for the records that its findings show. */
import fs from "node:fs";
import type { ScanInput } from "#records";
import { type FilePlace, openFileSync } from "#sources";

/** Reads records of plain files; compressed and remote ones are not read twice. Close it in the end. */
export class RecordFiles {
  readonly #places: ReadonlyMap<string, FilePlace>;
  #open: { readonly uri: string; readonly file: number } | null = null;

  constructor(inputs: readonly ScanInput[]) {
    this.#places = new Map(
      inputs.flatMap(({ uri, opening }) => (opening.kind === "file" ? [[uri, opening] as const] : [])),
    );
  }

  /** The bytes as text; null when they cannot be read, or are no longer there. */
  read(uri: string, offset: number, length: number): string | null {
    const place = this.#places.get(uri);
    if (place === undefined) return null;
    try {
      const bytes = Buffer.alloc(length);
      return bytes.toString("utf8", 0, fs.readSync(this.#fileOf(uri, place), bytes, 0, length, offset));
    } catch {
      // The file went away after it was scanned: the finding stands without this text.
      return null;
    }
  }

  close(): void {
    if (this.#open !== null) fs.closeSync(this.#open.file);
    this.#open = null;
  }

  #fileOf(uri: string, place: FilePlace): number {
    if (this.#open?.uri === uri) return this.#open.file;
    this.close();
    this.#open = { uri, file: openFileSync(place) };
    return this.#open.file;
  }
}
