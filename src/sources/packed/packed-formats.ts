/** How packed data is known: by its first bytes, never by names. */

/** Formats of one stream that are undone while reading. */
export type CompressionName = "gzip" | "zstd" | "bzip2" | "xz" | "lz4";
/** Formats that hold members with names. */
export type ArchiveName = "tar" | "zip";

/** What data is packed with. `refused`: it is known and not read. */
export type PackedFormat =
  | { readonly kind: "compression"; readonly name: CompressionName }
  | { readonly kind: "archive"; readonly name: ArchiveName }
  | { readonly kind: "refused"; readonly name: string };

interface Signature {
  readonly format: PackedFormat;
  readonly at: number;
  readonly bytes: readonly number[];
}

const SKIPPED_FRAME_COUNT = 16;

/** All that is known; the first that fits counts. */
export const SIGNATURES: readonly Signature[] = [
  compression("gzip", [0x1f, 0x8b, 0x08]),
  compression("zstd", [0x28, 0xb5, 0x2f, 0xfd]),
  // Frames for other programs, with which parallel zstd begins.
  ...Array.from({ length: SKIPPED_FRAME_COUNT }, (_, index) =>
    compression("zstd", [0x50 + index, 0x2a, 0x4d, 0x18]),
  ),
  ...Array.from({ length: 9 }, (_, level) =>
    compression("bzip2", [0x42, 0x5a, 0x68, 0x31 + level, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59]),
  ),
  ...Array.from({ length: 9 }, (_, level) =>
    compression("bzip2", [0x42, 0x5a, 0x68, 0x31 + level, 0x17, 0x72, 0x45, 0x38, 0x50, 0x90]),
  ),
  compression("xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]),
  compression("lz4", [0x04, 0x22, 0x4d, 0x18]),
  archive("zip", 0, [0x50, 0x4b, 0x03, 0x04]),
  archive("zip", 0, [0x50, 0x4b, 0x05, 0x06]),
  archive("tar", 257, [0x75, 0x73, 0x74, 0x61, 0x72]),
  refused("7z", [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]),
  refused("rar", [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]),
  refused("lzip", [0x4c, 0x5a, 0x49, 0x50, 0x01]),
  refused("compress", [0x1f, 0x9d, 0x90]),
  refused("lz4 in its old form", [0x02, 0x21, 0x4c, 0x18]),
];

/** As many bytes as are looked at. */
export const HEAD_BYTES = 262;

function compression(name: CompressionName, bytes: readonly number[]): Signature {
  return { format: { kind: "compression", name }, at: 0, bytes };
}

function archive(name: ArchiveName, at: number, bytes: readonly number[]): Signature {
  return { format: { kind: "archive", name }, at, bytes };
}

function refused(name: string, bytes: readonly number[]): Signature {
  return { format: { kind: "refused", name }, at: 0, bytes };
}

/** What data that begins so is packed with; null: with nothing that is known. */
export function packedFormatOf(head: Uint8Array): PackedFormat | null {
  const found = SIGNATURES.find(({ at, bytes }) => bytes.every((byte, index) => head[at + index] === byte));
  return found?.format ?? null;
}

/** Whether more bytes cannot change the answer of `packedFormatOf`: so that text from a slow pipe is not held back. */
export function isDecided(head: Uint8Array): boolean {
  return !SIGNATURES.some(({ at, bytes }) => {
    const isComplete = head.length >= at + bytes.length;
    const mayFit = bytes.every((byte, index) => (head[at + index] ?? byte) === byte);
    return !isComplete && mayFit && (at === 0 || mayBeTar(head));
  });
}

const LINE_FEED = 0x0a;
const NAME_BYTES = 100;

/** A tar begins with a name, which has no line end, and a mode of octal digits. */
function mayBeTar(head: Uint8Array): boolean {
  const isMode = (byte: number) => byte === 0 || byte === 0x20 || (byte >= 0x30 && byte <= 0x37);
  return !head.subarray(0, NAME_BYTES).includes(LINE_FEED) && head.subarray(NAME_BYTES, 108).every(isMode);
}
