/** A client of the SSH File Transfer Protocol, version 3, over a pipe. Source: draft-ietf-secsh-filexfer-02. */
import type { Readable, Writable } from "node:stream";
import { Failure, visibleText } from "#text";
import {
  brokenProtocol,
  PACKET,
  PacketCutter,
  type PacketField,
  PacketReader,
  packetOf,
  type SftpAttributes,
  type SftpName,
  STATUS,
} from "./sftp-packets.ts";

/** A way to a server. */
export interface SftpPipe {
  readonly output: Readable;
  readonly input: Writable;
  /** Why nothing comes any more. Asked once the output has ended; never rejects. */
  readonly whyEnded: () => Promise<Failure>;
  /** Ends it at once, whatever is under way. */
  readonly kill: () => void;
}

/** The server says no to one request; the connection goes on. */
export class SftpRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "SftpRefusal";
    this.status = status;
  }
}

/** The connection broke when it had been open: it may be made again. */
export class BrokenConnection extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message, { cause: failure });
    this.name = "BrokenConnection";
    this.failure = failure;
  }
}

/** How long a server may leave all requests unanswered. */
export interface SftpPatience {
  readonly openMs: number;
  readonly silenceMs: number;
}

interface Pending {
  readonly accept: (kind: number, reader: PacketReader) => void;
  readonly reject: (error: Error) => void;
}

const VERSION = 3;

/** A connection. Requests may be under way at the same time; they are answered in any order. */
export class SftpClient {
  readonly #pipe: SftpPipe;
  readonly #patience: SftpPatience;
  readonly #cutter = new PacketCutter();
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #greeting: Pending | null = null;
  #broken: Error | null = null;
  #silence: NodeJS.Timeout | null = null;
  /** Reads of files under way; whoever reads shares the connection by it. */
  openReads = 0;

  private constructor(pipe: SftpPipe, patience: SftpPatience) {
    this.#pipe = pipe;
    this.#patience = patience;
  }

  /**
   * Greets the server.
   *
   * @throws Failure why the pipe ended, or what is wrong with the answer
   */
  static async open(pipe: SftpPipe, patience: SftpPatience): Promise<SftpClient> {
    const client = new SftpClient(pipe, patience);
    const version = new Promise<number>((resolve, reject) => {
      const accept = (kind: number, reader: PacketReader) => {
        if (kind !== PACKET.version) throw brokenProtocol(`its first packet has the kind ${kind}`);
        resolve(reader.uint32());
      };
      client.#greeting = { accept, reject };
    });
    client.#listen();
    client.#send(packetOf(PACKET.init, [VERSION]));
    try {
      if ((await version) >= VERSION) return client;
      throw brokenProtocol("it speaks an older version than 3");
    } catch (error) {
      pipe.kill();
      throw error instanceof BrokenConnection ? error.failure : error;
    }
  }

  /** False once it broke or was closed. */
  get isOpen(): boolean {
    return this.#broken === null;
  }

  /** What stands at a path, links followed. */
  stat(path: string): Promise<SftpAttributes> {
    return this.#ask(PACKET.stat, [path], PACKET.attributes, (reader) => reader.attributes());
  }

  /** The path without links. */
  realPath(path: string): Promise<string> {
    return this.#ask(PACKET.realPath, [path], PACKET.name, (reader) => {
      const [first] = reader.names();
      if (first === undefined) throw brokenProtocol("a path has no name");
      return first.name;
    });
  }

  openDirectory(path: string): Promise<Uint8Array> {
    return this.#ask(PACKET.openDirectory, [path], PACKET.handle, (reader) => reader.handle());
  }

  /** Some of the names, "." and ".." among them; null: there are no more. */
  async readDirectory(handle: Uint8Array): Promise<readonly SftpName[] | null> {
    return nullAtEnd(this.#ask(PACKET.readDirectory, [handle], PACKET.name, (reader) => reader.names()));
  }

  /** Opens a file for reading. */
  openFile(path: string): Promise<Uint8Array> {
    const [readOnly, noAttributes] = [1, 0];
    return this.#ask(PACKET.open, [path, readOnly, noAttributes], PACKET.handle, (reader) => reader.handle());
  }

  statOpened(handle: Uint8Array): Promise<SftpAttributes> {
    return this.#ask(PACKET.fstat, [handle], PACKET.attributes, (reader) => reader.attributes());
  }

  /** At least one byte and at most `length`, the caller's own; null: the file ends before. */
  read(handle: Uint8Array, offset: number, length: number): Promise<Uint8Array | null> {
    return nullAtEnd(
      this.#ask(PACKET.read, [handle, BigInt(offset), length], PACKET.data, (reader) => {
        const bytes = reader.bytes();
        if (bytes.length === 0 || bytes.length > length) {
          throw brokenProtocol(`${bytes.length} bytes came where ${length} were asked for`);
        }
        return Uint8Array.from(bytes);
      }),
    );
  }

  /** Gives a handle back. Nobody waits for it. */
  closeHandle(handle: Uint8Array): void {
    if (this.isOpen) this.#ask(PACKET.close, [handle], PACKET.status, () => null).catch(() => {});
  }

  /** Ends the connection. What is under way fails. */
  close(): void {
    this.#fail(new Failure("cancelled", "The connection was closed."));
  }

  #ask<Value>(
    kind: number,
    fields: readonly PacketField[],
    answerKind: number,
    read: (reader: PacketReader) => Value,
  ): Promise<Value> {
    if (this.#broken !== null) return Promise.reject(this.#broken);
    const id = this.#nextId;
    this.#nextId = id === 0xffff_ffff ? 1 : id + 1;
    const answer = new Promise<Value>((resolve, reject) => {
      const accept = (told: number, reader: PacketReader) => {
        if (told === answerKind && told !== PACKET.status) resolve(read(reader));
        else if (told === PACKET.status) {
          const refusal = refusalIn(reader);
          if (refusal.status === STATUS.ok && answerKind === PACKET.status) resolve(read(reader));
          else if (refusal.status === STATUS.ok) throw brokenProtocol("it says yes and gives nothing");
          else reject(refusal);
        } else throw brokenProtocol(`a packet of the kind ${told} where ${answerKind} was due`);
      };
      this.#pending.set(id, { accept, reject });
    });
    this.#send(packetOf(kind, [id, ...fields]));
    this.#watch();
    return answer;
  }

  #send(packet: Uint8Array): void {
    this.#pipe.input.write(packet);
  }

  #listen(): void {
    const { output, input } = this.#pipe;
    // What cannot be written is told by the end of the output.
    input.on("error", () => {});
    output.on("error", () => {});
    output.on("data", (chunk: Uint8Array) => {
      try {
        for (const packet of this.#cutter.add(chunk)) {
          if (!this.isOpen) return;
          this.#take(packet);
        }
      } catch (error) {
        this.#fail(error instanceof Error ? error : brokenProtocol(String(error)));
      }
    });
    output.on("close", () => {
      void this.#pipe.whyEnded().then((failure) => this.#fail(new BrokenConnection(failure)));
    });
    this.#watch();
  }

  #take(packet: Uint8Array): void {
    const reader = new PacketReader(packet);
    const kind = reader.byte();
    const greeting = this.#greeting;
    if (greeting !== null) {
      greeting.accept(kind, reader);
      this.#greeting = null;
      this.#watch();
      return;
    }
    const id = reader.uint32();
    const pending = this.#pending.get(id);
    if (pending === undefined) throw brokenProtocol("it answers what was not asked");
    // Why first: what throws here is still under way, and fails with the connection.
    pending.accept(kind, reader);
    this.#pending.delete(id);
    this.#watch();
  }

  /** Begins to wait anew, when something is due. */
  #watch(): void {
    if (this.#silence !== null) clearTimeout(this.#silence);
    this.#silence = null;
    const isGreeted = this.#greeting === null;
    if (!this.isOpen || (isGreeted && this.#pending.size === 0)) return;
    const limitMs = isGreeted ? this.#patience.silenceMs : this.#patience.openMs;
    this.#silence = setTimeout(() => {
      const message = `Nothing came from the server for ${limitMs / 1000} s.`;
      this.#fail(new BrokenConnection(new Failure("source-unreadable", message)));
    }, limitMs);
  }

  #fail(error: Error): void {
    if (this.#broken !== null) return;
    this.#broken = error;
    this.#watch();
    this.#pipe.kill();
    this.#greeting?.reject(error);
    this.#greeting = null;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(error);
  }
}

function refusalIn(reader: PacketReader): SftpRefusal {
  const status = reader.uint32();
  let message = "";
  try {
    message = visibleText(reader.text().slice(0, 200));
  } catch {
    // Some servers leave the text out, against the draft.
  }
  return new SftpRefusal(status, message || `status ${status}`);
}

async function nullAtEnd<Value>(answer: Promise<Value>): Promise<Value | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof SftpRefusal && error.status === STATUS.endOfFile) return null;
    throw error;
  }
}
