/** Where results go: standard output, or a file that appears only when it is complete. */
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { type FileHandle, lstat, open, realpath, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Failure } from "#text";
import { ByteBuffer } from "./output/byte-buffer.ts";
import { withoutSteering } from "./output/steering.ts";
import { type Terminal, widthOf } from "./surroundings.ts";

/** Takes the bytes of a result, one call at a time. */
export interface OutputTarget {
  /** Null when it is no terminal. */
  readonly terminalWidth: number | null;
  /** Resolves when more may be written; throws `output-unwritable`. */
  write(bytes: Uint8Array): Promise<void>;
  /** Whether the reader has gone: nothing more is written, and that is no failure. */
  readonly isClosed: boolean;
  /** Called once when the reader goes. */
  onClosed(callback: () => void): void;
  /** Makes the result final. */
  finish(): Promise<void>;
  /** Leaves nothing behind; after `finish` it does nothing. */
  discard(): Promise<void>;
  /** As `discard`, at once, for a process that is about to end. */
  discardNow(): void;
}

const READER_GONE = new Set(["EPIPE", "ECONNRESET", "ERR_STREAM_DESTROYED"]);
/** A terminal may be slow, and writing to it holds everything up: between pieces of this size the wish to stop is heard. */
const TERMINAL_PIECE_BYTES = 4096;

/**
 * Standard output; on a terminal nothing more is written once the signal is aborted. `isWrittenSafe`: the writer lets nothing through
 * that steers a terminal.
 */
export function openStandardOutput(
  stdout: Terminal,
  isWrittenSafe: boolean,
  signal: AbortSignal,
): OutputTarget {
  const isTerminal = stdout.isTTY === true;
  const scratch = new ByteBuffer();
  let isClosed = false;
  let failure: Error | null = null;
  let tell: () => void = () => {};
  const onError = (error: NodeJS.ErrnoException) => {
    if (READER_GONE.has(error.code ?? "")) isClosed = true;
    else failure = error;
    tell();
  };
  stdout.on("error", onError);
  const check = () => {
    if (failure !== null) throw unwritable("standard output", failure);
  };
  return {
    terminalWidth: isTerminal ? widthOf(stdout) : null,
    get isClosed() {
      return isClosed;
    },
    onClosed(callback) {
      tell = callback;
    },
    async write(bytes) {
      check();
      if (bytes.length === 0 || isClosed) return;
      if (isTerminal) {
        await writeInPieces(stdout, isWrittenSafe ? bytes : withoutSteering(bytes, scratch), signal);
      } else await new Promise<void>((done) => stdout.write(bytes, () => done()));
      check();
    },
    async finish() {
      check();
      await Promise.resolve();
    },
    discard: () => Promise.resolve(),
    discardNow: () => {},
  };
}

async function writeInPieces(stdout: Terminal, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  for (let from = 0; from < bytes.length && !signal.aborted; from += TERMINAL_PIECE_BYTES) {
    const piece = bytes.subarray(from, from + TERMINAL_PIECE_BYTES);
    await new Promise<void>((done) => stdout.write(piece, () => setImmediate(done)));
  }
}

/** A file: written under another name beside it, renamed when it is complete. Devices and pipes are written as they are. */
export async function openFileOutput(path: string, workingDirectory: string): Promise<OutputTarget> {
  const target = await followLink(resolve(workingDirectory, path));
  const replaced = await replacedFile(target);
  const written =
    replaced === null ? target : join(dirname(target), `.${basename(target)}.${randomUUID()}.partial`);
  const attempt = async <T>(action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (error) {
      throw unwritable(path, error);
    }
  };
  const handle = await attempt(() => open(written, replaced === null ? "w" : "wx", replaced?.mode));
  let isSettled = false;
  return {
    terminalWidth: null,
    isClosed: false,
    onClosed: () => {},
    write: (bytes) => attempt(() => writeAll(handle, bytes)),
    finish: () =>
      attempt(async () => {
        await handle.close();
        if (replaced !== null) await rename(written, target);
        isSettled = true;
      }),
    async discard() {
      if (isSettled) return;
      isSettled = true;
      await handle.close();
      if (replaced !== null) await rm(written, { force: true });
    },
    discardNow() {
      if (!isSettled && replaced !== null) rmSync(written, { force: true });
    },
  };
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let from = 0; from < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, from);
    from += bytesWritten;
  }
}

/** A link keeps being one: what it points to is replaced. */
async function followLink(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return path;
  }
}

/** The file that will be replaced, with its access rights; null for what cannot be replaced: devices, pipes, directories. */
async function replacedFile(path: string): Promise<{ readonly mode: number } | null> {
  try {
    const status = await lstat(path);
    return status.isFile() ? { mode: status.mode & 0o777 } : null;
  } catch {
    return { mode: 0o666 };
  }
}

function unwritable(name: string, cause: unknown): Failure {
  const shown = name === "standard output" ? "Standard output" : `"${name}"`;
  return new Failure("output-unwritable", `${shown} cannot be written: ${reasonOf(cause)}.`, { cause });
}

/** What the system says, without its code and the names of calls and paths: `no space left on device`. */
function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return /^E[A-Z0-9]+: ([^,]+)/.exec(message)?.[1] ?? message;
}
