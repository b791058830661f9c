import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MessageChannel, Worker } from "node:worker_threads";
import { deflateRawSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { Failure } from "#text";
import { feedPort, readPort } from "./byte-port.ts";
import { openByteStream } from "./byte-stream.ts";
import type { ListedObject } from "./listed-object.ts";
import { listObjects } from "./listing.ts";
import { ObjectStreams } from "./object-streams.ts";
import { openingOf } from "./opening.ts";
import { gunzip } from "./packed/gzip.ts";

const folder = mkdtempSync(join(tmpdir(), "trawl-sources-"));
afterAll(() => rmSync(folder, { recursive: true }));
const never = new AbortController().signal;

function file(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

interface Gathered {
  readonly bytes: Buffer;
  readonly failure: Failure | null;
}

async function gather(stream: AsyncIterable<Uint8Array>): Promise<Gathered> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { bytes: Buffer.concat(chunks), failure: error };
  }
  return { bytes: Buffer.concat(chunks), failure: null };
}

async function only(uri: string): Promise<ListedObject> {
  for await (const objects of listObjects([uri])) for (const object of objects) return object;
  throw new Error("nothing listed");
}

/** Text that deflate cannot make very small: numbers of a fixed sequence. */
function lines(count: number): Buffer {
  let state = 12345;
  const made: string[] = [];
  for (let index = 0; index < count; index++) {
    state = (state * 1103515245 + 12345) % 2147483648;
    made.push(`${index} 192.0.2.${state % 256} GET /page/${state}\n`);
  }
  return Buffer.from(made.join(""));
}

const TEXT = lines(60_000);
const PACKED = gzipSync(TEXT);

describe("a byte stream", () => {
  test("gives the bytes of a plain file in chunks of bounded size", async () => {
    const path = file("plain.log", TEXT);
    const sizes: number[] = [];
    for await (const chunk of openByteStream(path, never)) sizes.push(chunk.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(512 * 1024);
    expect((await gather(openByteStream(path, never))).bytes.equals(TEXT)).toBe(true);
    expect((await gather(openByteStream(`file://${path}`, never))).bytes.equals(TEXT)).toBe(true);
    expect(await openingOf(path)).toEqual({ kind: "file", path });
  });

  test("gives nothing of an empty file", async () => {
    const path = file("empty.log", "");
    expect(await gather(openByteStream(path, never))).toEqual({ bytes: Buffer.alloc(0), failure: null });
    expect(await openingOf(path)).toEqual({ kind: "file", path });
  });

  test("knows gzip by its bytes, whatever the name", async () => {
    const path = file("packed.log", PACKED);
    expect((await gather(openByteStream(path, never))).bytes.equals(TEXT)).toBe(true);
    expect(await openingOf(path)).toEqual({ kind: "stream", uri: path });
    const plain = file("plain.gz", "not packed\n");
    expect((await gather(openByteStream(plain, never))).bytes.toString()).toBe("not packed\n");
    expect(await openingOf(plain)).toEqual({ kind: "file", path: plain });
  });

  test("refuses what is packed otherwise, and says how", async () => {
    const path = file("a.7z", Uint8Array.of(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 0));
    const { failure } = await gather(openByteStream(path, never));
    expect(failure).toMatchObject({ code: "source-unreadable" });
    expect(failure?.message).toContain("7z");
    expect(await openingOf(path)).toEqual({ kind: "stream", uri: path });
  });

  test("says that a file is missing or a directory", async () => {
    const missing = await gather(openByteStream(join(folder, "nothing"), never));
    expect(missing.failure).toMatchObject({ code: "source-missing" });
    const directory = await gather(openByteStream(folder, never));
    expect(directory.failure).toMatchObject({ code: "source-unreadable" });
  });

  test("takes wildcard characters as they are", async () => {
    const path = file("a*$dd$.log", "x");
    expect((await gather(openByteStream(path, never))).bytes.toString()).toBe("x");
  });

  test("stops when its signal is aborted", async () => {
    const stop = new AbortController();
    const stream = openByteStream(file("long.log", TEXT), stop.signal);
    await stream.next();
    stop.abort();
    await expect(gather(stream)).resolves.toMatchObject({ failure: { code: "cancelled" } });
  });

  test("gives a sample of plain and packed files", async () => {
    for (const path of [
      file("s.log", TEXT),
      file("s.gz", PACKED),
      file("t.gz", PACKED.subarray(0, 50_000)),
    ]) {
      const sample = (await new ObjectStreams({ signal: never }).readSample(await only(path), 1000)).bytes;
      expect(Buffer.from(sample).equals(TEXT.subarray(0, 1000))).toBe(true);
    }
    expect(
      (await new ObjectStreams({ signal: never }).readSample(await only(file("short", "ab")), 1000)).bytes,
    ).toHaveLength(2);
  });
});

describe("gzip", () => {
  test("may have several members, one behind the other", async () => {
    const parts = [TEXT.subarray(0, 1), TEXT.subarray(1, 70_000), Buffer.alloc(0), TEXT.subarray(70_000)];
    const path = file("members.gz", Buffer.concat(parts.map((part) => gzipSync(part))));
    const { bytes, failure } = await gather(openByteStream(path, never));
    expect(failure).toBeNull();
    expect(bytes.equals(TEXT)).toBe(true);
  });

  test("may be padded with zero bytes", async () => {
    const path = file("padded.gz", Buffer.concat([PACKED, Buffer.alloc(100_000)]));
    const { bytes, failure } = await gather(openByteStream(path, never));
    expect(failure).toBeNull();
    expect(bytes.equals(TEXT)).toBe(true);
  });

  test("may have a name, a comment, extra fields and a header checksum", async () => {
    const header = Buffer.from([0x1f, 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 3, 3, 0, 1, 2, 3]);
    const texts = Buffer.from("name.log\0a comment\0", "latin1");
    const packed = gzipSync("hello\n");
    const data = Buffer.concat([header, texts, Buffer.from([9, 9]), packed.subarray(10)]);
    expect((await gather(openByteStream(file("flags.gz", data), never))).bytes.toString()).toBe("hello\n");
  });

  test("that is followed by something else is read, then told", async () => {
    const path = file("garbage.gz", Buffer.concat([PACKED, Buffer.from("\0\0garbage")]));
    const { bytes, failure } = await gather(openByteStream(path, never));
    expect(bytes.equals(TEXT)).toBe(true);
    expect(failure).toMatchObject({ code: "compressed-data-broken", place: { offset: TEXT.length } });
  });

  test("that ends early gives all that is there", async () => {
    for (const cut of [3, 9, 15, 1000, 40_000, PACKED.length - 9, PACKED.length - 8, PACKED.length - 1]) {
      const path = file("cut.gz", PACKED.subarray(0, cut));
      const { bytes, failure } = await gather(openByteStream(path, never));
      expect(bytes.equals(TEXT.subarray(0, bytes.length))).toBe(true);
      expect(failure).toMatchObject({ code: "compressed-data-broken", place: { offset: bytes.length } });
      if (cut > 1000) expect(bytes.length).toBeGreaterThan(cut);
      if (cut >= PACKED.length - 8) expect(bytes.length).toBe(TEXT.length);
    }
  });

  test("with a wrong checksum gives everything, then tells", async () => {
    const data = Buffer.from(PACKED);
    data.writeUInt32LE(1, data.length - 8);
    const { bytes, failure } = await gather(openByteStream(file("sum.gz", data), never));
    expect(bytes.equals(TEXT)).toBe(true);
    expect(failure?.message).toContain("does not agree with its checksum");
  });

  test("that is damaged gives what is in front of the damage", async () => {
    // Blocks without compression: their damage is found at once, so that exactly the blocks in front are sound.
    const packed = gzipSync(TEXT.subarray(0, 200_000), { level: 0 });
    const header = 10;
    const firstBlock = packed.readUInt16LE(header + 1);
    const second = header + 5 + firstBlock;
    const data = Buffer.from(packed);
    data.writeUInt16LE(0x1234, second + 1);
    const { bytes, failure } = await gather(openByteStream(file("damaged.gz", data), never));
    expect(bytes.length).toBe(firstBlock);
    expect(bytes.equals(TEXT.subarray(0, firstBlock))).toBe(true);
    expect(failure).toMatchObject({ code: "compressed-data-broken", place: { offset: firstBlock } });
  });

  test("that is damaged and can be read only once loses at most the damaged piece", async () => {
    const data = Buffer.from(gzipSync(TEXT.subarray(0, 200_000), { level: 0 }));
    const second = 10 + 5 + data.readUInt16LE(11);
    data.writeUInt16LE(0x1234, second + 1);
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield data;
    }
    const { bytes, failure } = await gather(gunzip({ uri: "-", chunks: chunks(), reopen: null }));
    expect(bytes.length).toBeGreaterThan(second - 5 - 4096);
    expect(bytes.equals(TEXT.subarray(0, bytes.length))).toBe(true);
    expect(failure).toMatchObject({ place: { offset: bytes.length } });
  });

  test("hostile bytes end in a failure, never in anything else", async () => {
    const small = gzipSync(TEXT.subarray(0, 3000));
    await fc.assert(
      fc.asyncProperty(fc.nat(small.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const data = Buffer.from(small);
        data[at] = (data[at] ?? 0) ^ flip;
        const { bytes, failure } = await gather(openByteStream(file("fuzz.gz", data), never));
        const isHeader = at < 10;
        if (!isHeader) expect(failure?.code).toBe("compressed-data-broken");
        if (failure !== null) expect(failure.place?.offset).toBe(bytes.length);
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  test("is the same for any cut into chunks", async () => {
    const text = TEXT.subarray(0, 5000);
    const packed = Buffer.concat([gzipSync(text), gzipSync(text), Buffer.alloc(3)]);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 300 }), async (size) => {
        async function* chunks(): AsyncGenerator<Uint8Array> {
          for (let at = 0; at < packed.length; at += size) yield packed.subarray(at, at + size);
        }
        const { bytes, failure } = await gather(gunzip({ uri: "x", chunks: chunks(), reopen: null }));
        expect(failure).toBeNull();
        expect(bytes.equals(Buffer.concat([text, text]))).toBe(true);
      }),
      { seed: 7, numRuns: 15 },
    );
  });

  test("that makes much of little stays in bounds", async () => {
    const bomb = deflateRawSync(Buffer.alloc(64 * 1024 * 1024));
    const header = gzipSync("").subarray(0, 10);
    const path = file("bomb.gz", Buffer.concat([header, bomb]));
    let most = 0;
    let total = 0;
    for await (const chunk of takeSafely(openByteStream(path, never))) {
      most = Math.max(most, chunk.length);
      total += chunk.length;
    }
    expect(most).toBeLessThanOrEqual(1024 * 1024);
    expect(total).toBe(64 * 1024 * 1024);
  });
});

/** The stream without its failure. */
async function* takeSafely(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

describe.skipIf(process.platform === "win32")("a pipe", () => {
  const pipe = join(folder, "pipe");
  execFileSync("sh", ["-c", `mkfifo '${pipe}'`]);

  /** Lets another process write a file into the pipe, so that nothing here waits for it. */
  function write(path: string): void {
    spawn("sh", ["-c", `cat '${path}' > '${pipe}'`], { stdio: "ignore" });
  }

  test("is a one-time object and gives what is written to it", async () => {
    const object = await only(pipe);
    expect(object).toMatchObject({ isOneTime: true, sizeBytes: null, opening: { kind: "stream" } });
    write(file("to-pipe.log", TEXT));
    expect((await gather(openByteStream(pipe, never))).bytes.equals(TEXT)).toBe(true);
  });

  test("may give packed data", async () => {
    write(file("to-pipe.gz", PACKED));
    expect((await gather(openByteStream(pipe, never))).bytes.equals(TEXT)).toBe(true);
  });

  test("that nobody writes to can be cancelled", async () => {
    const stop = new AbortController();
    const reading = gather(openByteStream(pipe, stop.signal));
    setImmediate(() => stop.abort());
    expect((await reading).failure).toMatchObject({ code: "cancelled" });
  });

  test("keeps what was sampled", async () => {
    const object = await only(pipe);
    write(file("to-pipe.gz", PACKED));
    const streams = new ObjectStreams({ signal: never });
    const first = (await streams.readSample(object, 100)).bytes;
    const longer = (await streams.readSample(object, 600_000)).bytes;
    expect(Buffer.from(first).equals(TEXT.subarray(0, 100))).toBe(true);
    expect(Buffer.from(longer).equals(TEXT.subarray(0, 600_000))).toBe(true);
    expect((await gather(streams.open(object))).bytes.equals(TEXT)).toBe(true);
    expect((await gather(streams.open(object))).failure).toMatchObject({ code: "source-unreadable" });
    await expect(streams.readSample(object, 1)).rejects.toMatchObject({ code: "source-unreadable" });
    await streams.close();
  });

  test("as standard input of a process is read to its end", () => {
    const script = `
      import { listObjects, ObjectStreams } from "#sources";
      const streams = new ObjectStreams({ signal: new AbortController().signal });
      let length = 0;
      for await (const [object] of listObjects(["-"])) {
        const sample = (await streams.readSample(object, 10)).bytes;
        for await (const chunk of streams.open(object)) length += chunk.length;
        console.log(sample.length, length);
      }`;
    const cwd = new URL("../..", import.meta.url).pathname;
    const run = (command: string) => execFileSync("sh", ["-c", command], { encoding: "utf8", cwd }).trim();
    const packed = file("stdin.gz", PACKED);
    const program = file("stdin.mjs", script);
    const node = `node --conditions=source --import tsx --input-type=module -e "$(cat '${program}')"`;
    expect(run(`cat '${packed}' | (${node})`)).toBe(`10 ${TEXT.length}`);
    expect(run(`(${node}) < '${packed}'`)).toBe(`10 ${TEXT.length}`);
    expect(run(`(${node}) < /dev/null`)).toBe("0 0");
  });
});

describe("broken data of a one-time object", () => {
  test("is told behind the bytes that were sampled", async () => {
    const failure = new Failure("compressed-data-broken", "It ends early.");
    async function* open(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("abc");
      throw failure;
    }
    const object: ListedObject = { ...(await only(file("x", "x"))), isOneTime: true };
    const streams = new ObjectStreams({ signal: never, open });
    const sample = await streams.readSample(object, 100);
    expect(Buffer.from(sample.bytes).toString()).toBe("abc");
    expect(sample.damage).toBe(failure);
    expect((await streams.readSample(object, 2)).damage).toBeNull();
    const { bytes, failure: told } = await gather(streams.open(object));
    expect(bytes.toString()).toBe("abc");
    expect(told).toBe(failure);
  });
});

describe("a port", () => {
  test("hands a stream to another thread", async () => {
    const worker = new Worker(
      `const { workerData, parentPort } = require("node:worker_threads");
       const { port } = workerData;
       let length = 0;
       port.on("message", (message) => {
         if (message.kind === "chunk") { length += message.bytes.length; port.postMessage({ kind: "more" }); }
         else { parentPort.postMessage([message.kind, length]); port.close(); }
       });
       port.postMessage({ kind: "more" });`,
      { eval: true, ...channelTo((port) => feedPort(openByteStream(file("port.gz", PACKED), never), port)) },
    );
    const answer = await new Promise((resolve) => worker.once("message", resolve));
    expect(answer).toEqual(["end", TEXT.length]);
    await worker.terminate();
  });

  function channelTo(feed: (port: MessageChannel["port1"]) => Promise<void>) {
    const { port1, port2 } = new MessageChannel();
    void feed(port1);
    return { workerData: { port: port2 }, transferList: [port2] };
  }

  test("gives the same bytes, and the sender is never far ahead", async () => {
    const { port1, port2 } = new MessageChannel();
    let sent = 0;
    let received = 0;
    let ahead = 0;
    async function* stream(): AsyncGenerator<Uint8Array> {
      for (let index = 0; index < 50; index++) {
        ahead = Math.max(ahead, ++sent - received);
        yield Uint8Array.of(index);
      }
    }
    const feeding = feedPort(stream(), port1);
    const bytes: number[] = [];
    for await (const chunk of readPort(port2)) {
      bytes.push(...chunk);
      received++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await feeding;
    expect(bytes).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect(ahead).toBeLessThanOrEqual(6);
  });

  test("chunks that share a buffer arrive whole", async () => {
    const { port1, port2 } = new MessageChannel();
    const shared = Buffer.from("abcdef");
    async function* stream(): AsyncGenerator<Uint8Array> {
      yield shared.subarray(0, 2);
      yield shared.subarray(2);
    }
    void feedPort(stream(), port1);
    expect((await gather(readPort(port2))).bytes.toString()).toBe("abcdef");
  });

  test("passes the failure on behind the bytes", async () => {
    const { port1, port2 } = new MessageChannel();
    const path = file("port-cut.gz", PACKED.subarray(0, 40_000));
    void feedPort(openByteStream(path, never), port1);
    const { bytes, failure } = await gather(readPort(port2));
    expect(bytes.length).toBeGreaterThan(40_000);
    expect(failure).toMatchObject({
      code: "compressed-data-broken",
      place: { uri: path, offset: bytes.length },
    });
  });

  test("closes the stream when the reader leaves", async () => {
    const { port1, port2 } = new MessageChannel();
    let isClosed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield new Uint8Array(10);
      } finally {
        isClosed = true;
      }
    }
    const feeding = feedPort(endless(), port1);
    for await (const _chunk of readPort(port2)) break;
    await feeding;
    await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(true);
  });

  test("lets the feeder return when the reader leaves while the source is silent", async () => {
    const { port1, port2 } = new MessageChannel();
    async function* silent(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(1);
      await new Promise(() => {});
    }
    const feeding = feedPort(silent(), port1);
    for await (const _chunk of readPort(port2)) break;
    await feeding;
  });

  test("tells the reader when the feeder goes away", async () => {
    const { port1, port2 } = new MessageChannel();
    const reading = gather(readPort(port2));
    port1.close();
    expect((await reading).failure).toMatchObject({ code: "source-unreadable" });
  });
});
