/** A server of SFTP in this process that does as a test says. */
import { PassThrough } from "node:stream";
import { Failure } from "#text";
import type { SftpPipe } from "./sftp-client.ts";
import { PACKET, PacketCutter, type PacketField, PacketReader, packetOf, STATUS } from "./sftp-packets.ts";

/** What was asked, and how it is answered. */
export interface AskedPacket {
  readonly kind: number;
  readonly id: number;
  /** Behind the id. */
  readonly fields: PacketReader;
  readonly answer: (kind: number, ...fields: readonly PacketField[]) => void;
}

/** A server, seen from outside. */
export interface FakeServer {
  readonly pipe: SftpPipe;
  /** Sends bytes as they are. */
  readonly send: (bytes: Uint8Array) => void;
  /** Goes away. */
  readonly end: () => void;
  readonly isKilled: () => boolean;
}

/** What a server that goes away leaves behind. */
export const GONE: Failure = new Failure("source-unreadable", "The server went away.");

/** A server that greets, unless told otherwise, and then asks `onPacket`. */
export function fakeServer(onPacket: (asked: AskedPacket) => void, greets = true): FakeServer {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const cutter = new PacketCutter();
  let isKilled = false;
  const send = (bytes: Uint8Array) => {
    if (!output.destroyed && !output.writableEnded) output.write(bytes);
  };
  input.on("data", (chunk: Uint8Array) => {
    for (const packet of cutter.add(chunk)) {
      const fields = new PacketReader(packet);
      const [kind, id] = [fields.byte(), fields.uint32()];
      if (kind !== PACKET.init) {
        onPacket({ kind, id, fields, answer: (told, ...rest) => send(packetOf(told, [id, ...rest])) });
      } else if (greets) send(packetOf(PACKET.version, [3]));
    }
  });
  const pipe: SftpPipe = {
    input,
    output,
    whyEnded: () => Promise.resolve(GONE),
    kill: () => {
      isKilled = true;
      output.destroy();
    },
  };
  return { pipe, send, end: () => output.destroy(), isKilled: () => isKilled };
}

/** A server with one file of these bytes at every path. Reads go to `onRead` first: its answer, if it gives one, is given. */
export function fileServer(
  bytes: Uint8Array,
  onRead: (asked: AskedPacket, offset: number, length: number) => boolean = () => false,
): FakeServer {
  return fakeServer((asked) => {
    const { kind, fields, answer } = asked;
    if (kind === PACKET.stat || kind === PACKET.fstat) {
      answer(PACKET.attributes, 0xd, BigInt(bytes.length), 0o100644, 1000, 1000);
    } else if (kind === PACKET.open) answer(PACKET.handle, "h");
    else if (kind === PACKET.close) answer(PACKET.status, STATUS.ok, "", "");
    else if (kind === PACKET.read) {
      fields.handle();
      const [offset, length] = [fields.uint64(), fields.uint32()];
      if (!onRead(asked, offset, length)) giveBytes(asked, bytes.subarray(offset, offset + length));
    }
  });
}

/** Answers a read. */
export function giveBytes({ answer }: AskedPacket, bytes: Uint8Array): void {
  if (bytes.length === 0) answer(PACKET.status, STATUS.endOfFile, "", "");
  else answer(PACKET.data, bytes);
}
