/** The checksums of lz4 and zstd (XXH32 and XXH64 with seed 0), fed piece by piece. Source: the xxHash specification. */

const PRIME32 = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1] as const;

function rotated(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}

/** Gathers bytes into stripes of a fixed length. */
class Stripes {
  readonly held: Uint8Array;
  heldBytes = 0;
  total = 0;
  readonly #take: (bytes: Uint8Array, start: number, end: number) => void;

  constructor(length: number, take: (bytes: Uint8Array, start: number, end: number) => void) {
    this.held = new Uint8Array(length);
    this.#take = take;
  }

  update(bytes: Uint8Array): void {
    const { length } = this.held;
    this.total += bytes.length;
    let at = 0;
    if (this.heldBytes > 0) {
      at = Math.min(length - this.heldBytes, bytes.length);
      this.held.set(bytes.subarray(0, at), this.heldBytes);
      this.heldBytes += at;
      if (this.heldBytes < length) return;
      this.#take(this.held, 0, length);
      this.heldBytes = 0;
    }
    const end = at + Math.floor((bytes.length - at) / length) * length;
    if (end > at) this.#take(bytes, at, end);
    this.held.set(bytes.subarray(end));
    this.heldBytes = bytes.length - end;
  }
}

/** XXH32 of the bytes given to `update`. */
export class XxHash32 {
  readonly #lanes = Int32Array.of(PRIME32[0] + PRIME32[1], PRIME32[1], 0, -PRIME32[0]);
  readonly #stripes = new Stripes(16, (bytes, start, end) => this.#take(bytes, start, end));

  update(bytes: Uint8Array): void {
    this.#stripes.update(bytes);
  }

  #take(bytes: Uint8Array, start: number, end: number): void {
    let [a = 0, b = 0, c = 0, d = 0] = this.#lanes;
    for (let at = start; at < end; at += 16) {
      a = round32(a, wordAt(bytes, at));
      b = round32(b, wordAt(bytes, at + 4));
      c = round32(c, wordAt(bytes, at + 8));
      d = round32(d, wordAt(bytes, at + 12));
    }
    this.#lanes.set([a, b, c, d]);
  }

  digest(): number {
    const { held, heldBytes, total } = this.#stripes;
    const [a = 0, b = 0, c = 0, d = 0] = this.#lanes;
    let hash = total < 16 ? PRIME32[4] : rotated(a, 1) + rotated(b, 7) + rotated(c, 12) + rotated(d, 18);
    hash = (hash + total) | 0;
    let at = 0;
    for (; at + 4 <= heldBytes; at += 4)
      hash = Math.imul(rotated((hash + Math.imul(wordAt(held, at), PRIME32[2])) | 0, 17), PRIME32[3]);
    for (; at < heldBytes; at++)
      hash = Math.imul(rotated((hash + Math.imul(held[at] ?? 0, PRIME32[4])) | 0, 11), PRIME32[0]);
    hash = Math.imul(hash ^ (hash >>> 15), PRIME32[1]);
    hash = Math.imul(hash ^ (hash >>> 13), PRIME32[2]);
    return (hash ^ (hash >>> 16)) >>> 0;
  }
}

function round32(lane: number, word: number): number {
  return Math.imul(rotated((lane + Math.imul(word, PRIME32[1])) | 0, 13), PRIME32[0]);
}

const MASK64 = (1n << 64n) - 1n;
const PRIME64 = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
] as const;

/** The first two primes in pieces of 16 bits, the lowest first, and their lower halves. */
const P1 = [0xca87, 0x85eb, 0x79b1, 0x9e37] as const;
const P2 = [0xeb4f, 0x27d4, 0xae3d, 0xc2b2] as const;

/** XXH64 of the bytes given to `update`. */
export class XxHash64 {
  /** Four numbers of 64 bits, as lower and higher halves. */
  readonly #lanes: Int32Array = halvesOf([PRIME64[0] + PRIME64[1], PRIME64[1], 0n, -PRIME64[0]]);
  readonly #stripes = new Stripes(32, (bytes, start, end) => this.#take(bytes, start, end));

  update(bytes: Uint8Array): void {
    this.#stripes.update(bytes);
  }

  #take(bytes: Uint8Array, start: number, end: number): void {
    for (let lane = 0; lane < 4; lane++) this.#takeLane(bytes, start + 8 * lane, end, 2 * lane);
  }

  /** Every fourth word goes into a lane: lane = rotate(lane + word × prime 2, 31) × prime 1, in halves of 32 bits. */
  #takeLane(bytes: Uint8Array, start: number, end: number, lane: number): void {
    let low = this.#lanes[lane] ?? 0;
    let high = this.#lanes[lane + 1] ?? 0;
    for (let at = start; at < end; at += 32) {
      const wordLow = wordAt(bytes, at);
      const wordHigh = wordAt(bytes, at + 4);
      const added = productLow(wordLow, P2[0], P2[1]);
      const sum = (low >>> 0) + (added >>> 0);
      high =
        (high +
          productHigh(wordLow, P2[0], P2[1]) +
          Math.imul(wordLow, (P2[3] << 16) | P2[2]) +
          Math.imul(wordHigh, (P2[1] << 16) | P2[0]) +
          (sum > 0xffffffff ? 1 : 0)) |
        0;
      low = sum | 0;
      const turnedLow = (low << 31) | (high >>> 1);
      const turnedHigh = (high << 31) | (low >>> 1);
      low = productLow(turnedLow, P1[0], P1[1]);
      high =
        (productHigh(turnedLow, P1[0], P1[1]) +
          Math.imul(turnedLow, (P1[3] << 16) | P1[2]) +
          Math.imul(turnedHigh, (P1[1] << 16) | P1[0])) |
        0;
    }
    this.#lanes[lane] = low;
    this.#lanes[lane + 1] = high;
  }

  /** The lower 32 bits, which is what zstd stores. */
  digestLow(): number {
    const { held, heldBytes, total } = this.#stripes;
    const lanes = [0, 2, 4, 6].map((at) => numberOf(this.#lanes[at] ?? 0, this.#lanes[at + 1] ?? 0));
    let hash: bigint;
    if (total < 32) hash = PRIME64[4];
    else {
      const [a = 0n, b = 0n, c = 0n, d = 0n] = lanes;
      hash = (rotated64(a, 1n) + rotated64(b, 7n) + rotated64(c, 12n) + rotated64(d, 18n)) & MASK64;
      for (const lane of lanes) hash = ((hash ^ round64(0n, lane)) * PRIME64[0] + PRIME64[3]) & MASK64;
    }
    hash = (hash + BigInt(total)) & MASK64;
    let at = 0;
    for (; at + 8 <= heldBytes; at += 8) {
      const word = numberOf(wordAt(held, at), wordAt(held, at + 4));
      hash = (rotated64(hash ^ round64(0n, word), 27n) * PRIME64[0] + PRIME64[3]) & MASK64;
    }
    if (at + 4 <= heldBytes) {
      const word = BigInt(wordAt(held, at) >>> 0);
      hash = (rotated64(hash ^ ((word * PRIME64[0]) & MASK64), 23n) * PRIME64[1] + PRIME64[2]) & MASK64;
      at += 4;
    }
    for (; at < heldBytes; at++) {
      const byte = BigInt(held[at] ?? 0);
      hash = (rotated64(hash ^ ((byte * PRIME64[4]) & MASK64), 11n) * PRIME64[0]) & MASK64;
    }
    hash = ((hash ^ (hash >> 33n)) * PRIME64[1]) & MASK64;
    hash = ((hash ^ (hash >> 29n)) * PRIME64[2]) & MASK64;
    return Number((hash ^ (hash >> 32n)) & 0xffffffffn);
  }
}

/** The lower half of a product of 32 bits with two pieces of 16. */
function productLow(value: number, low: number, high: number): number {
  return Math.imul(value, (high << 16) | low);
}

/** The higher half of the same product, unsigned. */
function productHigh(value: number, low: number, high: number): number {
  const valueLow = value & 0xffff;
  const valueHigh = value >>> 16;
  const middle = valueHigh * low + ((valueLow * low) >>> 16);
  const rest = (middle & 0xffff) + valueLow * high;
  return valueHigh * high + (middle >>> 16) + (rest >>> 16);
}

function halvesOf(numbers: readonly bigint[]): Int32Array {
  return Int32Array.from(
    numbers.flatMap((number) => [
      Number(BigInt.asIntN(32, number)),
      Number(BigInt.asIntN(32, BigInt.asUintN(64, number) >> 32n)),
    ]),
  );
}

function numberOf(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

function rotated64(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & MASK64;
}

function round64(lane: bigint, word: bigint): bigint {
  return (rotated64((lane + word * PRIME64[1]) & MASK64, 31n) * PRIME64[0]) & MASK64;
}
