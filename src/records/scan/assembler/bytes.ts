/** A growing run of bytes, with the number encodings of WebAssembly. */

/** Writes bytes; integers as LEB128 (WebAssembly core specification, 5.2.2). */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  bytes(values: ArrayLike<number>): void {
    this.#reserve(values.length);
    this.#bytes.set(values, this.#length);
    this.#length += values.length;
  }

  unsigned(value: number): void {
    let rest = value;
    do {
      const low = rest & 0x7f;
      rest >>>= 7;
      this.byte(rest === 0 ? low : low | 0x80);
    } while (rest !== 0);
  }

  signed(value: bigint): void {
    let rest = value;
    for (;;) {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      const isEnd = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0);
      this.byte(isEnd ? low : low | 0x80);
      if (isEnd) return;
    }
  }

  double(value: number): void {
    this.bytes(new Uint8Array(new Float64Array([value]).buffer));
  }

  name(text: string): void {
    const utf8 = new TextEncoder().encode(text);
    this.unsigned(utf8.length);
    this.bytes(utf8);
  }

  /** Appends what another wrote, with its length in front. */
  sized(other: ByteWriter): void {
    this.unsigned(other.length);
    this.bytes(other.taken());
  }

  /** The bytes so far; not a copy. */
  taken(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    larger.set(this.taken());
    this.#bytes = larger;
  }
}
