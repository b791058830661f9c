/** Decodes the data section of an MMDB file. Format: MaxMind DB File Format Specification, version 2.0. */

/** A decoded value. */
export type MmdbValue = string | number | bigint | boolean | Uint8Array | readonly MmdbValue[] | MmdbMap;
/** A decoded map. */
export type MmdbMap = ReadonlyMap<string, MmdbValue>;

/** A database says something that it must not say. */
export class BrokenDatabase extends Error {}

const MOST_DEPTH = 32;
/** Values in one record: real ones have less than 500; pointers could make a small file say billions. */
const MOST_VALUES = 20_000;

const TYPE = {
  extended: 0,
  pointer: 1,
  text: 2,
  double: 3,
  bytes: 4,
  uint16: 5,
  uint32: 6,
  map: 7,
  int32: 8,
  uint64: 9,
  uint128: 10,
  array: 11,
  boolean: 14,
  float: 15,
} as const;

const utf8 = new TextDecoder();

/** The value at an offset of a data section. Throws `BrokenDatabase`; bounded in depth and in values. */
export function decodeValue(section: Uint8Array, offset: number): MmdbValue {
  return new Decoder(section, offset).value(0);
}

class Decoder {
  readonly #section: Uint8Array;
  readonly #view: DataView;
  #at: number;
  #left = MOST_VALUES;

  constructor(section: Uint8Array, offset: number) {
    this.#section = section;
    this.#view = new DataView(section.buffer, section.byteOffset, section.byteLength);
    this.#at = offset;
  }

  value(depth: number): MmdbValue {
    if (depth > MOST_DEPTH || --this.#left < 0) throw new BrokenDatabase("a record is too large");
    const control = this.#byte();
    let type = control >> 5;
    if (type === TYPE.pointer) return this.#pointed(control, depth);
    if (type === TYPE.extended) type = this.#byte() + 7;
    const size = this.#size(control & 31);
    switch (type) {
      case TYPE.map:
        return this.#map(size, depth);
      case TYPE.array: {
        const items: MmdbValue[] = [];
        for (let index = 0; index < size; index++) items.push(this.value(depth + 1));
        return items;
      }
      case TYPE.boolean:
        return size !== 0;
      case TYPE.text:
        return utf8.decode(this.#take(size));
      case TYPE.bytes:
        return this.#take(size);
      default:
        return this.#number(type, size);
    }
  }

  #map(size: number, depth: number): MmdbMap {
    const map = new Map<string, MmdbValue>();
    for (let index = 0; index < size; index++) {
      const key = this.value(depth + 1);
      if (typeof key !== "string") throw new BrokenDatabase("a key is no text");
      map.set(key, this.value(depth + 1));
    }
    return map;
  }

  #pointed(control: number, depth: number): MmdbValue {
    const length = ((control >> 3) & 3) + 1;
    let target = length === 4 ? 0 : control & 7;
    for (let index = 0; index < length; index++) target = target * 256 + this.#byte();
    if (length === 2) target += 2048;
    if (length === 3) target += 526_336;
    const behind = this.#at;
    this.#at = target;
    if (this.#section[target] !== undefined && (this.#section[target] ?? 0) >> 5 === TYPE.pointer)
      throw new BrokenDatabase("a pointer points at a pointer");
    const value = this.value(depth + 1);
    this.#at = behind;
    return value;
  }

  #number(type: number, size: number): number | bigint {
    const start = this.#at;
    const bytes = this.#take(size);
    if (type === TYPE.double && size === 8) return this.#view.getFloat64(start);
    if (type === TYPE.float && size === 4) return this.#view.getFloat32(start);
    if (type === TYPE.int32 && size <= 4) return size === 4 ? this.#view.getInt32(start) : numberOf(bytes);
    if ((type === TYPE.uint16 && size <= 2) || (type === TYPE.uint32 && size <= 4)) return numberOf(bytes);
    if ((type === TYPE.uint64 && size <= 8) || (type === TYPE.uint128 && size <= 16))
      return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    throw new BrokenDatabase(`a value has type ${type} and ${size} bytes`);
  }

  #size(short: number): number {
    if (short < 29) return short;
    if (short === 29) return 29 + this.#byte();
    if (short === 30) return 285 + numberOf(this.#take(2));
    return 65_821 + numberOf(this.#take(3));
  }

  #byte(): number {
    const byte = this.#section[this.#at++];
    if (byte === undefined) throw new BrokenDatabase("a record ends behind the end of the file");
    return byte;
  }

  #take(size: number): Uint8Array {
    const end = this.#at + size;
    if (end > this.#section.length) throw new BrokenDatabase("a record ends behind the end of the file");
    const bytes = this.#section.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }
}

function numberOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}
