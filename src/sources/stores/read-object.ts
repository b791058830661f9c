/** The bytes of an object of a store that speaks HTTP. */
import { Failure } from "#text";
import { type RangedRead, readRanges } from "../outbound/ranged-read.ts";

/** How an object is read: as `readRanges` wants it, and what it is called. */
export interface ObjectRead extends RangedRead {
  /** As users write it. */
  readonly uri: string;
}

/** As `readRanges`; what fails is told of the object's own address rather than of that of the web. */
export async function* readObject(read: ObjectRead): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* readRanges(read);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "source-changed") throw error;
    throw new Failure("source-changed", `"${read.uri}" changed between being listed and being read.`, {
      ...(error.help === null ? {} : { help: error.help }),
      place: { uri: read.uri },
      cause: error,
    });
  }
}
