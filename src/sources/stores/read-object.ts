/** What stores that speak HTTP give: the bytes of an object, or why not. */
import { Failure } from "#text";
import type { OutboundAnswer } from "../outbound/outbound-request.ts";
import { type RangedRead, readRanges } from "../outbound/ranged-read.ts";
import { readBody } from "../outbound/read-body.ts";

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

const MOST_ERROR_BYTES = 256 << 10;

/** The text of an answer that is no; empty when it breaks or is too long: the status says what there is to say. */
export async function errorTextOf(answer: OutboundAnswer): Promise<string> {
  try {
    return new TextDecoder().decode(await readBody(answer, MOST_ERROR_BYTES));
  } catch (error) {
    if (error instanceof Failure && error.code === "cancelled") throw error;
    return "";
  }
}
