/** The whole body of an answer. */
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { outboundFailure, tooLargeFailure } from "./outbound-failure.ts";
import type { OutboundAnswer } from "./outbound-request.ts";

type Unpack = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

/** How what was packed for the way is unpacked. It is not asked for, and sent by some all the same. */
const UNPACKED: Readonly<Record<string, Unpack>> = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/**
 * All bytes of the body, without the packing that `content-encoding` names.
 *
 * @throws Failure outbound-too-large (packed or unpacked), and what reading the body throws
 */
export async function readBody(answer: OutboundAnswer, maxBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of answer.body) {
    sizeBytes += piece.length;
    if (sizeBytes > maxBytes) throw tooLargeFailure(answer.url, maxBytes);
    pieces.push(piece);
  }
  const bytes = Buffer.concat(pieces);
  const encoding = (answer.headers.get("content-encoding") ?? "").trim().toLowerCase();
  if (bytes.length === 0 || encoding === "" || encoding === "identity") return bytes;
  const unpack = Object.hasOwn(UNPACKED, encoding) ? UNPACKED[encoding] : undefined;
  if (unpack === undefined) {
    throw outboundFailure(answer.url, `it comes packed with "${encoding}", which was not asked for`);
  }
  try {
    return await unpack(bytes, { maxOutputLength: maxBytes });
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLargeFailure(answer.url, maxBytes);
    throw outboundFailure(answer.url, `what comes is no ${encoding} data`, { cause });
  }
}
