/** Makes small MMDB databases for tests. Format: MaxMind DB File Format Specification, version 2.0. */

/** What a made-up record holds. */
export type MadeValue =
  | string
  | number
  | boolean
  | readonly MadeValue[]
  | { readonly [key: string]: MadeValue };

/** A network by the bits of its first address, as text of 0 and 1, and its record. */
export interface MadeNetwork {
  readonly bits: string;
  readonly record: MadeValue;
}

/** How a database is made. */
export interface MadeDatabase {
  readonly type?: string;
  readonly recordBits?: 24 | 28 | 32;
  readonly ipVersion?: 4 | 6;
  readonly networks: readonly MadeNetwork[];
}

type Node = [Node | number, Node | number];
/** No record. */
const EMPTY = -1;
/** October 2026. */
export const MADE_BUILT_MS: number = Date.UTC(2026, 9, 1);

/** The bits of `a.b.c.d/n`, in a database for IPv6 behind 96 zeros. */
export function bitsOf(network: string, ipVersion: 4 | 6 = 6): string {
  const [address = "", length = "32"] = network.split("/");
  const bits = address.split(".").map((octet) => Number(octet).toString(2).padStart(8, "0"));
  return (ipVersion === 6 ? "0".repeat(96) : "") + bits.join("").slice(0, Number(length));
}

/** The bytes of a database. */
export function makeDatabase(options: MadeDatabase): Uint8Array {
  const { type = "Test-City", recordBits = 28, ipVersion = 6, networks } = options;
  const data: number[] = [];
  const root: Node = [EMPTY, EMPTY];
  for (const { bits, record } of [...networks].sort((a, b) => a.bits.length - b.bits.length)) {
    const place = data.length;
    data.push(...encode(record));
    insert(root, bits, place);
  }
  const nodes = numbered(root);
  const tree = nodes.flatMap((node) => {
    const [left = 0, right = 0] = node.map((side) => {
      if (typeof side === "object") return nodes.indexOf(side);
      return side === EMPTY ? nodes.length : nodes.length + 16 + side;
    });
    return printNode(left, right, recordBits);
  });
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: MADE_BUILT_MS / 1000,
    database_type: type,
    description: { en: "made up" },
    ip_version: ipVersion,
    languages: ["en"],
    node_count: nodes.length,
    record_size: recordBits,
  });
  const mark = Buffer.from("\u{ab}\u{cd}\u{ef}MaxMind.com", "latin1");
  return Uint8Array.from([...tree, ...new Array<number>(16).fill(0), ...data, ...mark, ...metadata]);
}

function insert(root: Node, bits: string, place: number): void {
  let node = root;
  for (const [index, bit] of [...bits].entries()) {
    const side = bit === "1" ? 1 : 0;
    if (index === bits.length - 1) {
      node[side] = place;
      return;
    }
    const next = node[side];
    const below: Node = typeof next === "object" ? next : [next, next];
    node[side] = below;
    node = below;
  }
}

function numbered(root: Node): readonly Node[] {
  const nodes: Node[] = [root];
  for (let index = 0; index < nodes.length; index++)
    for (const side of nodes[index] ?? []) if (typeof side === "object") nodes.push(side);
  return nodes;
}

function printNode(left: number, right: number, recordBits: 24 | 28 | 32): readonly number[] {
  const bytes = (value: number, count: number) =>
    Array.from({ length: count }, (_, index) => Math.floor(value / 256 ** (count - 1 - index)) & 255);
  if (recordBits === 24) return [...bytes(left, 3), ...bytes(right, 3)];
  if (recordBits === 32) return [...bytes(left, 4), ...bytes(right, 4)];
  const middle = ((left >>> 24) << 4) | (right >>> 24);
  return [...bytes(left & 0xff_ffff, 3), middle, ...bytes(right & 0xff_ffff, 3)];
}

function encode(value: MadeValue): readonly number[] {
  if (typeof value === "string") {
    const bytes = [...Buffer.from(value)];
    return bytes.length < 29 ? [0x40 | bytes.length, ...bytes] : [0x40 | 29, bytes.length - 29, ...bytes];
  }
  if (typeof value === "boolean") return [value ? 1 : 0, 14 - 7];
  if (typeof value === "number") return encodeNumber(value);
  if (Array.isArray(value))
    return [value.length, 11 - 7, ...value.flatMap((item: MadeValue) => encode(item))];
  const entries = Object.entries(value);
  return [0xe0 | entries.length, ...entries.flatMap(([key, item]) => [...encode(key), ...encode(item)])];
}

function encodeNumber(value: number): readonly number[] {
  if (Number.isInteger(value) && value >= 0 && value < 2 ** 32) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return [0xc0 | 4, ...bytes];
  }
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return [0x60 | 8, ...bytes];
}
