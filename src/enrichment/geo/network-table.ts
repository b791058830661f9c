/** Networks by their numbers, out of CSV files of `first,last,number,"name"` with addresses as decimal numbers, in order. */
import { type Address, setWords } from "../tables/address-words.ts";
import { RangeBuilder } from "../tables/range-builder.ts";
import { NOT_FOUND, type RangeTable } from "../tables/range-table.ts";

/** A network as the internet's routing knows it. */
export interface Network {
  readonly asn: number;
  readonly name: string | null;
}

/** Gives the bytes of a file of one kind of addresses. */
export type NetworkBytes = (kind: "ipv4" | "ipv6") => Uint8Array;

const COMMA = 0x2c;
const NEWLINE = 0x0a;
const ZERO = 0x30;
/** Digits that a double holds exactly; longer numbers are IPv6. */
const SHORT_DIGITS = 15;

const utf8 = new TextDecoder();

/** Networks of addresses. Either file is read when the first address of its kind is asked about. */
export class NetworkTable {
  readonly #bytes: NetworkBytes;
  readonly #networks: Network[] = [];
  readonly #places = new Map<number, number>();
  readonly #tables = new Map<"ipv4" | "ipv6", RangeTable>();

  constructor(bytes: NetworkBytes) {
    this.#bytes = bytes;
  }

  /** The network of an address, or null. */
  find(address: Address): Network | null {
    const isIpv4 = typeof address === "number" || address >> 32n === 0xffffn;
    const place = this.#table(isIpv4 ? "ipv4" : "ipv6").find(address);
    return place === NOT_FOUND ? null : (this.#networks[place] ?? null);
  }

  #table(kind: "ipv4" | "ipv6"): RangeTable {
    let table = this.#tables.get(kind);
    if (table === undefined) {
      table = this.#read(this.#bytes(kind));
      this.#tables.set(kind, table);
    }
    return table;
  }

  /** Lines that are not of the form are left out. */
  #read(bytes: Uint8Array): RangeTable {
    const builder = new RangeBuilder();
    const [start, end] = [new Uint32Array(4), new Uint32Array(4)];
    for (let at = 0; at < bytes.length; ) {
      const newline = bytes.indexOf(NEWLINE, at);
      const lineEnd = newline < 0 ? bytes.length : newline;
      const first = bytes.indexOf(COMMA, at);
      const second = bytes.indexOf(COMMA, first + 1);
      const third = bytes.indexOf(COMMA, second + 1);
      if (first > at && second > first && third > second && third < lineEnd) {
        setWords(start, addressAt(bytes, at, first));
        setWords(end, addressAt(bytes, first + 1, second));
        builder.add(start, end, this.#placeOf(bytes, { second, third, lineEnd }));
      }
      at = lineEnd + 1;
    }
    return builder.build();
  }

  #placeOf(bytes: Uint8Array, line: { second: number; third: number; lineEnd: number }): number {
    const asn = numberAt(bytes, line.second + 1, line.third);
    const known = this.#places.get(asn);
    if (known !== undefined) return known;
    const text = utf8.decode(bytes.subarray(line.third + 1, line.lineEnd)).trim();
    const name = text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
    this.#places.set(asn, this.#networks.length);
    return this.#networks.push({ asn, name: name === "" ? null : name }) - 1;
  }
}

function addressAt(bytes: Uint8Array, start: number, end: number): Address {
  if (end - start <= SHORT_DIGITS) return numberAt(bytes, start, end);
  let address = 0n;
  for (let at = start; at < end; at += SHORT_DIGITS) {
    const stop = Math.min(end, at + SHORT_DIGITS);
    address = address * 10n ** BigInt(stop - at) + BigInt(numberAt(bytes, at, stop));
  }
  return BigInt.asUintN(128, address);
}

function numberAt(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + (((bytes[at] ?? ZERO) - ZERO) & 15);
  return value;
}
