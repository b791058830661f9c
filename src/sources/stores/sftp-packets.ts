/**
 * Packets of the SSH File Transfer Protocol, version 3. Source: draft-ietf-secsh-filexfer-02. What a server sends is hostile: every length is
 * checked before it is believed.
 */
import { Failure } from "#text";

/** Kinds of packets, as numbers on the wire. */
export const PACKET = {
  init: 1,
  version: 2,
  open: 3,
  close: 4,
  read: 5,
  lstat: 7,
  fstat: 8,
  openDirectory: 11,
  readDirectory: 12,
  realPath: 16,
  stat: 17,
  status: 101,
  handle: 102,
  data: 103,
  name: 104,
  attributes: 105,
} as const;

/** What a server may answer instead of what was asked for. */
export const STATUS = { ok: 0, endOfFile: 1, noSuchFile: 2, permissionDenied: 3 } as const;

/** OpenSSH's own bound; a packet of data is an eighth of it. */
export const MOST_PACKET_BYTES: number = 256 << 10;

/** By the draft, at most so many. */
const MOST_HANDLE_BYTES = 256;

/** What a server tells about a file; null: it does not. */
export interface SftpAttributes {
  readonly sizeBytes: number | null;
  /** Of POSIX: the kind of the file, and who may do what. */
  readonly mode: number | null;
  /** Seconds since 1970 UTC. */
  readonly modifiedSeconds: number | null;
}

/** A name of a directory. The attributes are of the name: of a link, not of what it leads to. */
export interface SftpName {
  readonly name: string;
  readonly attributes: SftpAttributes;
}

/** The server does not speak the protocol, or breaks it. `what` continues "What it sends is no SFTP: ". */
export function brokenProtocol(what: string): Failure {
  return new Failure("source-unreadable", `What the server sends is not SFTP as it should be: ${what}.`);
}

/** What stands in a packet: an integer of 32 bits, one of 64, or bytes with their length before them. */
export type PacketField = number | bigint | string | Uint8Array;

/** A packet with the length before it. */
export function packetOf(kind: number, fields: readonly PacketField[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const field of fields) {
    if (typeof field === "number") parts.push(bytesOf32(field));
    else if (typeof field === "bigint") parts.push(bytesOf64(field));
    else {
      const bytes = typeof field === "string" ? Buffer.from(field) : field;
      parts.push(bytesOf32(bytes.length), bytes);
    }
  }
  const body = Buffer.concat(parts);
  return Buffer.concat([bytesOf32(body.length + 1), Uint8Array.of(kind), body]);
}

function bytesOf32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function bytesOf64(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

/** Reads the fields of a packet one behind the other. Throws source-unreadable when one reaches over the end. */
export class PacketReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#take(1));
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  uint64(): number {
    const value = this.#bytes.readBigUInt64BE(this.#take(8));
    if (value > Number.MAX_SAFE_INTEGER) throw brokenProtocol(`it tells a size of ${value} bytes`);
    return Number(value);
  }

  /** Bytes with their length before them; they are part of the packet. */
  bytes(): Uint8Array {
    const length = this.uint32();
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  text(): string {
    return Buffer.from(this.bytes()).toString();
  }

  handle(): Uint8Array {
    const handle = this.bytes();
    if (handle.length > MOST_HANDLE_BYTES) throw brokenProtocol(`a handle has ${handle.length} bytes`);
    return Uint8Array.from(handle);
  }

  attributes(): SftpAttributes {
    const flags = this.uint32();
    const sizeBytes = flags & 1 ? this.uint64() : null;
    if (flags & 2) this.#take(8);
    const mode = flags & 4 ? this.uint32() : null;
    if (flags & 8) this.#take(4);
    const modifiedSeconds = flags & 8 ? this.uint32() : null;
    if (flags & 0x8000_0000) {
      for (let left = this.uint32(); left > 0; left--) {
        this.bytes();
        this.bytes();
      }
    }
    return { sizeBytes, mode, modifiedSeconds };
  }

  names(): readonly SftpName[] {
    const names: SftpName[] = [];
    for (let left = this.uint32(); left > 0; left--) {
      const name = this.text();
      this.bytes();
      names.push({ name, attributes: this.attributes() });
    }
    return names;
  }

  #take(count: number): number {
    const start = this.#at;
    if (count > this.#bytes.length - start) throw brokenProtocol("a packet ends before its fields do");
    this.#at += count;
    return start;
  }
}

/** Cuts what arrives into packets, each without the length before it. */
export class PacketCutter {
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #wanted: number | null = null;

  /** The packets that are whole with this chunk. Throws source-unreadable on a length that cannot be one. */
  *add(chunk: Uint8Array): Generator<Uint8Array, void, undefined> {
    let rest = chunk;
    while (rest.length > 0) {
      const wanted = this.#wanted ?? 4;
      const taken = rest.subarray(0, wanted - this.#bytes);
      this.#pieces.push(taken);
      this.#bytes += taken.length;
      rest = rest.subarray(taken.length);
      if (this.#bytes < wanted) return;
      const [only, ...others] = this.#pieces;
      const whole = only !== undefined && others.length === 0 ? only : Buffer.concat(this.#pieces);
      this.#pieces = [];
      this.#bytes = 0;
      if (this.#wanted === null) this.#wanted = lengthIn(whole);
      else {
        this.#wanted = null;
        yield whole;
      }
    }
  }
}

function lengthIn(bytes: Uint8Array): number {
  const length = new PacketReader(bytes).uint32();
  if (length >= 1 && length <= MOST_PACKET_BYTES) return length;
  const text = Buffer.from(bytes).toString("latin1");
  const seen = /^[\t\r\n\x20-\x7e]{4}$/.test(text)
    ? `it begins with the text ${JSON.stringify(text)}; what the shell there prints at its start must not be printed without a terminal`
    : `a packet of ${length} bytes`;
  throw brokenProtocol(seen);
}
