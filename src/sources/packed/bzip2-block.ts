/** One block of bzip2: Huffman codes, move to front, the Burrows-Wheeler transform and two kinds of run lengths, undone. */
import { OUTPUT_BYTES } from "./unpacking.ts";

/** A block before the transform is undone: `links` holds bytes in the lower 8 bits. */
export interface Bzip2Block {
  readonly links: Uint32Array;
  readonly length: number;
  readonly origin: number;
  /** Where the block ends, in bits. */
  readonly endBit: number;
}

const SYMBOLS_PER_GROUP = 50;
const MAX_CODE_BITS = 20;
/** Codes up to this length are found by one look. */
const QUICK_BITS = 10;
const RUN_B = 1;

/** The symbols of a Huffman code. */
interface Code {
  /** By the first bits: length and symbol, or 0 for longer codes. */
  readonly quick: Uint16Array;
  /** By length: the first code and the place of its symbol. */
  readonly first: Int32Array;
  readonly counts: Int32Array;
  readonly places: Int32Array;
  readonly symbols: Uint16Array;
}

/** Reads bits, the highest first; zeros behind the end. */
class BitReader {
  readonly bytes: Uint8Array;
  next: number;
  held: number;
  heldBits: number;

  constructor(bytes: Uint8Array, startBit: number) {
    this.bytes = bytes;
    this.next = (startBit >> 3) + 1;
    this.held = bytes[startBit >> 3] ?? 0;
    this.heldBits = 8 - (startBit & 7);
  }

  /** At most 24 bits. */
  take(count: number): number {
    while (this.heldBits < count) {
      this.held = (this.held << 8) | (this.bytes[this.next++] ?? 0);
      this.heldBits += 8;
    }
    this.heldBits -= count;
    return (this.held >>> this.heldBits) & ((1 << count) - 1);
  }

  symbol(code: Code): number {
    while (this.heldBits < MAX_CODE_BITS) {
      this.held = (this.held << 8) | (this.bytes[this.next++] ?? 0);
      this.heldBits += 8;
    }
    const ahead = (this.held >>> (this.heldBits - MAX_CODE_BITS)) & ((1 << MAX_CODE_BITS) - 1);
    const quick = code.quick[ahead >> (MAX_CODE_BITS - QUICK_BITS)] ?? 0;
    if (quick !== 0) {
      this.heldBits -= quick >> 9;
      return quick & 511;
    }
    for (let length = QUICK_BITS + 1; length <= MAX_CODE_BITS; length++) {
      const index = (ahead >> (MAX_CODE_BITS - length)) - (code.first[length] ?? 0);
      if (index >= 0 && index < (code.counts[length] ?? 0)) {
        this.heldBits -= length;
        return code.symbols[(code.places[length] ?? 0) + index] ?? 0;
      }
    }
    return -1;
  }

  get bit(): number {
    return this.next * 8 - this.heldBits;
  }

  get isBehindEnd(): boolean {
    return this.bit > this.bytes.length * 8;
  }
}

/**
 * Decodes a block whose magic number and checksum were read. `short`: it needs more bytes than there are.
 *
 * @param links  receives the block, which refers to it; as long as a block may be, whatever stands in it
 */
export function decodeBlock(
  bytes: Uint8Array,
  startBit: number,
  links: Uint32Array,
): Bzip2Block | "short" | "damaged" {
  const bits = new BitReader(bytes, startBit);
  const isRandomised = bits.take(1) === 1;
  const origin = bits.take(24);
  const front = readAlphabet(bits);
  const codes = readCodes(bits, front.length + 2);
  if (bits.isBehindEnd) return "short";
  if (isRandomised || codes === null || front.length === 0) return "damaged";
  const counts = new Int32Array(256);
  const length = readSymbols(bits, { ...codes, front, links, counts });
  if (bits.isBehindEnd) return "short";
  if (length < 0 || origin >= length) return "damaged";
  let sum = 0;
  const starts = counts.map((count) => {
    sum += count;
    return sum - count;
  });
  for (let at = 0; at < length; at++) {
    const byte = (links[at] ?? 0) & 255;
    const place = starts[byte] ?? 0;
    starts[byte] = place + 1;
    links[place] = (links[place] ?? 0) | (at << 8);
  }
  return { links, length, origin, endBit: bits.bit };
}

/** The bytes that occur, in order. */
function readAlphabet(bits: BitReader): Uint8Array {
  const rows = bits.take(16);
  const used: number[] = [];
  for (let row = 0; row < 16; row++) {
    if (((rows >> (15 - row)) & 1) === 0) continue;
    const columns = bits.take(16);
    for (let column = 0; column < 16; column++)
      if (((columns >> (15 - column)) & 1) === 1) used.push(row * 16 + column);
  }
  return Uint8Array.from(used);
}

interface Codes {
  readonly codes: readonly Code[];
  /** Which code each group of symbols uses. */
  readonly selectors: Uint8Array;
}

function readCodes(bits: BitReader, symbolCount: number): Codes | null {
  const codeCount = bits.take(3);
  const selectorCount = bits.take(15);
  if (codeCount < 2 || codeCount > 6 || selectorCount === 0) return null;
  const selectors = new Uint8Array(selectorCount);
  const order = Array.from({ length: codeCount }, (_, index) => index);
  for (let at = 0; at < selectorCount; at++) {
    let place = 0;
    while (bits.take(1) === 1) if (++place >= codeCount) return null;
    const [moved = 0] = order.splice(place, 1);
    order.unshift(moved);
    selectors[at] = moved;
  }
  const codes: Code[] = [];
  for (let index = 0; index < codeCount; index++) {
    const lengths = new Uint8Array(symbolCount);
    let length = bits.take(5);
    for (let symbol = 0; symbol < symbolCount; symbol++) {
      while (length > 0 && length <= MAX_CODE_BITS && bits.take(1) === 1)
        length += bits.take(1) === 0 ? 1 : -1;
      if (length < 1 || length > MAX_CODE_BITS) return null;
      lengths[symbol] = length;
    }
    const code = codeOf(lengths);
    if (code === null) return null;
    codes.push(code);
  }
  return { codes, selectors };
}

function codeOf(lengths: Uint8Array): Code | null {
  const counts = new Int32Array(MAX_CODE_BITS + 1);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  const first = new Int32Array(MAX_CODE_BITS + 1);
  const places = new Int32Array(MAX_CODE_BITS + 1);
  let code = 0;
  let place = 0;
  for (let length = 1; length <= MAX_CODE_BITS; length++) {
    const count = counts[length] ?? 0;
    first[length] = code;
    places[length] = place;
    place += count;
    code += count;
    if (code > 1 << length) return null;
    code <<= 1;
  }
  const symbols = new Uint16Array(lengths.length);
  const quick = new Uint16Array(1 << QUICK_BITS);
  const next = places.slice();
  for (const [symbol, length] of lengths.entries()) {
    const at = next[length] ?? 0;
    next[length] = at + 1;
    symbols[at] = symbol;
    if (length > QUICK_BITS) continue;
    const from = ((first[length] ?? 0) + at - (places[length] ?? 0)) << (QUICK_BITS - length);
    quick.fill((length << 9) | symbol, from, from + (1 << (QUICK_BITS - length)));
  }
  return { quick, first, counts, places, symbols };
}

interface SymbolInput extends Codes {
  /** The alphabet, last used first; changed. */
  readonly front: Uint8Array;
  /** Receives the bytes. */
  readonly links: Uint32Array;
  /** Receives how often each byte occurs. */
  readonly counts: Int32Array;
}

/** Reads the symbols up to the end of the block; -1: damaged. Behind the end of the bytes it stops soon with any answer. */
function readSymbols(bits: BitReader, { codes, selectors, front, links, counts }: SymbolInput): number {
  const endSymbol = front.length + 1;
  let length = 0;
  let run = 0;
  let runUnit = 1;
  for (const selector of selectors) {
    const code = codes[selector];
    if (code === undefined || bits.isBehindEnd) return -1;
    for (let left = SYMBOLS_PER_GROUP; left > 0; left--) {
      const symbol = bits.symbol(code);
      if (symbol < 0) return -1;
      if (symbol <= RUN_B) {
        run += runUnit << symbol;
        runUnit <<= 1;
        if (run > links.length - length) return -1;
        continue;
      }
      if (run > 0) {
        const byte = front[0] ?? 0;
        links.fill(byte, length, length + run);
        counts[byte] = (counts[byte] ?? 0) + run;
        length += run;
        run = 0;
        runUnit = 1;
      }
      if (symbol === endSymbol) return length;
      if (length >= links.length) return -1;
      const place = symbol - 1;
      const byte = front[place] ?? 0;
      for (let at = place; at > 0; at--) front[at] = front[at - 1] ?? 0;
      front[0] = byte;
      counts[byte] = (counts[byte] ?? 0) + 1;
      links[length++] = byte;
    }
  }
  return -1;
}

/** A block's text and its checksum. */
export interface BlockText {
  readonly pieces: readonly Uint8Array[];
  readonly checksum: number;
}

/** Undoes the transform and the outer run lengths. */
export function blockText(block: Bzip2Block): BlockText {
  const pieces = withoutRuns(untransformed(block));
  let checksum = -1;
  for (const piece of pieces) checksum = checksumOf(piece, checksum);
  return { pieces, checksum: ~checksum >>> 0 };
}

function untransformed({ links, length, origin }: Bzip2Block): Uint8Array {
  const bytes = new Uint8Array(length);
  let link = (links[origin] ?? 0) >>> 8;
  for (let at = 0; at < length; at++) {
    const entry = links[link] ?? 0;
    bytes[at] = entry;
    link = entry >>> 8;
  }
  return bytes;
}

/** A byte four times is followed by how often it is repeated. */
function withoutRuns(bytes: Uint8Array): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  // Five bytes become 259 at most.
  const pieceBytes = Math.min(OUTPUT_BYTES, 256 + 52 * bytes.length);
  let piece = new Uint8Array(pieceBytes);
  let filled = 0;
  let equal = 0;
  let last = -1;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (filled + 256 > pieceBytes) {
      pieces.push(piece.subarray(0, filled));
      piece = new Uint8Array(pieceBytes);
      filled = 0;
    }
    if (equal === 4) {
      piece.fill(last, filled, filled + byte);
      filled += byte;
      equal = 0;
      last = -1;
    } else {
      equal = byte === last ? equal + 1 : 1;
      last = byte;
      piece[filled++] = byte;
    }
  }
  if (filled > 0) pieces.push(piece.subarray(0, filled));
  return pieces;
}

const CHECKSUM_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = value < 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value;
});

/** The checksum of bzip2 goes from the highest bit, unlike that of `node:zlib`. */
function checksumOf(bytes: Uint8Array, before: number): number {
  let value = before;
  for (let at = 0; at < bytes.length; at++)
    value = (value << 8) ^ (CHECKSUM_TABLE[(value >>> 24) ^ (bytes[at] ?? 0)] ?? 0);
  return value;
}
