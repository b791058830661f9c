/** Reads MMDB files: a tree of the bits of addresses, and records. Format: MaxMind DB File Format Specification, version 2.0. */
import { Failure } from "#text";
import { type Address, setWords } from "../tables/address-words.ts";
import { BrokenDatabase, decodeValue, type MmdbMap, type MmdbValue } from "./mmdb-values.ts";

/** What a database says about itself. */
export interface MmdbMetadata {
  /** Such as `GeoLite2-City`. */
  readonly type: string;
  /** When it was made; milliseconds since 1970 UTC. */
  readonly builtMs: number;
  readonly ipVersion: 4 | 6;
  readonly nodeCount: number;
  readonly recordBits: 24 | 28 | 32;
}

/** No record covers an address. */
export const NO_RECORD = -1;

const MARK = Buffer.from("\u{ab}\u{cd}\u{ef}MaxMind.com", "latin1");
/** The metadata stands in the last 128 KiB. */
const MOST_METADATA_BYTES = 128 << 10;
const SEPARATOR_BYTES = 16;

/** An open database, in memory. */
export class Mmdb {
  readonly metadata: MmdbMetadata;
  readonly #tree: Uint8Array;
  readonly #data: Uint8Array;
  readonly #ipv4Start: number;
  readonly #words = new Uint32Array(4);

  private constructor(metadata: MmdbMetadata, tree: Uint8Array, data: Uint8Array) {
    this.metadata = metadata;
    this.#tree = tree;
    this.#data = data;
    this.#ipv4Start = this.#startOfIpv4();
  }

  /** Opens a database; the bytes are kept. Throws a `database-broken` failure that names `uri`. */
  static open(bytes: Uint8Array, uri: string): Mmdb {
    try {
      const metadata = readMetadata(bytes);
      const treeBytes = (metadata.nodeCount * metadata.recordBits) / 4;
      const dataStart = treeBytes + SEPARATOR_BYTES;
      if (dataStart > bytes.length) throw new BrokenDatabase("the tree ends behind the end of the file");
      return new Mmdb(metadata, bytes.subarray(0, treeBytes), bytes.subarray(dataStart));
    } catch (cause) {
      const reason = cause instanceof BrokenDatabase ? cause.message : "it cannot be read";
      throw new Failure("database-broken", `"${uri}" is no usable MMDB database: ${reason}.`, {
        place: { uri },
        help: "Get it again; an MMDB file ends with its metadata, so a download that was cut is no database.",
        cause,
      });
    }
  }

  /** Where the record of an address stands in the data section, or `NO_RECORD`. Equal places are equal records. Throws `BrokenDatabase`. */
  find(address: Address): number {
    if (typeof address === "number") return this.#walk(this.#ipv4Start, 96, address);
    if (address >> 32n === 0xffffn)
      return this.#walk(this.#ipv4Start, 96, Number(BigInt.asUintN(32, address)));
    if (this.metadata.ipVersion === 4) return NO_RECORD;
    return this.#walk(0, 0, address);
  }

  /** The record at a place that `find` gave. Throws `BrokenDatabase`. */
  record(place: number): MmdbValue {
    return decodeValue(this.#data, place);
  }

  #walk(from: number, firstBit: number, address: Address): number {
    setWords(this.#words, address);
    const { nodeCount } = this.metadata;
    let node = from;
    for (let bit = firstBit; bit < 128 && node < nodeCount; bit++) {
      node = this.#child(node, ((this.#words[bit >> 5] ?? 0) >>> (31 - (bit & 31))) & 1);
    }
    if (node === nodeCount) return NO_RECORD;
    if (node < nodeCount) throw new BrokenDatabase("the tree is deeper than addresses have bits");
    const place = node - nodeCount - SEPARATOR_BYTES;
    if (place < 0 || place >= this.#data.length) throw new BrokenDatabase("the tree points behind the end");
    return place;
  }

  #child(node: number, side: number): number {
    const tree = this.#tree;
    switch (this.metadata.recordBits) {
      case 24: {
        const at = node * 6 + side * 3;
        return ((tree[at] ?? 0) << 16) | ((tree[at + 1] ?? 0) << 8) | (tree[at + 2] ?? 0);
      }
      case 28: {
        const at = node * 7 + side * 4;
        const middle = tree[node * 7 + 3] ?? 0;
        const low = ((tree[at] ?? 0) << 16) | ((tree[at + 1] ?? 0) << 8) | (tree[at + 2] ?? 0);
        return ((side === 0 ? middle >> 4 : middle & 15) << 24) | low;
      }
      default: {
        const at = node * 8 + side * 4;
        const low = ((tree[at + 1] ?? 0) << 16) | ((tree[at + 2] ?? 0) << 8) | (tree[at + 3] ?? 0);
        return (tree[at] ?? 0) * 0x100_0000 + low;
      }
    }
  }

  /** IPv4 addresses stand at ::a.b.c.d in databases of both kinds. */
  #startOfIpv4(): number {
    let node = 0;
    if (this.metadata.ipVersion === 4) return node;
    for (let bit = 0; bit < 96 && node < this.metadata.nodeCount; bit++) node = this.#child(node, 0);
    return node;
  }
}

function readMetadata(bytes: Uint8Array): MmdbMetadata {
  const tail = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const from = Math.max(0, bytes.length - MOST_METADATA_BYTES);
  const at = tail.subarray(from).lastIndexOf(MARK);
  if (at < 0) throw new BrokenDatabase("it has no metadata at its end");
  const map = decodeValue(bytes.subarray(from + at + MARK.length), 0);
  if (!(map instanceof Map)) throw new BrokenDatabase("its metadata is no map");
  return checkMetadata(map);
}

function checkMetadata(map: MmdbMap): MmdbMetadata {
  const number = (name: string) => {
    const value = map.get(name);
    if (typeof value !== "number" && typeof value !== "bigint")
      throw new BrokenDatabase(`its metadata has no ${name}`);
    return Number(value);
  };
  const [recordBits, ipVersion] = [number("record_size"), number("ip_version")];
  if (number("binary_format_major_version") !== 2) throw new BrokenDatabase("it is not of format version 2");
  if (recordBits !== 24 && recordBits !== 28 && recordBits !== 32)
    throw new BrokenDatabase(`its records have ${recordBits} bits, not 24, 28 or 32`);
  if (ipVersion !== 4 && ipVersion !== 6) throw new BrokenDatabase(`it is for IP version ${ipVersion}`);
  const type = map.get("database_type");
  return {
    type: typeof type === "string" ? type : "",
    builtMs: number("build_epoch") * 1000,
    ipVersion,
    nodeCount: number("node_count"),
    recordBits,
  };
}
