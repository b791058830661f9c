/** The checksum of 64 bits that xz uses (ECMA-182, reflected), fed piece by piece. */

/** Four tables for four bytes at once, each of lower and higher halves. */
const [LOWS, HIGHS] = makeTables();

function makeTables(): readonly [Int32Array, Int32Array] {
  const lows = new Int32Array(4 * 256);
  const highs = new Int32Array(4 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let low = byte;
    let high = 0;
    for (let bit = 0; bit < 8; bit++) {
      const isOdd = (low & 1) === 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (!isOdd) continue;
      low ^= 0xd7870f42;
      high ^= 0xc96c5795;
    }
    lows[byte] = low;
    highs[byte] = high;
  }
  for (let at = 256; at < 4 * 256; at++) {
    const low = lows[at - 256] ?? 0;
    const high = highs[at - 256] ?? 0;
    lows[at] = ((low >>> 8) | (high << 24)) ^ (lows[low & 255] ?? 0);
    highs[at] = (high >>> 8) ^ (highs[low & 255] ?? 0);
  }
  return [lows, highs];
}

/** CRC-64 of the bytes given to `update`. */
export class Crc64 {
  #low = -1;
  #high = -1;

  update(bytes: Uint8Array): void {
    let low = this.#low;
    let high = this.#high;
    const whole = bytes.length & ~3;
    let at = 0;
    for (; at < whole; at += 4) {
      const a = (low ^ (bytes[at] ?? 0)) & 255;
      const b = ((low >>> 8) ^ (bytes[at + 1] ?? 0)) & 255;
      const c = ((low >>> 16) ^ (bytes[at + 2] ?? 0)) & 255;
      const d = (low >>> 24) ^ (bytes[at + 3] ?? 0);
      low = high ^ (LOWS[768 + a] ?? 0) ^ (LOWS[512 + b] ?? 0) ^ (LOWS[256 + c] ?? 0) ^ (LOWS[d] ?? 0);
      high = (HIGHS[768 + a] ?? 0) ^ (HIGHS[512 + b] ?? 0) ^ (HIGHS[256 + c] ?? 0) ^ (HIGHS[d] ?? 0);
    }
    for (; at < bytes.length; at++) {
      const index = (low ^ (bytes[at] ?? 0)) & 255;
      low = ((low >>> 8) | (high << 24)) ^ (LOWS[index] ?? 0);
      high = (high >>> 8) ^ (HIGHS[index] ?? 0);
    }
    this.#low = low;
    this.#high = high;
  }

  /** The lower and the higher half. */
  digest(): readonly [number, number] {
    return [~this.#low >>> 0, ~this.#high >>> 0];
  }
}
