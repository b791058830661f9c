/** The range decoder of LZMA: bits whose likeliness is learned. */

const PROBABILITY_BITS = 11;
const EVEN = 1 << (PROBABILITY_BITS - 1);
const MOVE_BITS = 5;
const TOP = 2 ** 24;

/** So many probabilities, all even. */
export function evenProbabilities(count: number): Uint16Array {
  return new Uint16Array(count).fill(EVEN);
}

/** Decodes the bits of one chunk. */
export class RangeDecoder {
  readonly #bytes: Uint8Array;
  #at = 5;
  /** Range and code. Why an array: its numbers of 32 bits need no boxes. */
  readonly #state: Uint32Array;
  /** More bytes were asked for than there are: what was decoded with them means nothing. */
  isShort: boolean;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    const [, a = 0, b = 0, c = 0, d = 0] = bytes;
    this.#state = Uint32Array.of(0xffffffff, (a << 24) | (b << 16) | (c << 8) | d);
    this.isShort = bytes.length < 5;
  }

  #next(): number {
    if (this.#at < this.#bytes.length) return this.#bytes[this.#at++] ?? 0;
    this.isShort = true;
    return 0;
  }

  /** A bit by the probability at an index, which learns from it. */
  bit(probabilities: Uint16Array, index: number): number {
    let range = this.#state[0] ?? 0;
    let code = this.#state[1] ?? 0;
    if (range < TOP) {
      range = (range << 8) >>> 0;
      code = ((code << 8) | this.#next()) >>> 0;
    }
    const probability = probabilities[index] ?? 0;
    const bound = (range >>> PROBABILITY_BITS) * probability;
    const isOne = code >= bound;
    if (isOne) {
      probabilities[index] = probability - (probability >> MOVE_BITS);
      this.#state[0] = range - bound;
      this.#state[1] = code - bound;
      return 1;
    }
    probabilities[index] = probability + ((2048 - probability) >> MOVE_BITS);
    this.#state[0] = bound;
    this.#state[1] = code;
    return 0;
  }

  /** A number of so many bits, the highest first; each bit is learned by those before it. */
  tree(probabilities: Uint16Array, start: number, count: number): number {
    const limit = 1 << count;
    let node = 1;
    let range = this.#state[0] ?? 0;
    let code = this.#state[1] ?? 0;
    while (node < limit) {
      if (range < TOP) {
        range = (range << 8) >>> 0;
        code = ((code << 8) | this.#next()) >>> 0;
      }
      const index = start + node;
      const probability = probabilities[index] ?? 0;
      const bound = (range >>> PROBABILITY_BITS) * probability;
      if (code < bound) {
        probabilities[index] = probability + ((2048 - probability) >> MOVE_BITS);
        range = bound;
        node <<= 1;
      } else {
        probabilities[index] = probability - (probability >> MOVE_BITS);
        range -= bound;
        code -= bound;
        node = (node << 1) | 1;
      }
    }
    this.#state[0] = range;
    this.#state[1] = code;
    return node - limit;
  }

  /** The same, the lowest bit first. */
  reverseTree(probabilities: Uint16Array, start: number, count: number): number {
    let node = 1;
    let value = 0;
    for (let place = 0; place < count; place++) {
      const bit = this.bit(probabilities, start + node);
      node = (node << 1) | bit;
      value |= bit << place;
    }
    return value;
  }

  /** A literal behind a match: its bits are learned by those of the byte that the match would repeat. */
  matchedLiteral(probabilities: Uint16Array, start: number, expected: number): number {
    let node = 1;
    let ahead = expected;
    while (node < 256) {
      const expectedBit = (ahead >> 7) & 1;
      ahead <<= 1;
      const bit = this.bit(probabilities, start + ((1 + expectedBit) << 8) + node);
      node = (node << 1) | bit;
      if (bit !== expectedBit) break;
    }
    while (node < 256) node = (node << 1) | this.bit(probabilities, start + node);
    return node & 255;
  }

  /** A number of so many bits that are all as likely. */
  direct(count: number): number {
    let range = this.#state[0] ?? 0;
    let code = this.#state[1] ?? 0;
    let value = 0;
    for (let left = count; left > 0; left--) {
      if (range < TOP) {
        range = (range << 8) >>> 0;
        code = ((code << 8) | this.#next()) >>> 0;
      }
      range >>>= 1;
      const isOne = code >= range;
      if (isOne) code -= range;
      value = (value << 1) | (isOne ? 1 : 0);
    }
    this.#state[0] = range;
    this.#state[1] = code;
    return value;
  }
}
