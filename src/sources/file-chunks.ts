/** The raw bytes of files, pipes and standard input, in chunks. */
import { close, fstatSync, read } from "node:fs";
import { open as openFile } from "node:fs/promises";
import { Socket } from "node:net";
import { isatty, ReadStream } from "node:tty";
import { promisify } from "node:util";
import { throwIfCancelled } from "./cancel.ts";
import { checkOpened, type FilePlace, openFileSync, READ_WITHOUT_WAITING } from "./open-within.ts";

/** Large enough that reading costs little beside scanning, small enough to begin early. */
const CHUNK_BYTES = 512 * 1024;
const STANDARD_INPUT = 0;

/** A regular file's bytes from an offset on, `expectedBytes` at first. Each chunk is the consumer's own. */
export async function* readFileChunks(
  place: FilePlace,
  start: number,
  signal: AbortSignal,
  expectedBytes: number = CHUNK_BYTES,
): AsyncGenerator<Uint8Array, void, undefined> {
  throwIfCancelled(signal);
  const file = await openFile(place.path, READ_WITHOUT_WAITING);
  try {
    checkOpened(file.fd, place);
    let wanted = Math.max(1, Math.min(expectedBytes, CHUNK_BYTES));
    for (let position = start; ; ) {
      throwIfCancelled(signal);
      const chunk = Buffer.allocUnsafeSlow(wanted);
      const { bytesRead } = await file.read(chunk, 0, wanted, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      wanted = CHUNK_BYTES;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/**
 * The bytes of a named pipe or a character device. Opened without blocking: a pipe nobody writes to holds no thread, and can be
 * cancelled.
 */
export async function* readPipeChunks(
  place: FilePlace,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  throwIfCancelled(signal);
  const descriptor = openFileSync(place);
  yield* readDescriptor(descriptor, signal);
}

/** The bytes of standard input, which is closed in the end. One reader per process, and only one in its life. */
export async function* readStandardInputChunks(
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  throwIfCancelled(signal);
  yield* readDescriptor(STANDARD_INPUT, signal);
}

/**
 * Why not `fs.read` for pipes and terminals: a read that waits there holds a thread of the pool until something is written, and even
 * the end of the process waits for it.
 */
async function* readDescriptor(
  descriptor: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const stats = fstatSync(descriptor);
  if (stats.isFIFO() || stats.isSocket()) {
    yield* readSocket(new Socket({ fd: descriptor, readable: true, writable: false }), signal);
  } else if (isatty(descriptor)) {
    yield* readSocket(new ReadStream(descriptor), signal);
  } else {
    yield* readBlocking(descriptor, signal);
  }
}

async function* readSocket(socket: Socket, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  const stop = () => socket.destroy();
  signal.addEventListener("abort", stop, { once: true });
  try {
    for await (const chunk of socket) {
      throwIfCancelled(signal);
      yield chunk;
    }
    throwIfCancelled(signal);
  } catch (error) {
    throwIfCancelled(signal);
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    socket.destroy();
  }
}

async function* readBlocking(
  descriptor: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (;;) {
      throwIfCancelled(signal);
      const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
      const { bytesRead } = await promisify(read)(descriptor, chunk, 0, CHUNK_BYTES, null);
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    if (descriptor !== STANDARD_INPUT) await promisify(close)(descriptor);
  }
}
