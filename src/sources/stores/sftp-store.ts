/** Files of other machines over SFTP: nothing is needed there but sshd. One connection, shared by all that is read at the same time. */
import { Failure, visibleText } from "#text";
import { backOffMs, MOST_ATTEMPTS, pause, type RetryWorld } from "../outbound/retry.ts";
import type { ListingWish, RemoteEntry, RemoteRange, RemoteStatus, RemoteStore } from "./remote-store.ts";
import { BrokenConnection, type SftpClient, SftpRefusal } from "./sftp-client.ts";
import { brokenProtocol, type SftpAttributes, type SftpName, STATUS } from "./sftp-packets.ts";
import { readOpened, unlessAborted } from "./sftp-read.ts";
import { SharedConnection } from "./shared-connection.ts";

/** A machine, and what of it may be read. */
export interface SftpStoreOptions {
  /** `ssh://user@host:port`, for messages. */
  readonly shownAddress: string;
  /** The directory that links may not lead out of; empty: they may lead anywhere. */
  readonly root: string;
  readonly world: RetryWorld;
  /** Makes a connection. Throws what cannot be helped, and BrokenConnection where trying again may help. */
  readonly connect: () => Promise<SftpClient>;
}

/** A file that breaks off more often than this is none. */
const MOST_BREAKS = 100;
const MOST_NAMES = 1_000_000;
/** Longer than file systems allow, by far. */
const LONGEST_NAME = 4_096;
/** Links looked at together. */
const LINKS_AT_ONCE = 64;
/** As many bytes in front of where a read broke off tell whether it is the same file still. */
const OVERLAP_BYTES = 512;

const KIND_MASK = 0o170000;
const KIND = { directory: 0o040000, file: 0o100000, link: 0o120000 } as const;

/** Opens a machine's files. Paths are absolute there; `~/` at their beginning is the user's own directory. */
export function openSftpStore(options: SftpStoreOptions): RemoteStore {
  const store = new SftpStore(options);
  return {
    list: (path, wish) => store.list(path, wish),
    status: (path, signal) => store.status(path, signal),
    open: (path, range, signal) => store.open(path, range, signal),
    close: async () => store.close(),
  };
}

class SftpStore {
  readonly #options: SftpStoreOptions;
  readonly #connection: SharedConnection;
  /** The root without links, once it was asked for. */
  #realRoot: Promise<string> | null = null;

  constructor(options: SftpStoreOptions) {
    this.#options = options;
    this.#connection = new SharedConnection(options.connect, options.world);
  }

  close(): void {
    this.#connection.close();
  }

  async *list(path: string, { namePrefix, signal }: ListingWish): AsyncGenerator<readonly RemoteEntry[]> {
    const entries = await this.#retried(path, signal, async (client) => {
      const directory = await this.#placeOf(client, path);
      if (directory === null) return [];
      const names = await namesOf(client, directory, signal);
      const wanted = names.filter(({ name }) => name.startsWith(namePrefix));
      return this.#entriesOf(client, directory, wanted);
    });
    if (entries !== null && entries.length > 0) yield entries;
  }

  status(path: string, signal: AbortSignal): Promise<RemoteStatus | null> {
    return this.#retried(path, signal, async (client) => {
      const place = await this.#placeOf(client, path);
      if (place === null) return null;
      const status = statusOf(await client.stat(place));
      if (status === null) throw this.#notRegular(path);
      return status;
    });
  }

  async *open(path: string, range: RemoteRange, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const { world } = this.#options;
    const uri = this.#uriOf(path);
    const progress: Progress = { at: range.startByte, known: null, overlap: new Uint8Array(0) };
    let fruitless = 0;
    for (let breaks = 0; ; breaks++) {
      const before = progress.at;
      try {
        yield* this.#readOn(path, range, progress, signal);
        return;
      } catch (error) {
        if (!(error instanceof BrokenConnection)) throw this.#failureOf(error, path);
        fruitless = progress.at > before ? 1 : fruitless + 1;
        if (fruitless >= MOST_ATTEMPTS || breaks >= MOST_BREAKS) throw atPlace(error.failure, uri);
      }
      await pause(backOffMs(fruitless, world), signal, world);
    }
  }

  /** The bytes from where reading is, through one connection. */
  async *#readOn(
    path: string,
    range: RemoteRange,
    progress: Progress,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    const uri = this.#uriOf(path);
    const client = await this.#connection.get(signal);
    const { handle, attributes } = await unlessAborted(this.#openFile(client, path), signal);
    try {
      const wanted = progress.known ?? (range.version === null ? null : versionIn(range.version));
      const version = versionOf(attributes);
      if (isAnother(wanted, version)) throw changed(uri);
      if (progress.known !== null && isGrown(progress.known, version)) {
        await unlessAborted(this.#checkOverlap(client, handle, progress, uri), signal);
      }
      progress.known ??= wanted ?? version;
      const size = progress.known.sizeBytes;
      // Files that say they have no bytes may have some: those that the system makes up.
      const isEndKnown = size !== null && size > 0;
      const end = isEndKnown ? Math.min(size, range.endByte ?? size) : range.endByte;
      if (end !== null && progress.at >= end) return;
      const read = { client, handle, startByte: progress.at, endByte: isEndKnown ? end : null, uri, signal };
      for await (const chunk of readOpened(read)) {
        const left = end === null ? chunk.length : end - progress.at;
        const given = chunk.length > left ? chunk.slice(0, left) : chunk;
        progress.overlap = given.slice(-OVERLAP_BYTES);
        progress.at += given.length;
        if (given.length > 0) yield given;
        if (end !== null && progress.at >= end) return;
      }
    } finally {
      client.closeHandle(handle);
    }
  }

  /** Of a file that only grew, what was read last stands there still. */
  async #checkOverlap(
    client: SftpClient,
    handle: Uint8Array,
    { at, overlap }: Progress,
    uri: string,
  ): Promise<void> {
    for (let checked = 0; checked < overlap.length; ) {
      const rest = overlap.subarray(checked);
      const bytes = await client.read(handle, at - rest.length, rest.length);
      if (bytes === null || Buffer.compare(bytes, rest.subarray(0, bytes.length)) !== 0) throw changed(uri);
      checked += bytes.length;
    }
  }

  async #openFile(client: SftpClient, path: string): Promise<Opened> {
    const place = await this.#placeOf(client, path);
    if (place === null) throw this.#missing(path);
    // Why before opening: a server that opens a pipe hangs.
    const status = statusOf(await client.stat(place));
    if (status === null) throw this.#notRegular(path);
    if (status.kind === "directory") {
      const uri = this.#uriOf(path);
      throw new Failure("source-unreadable", `"${uri}" is a directory.`, { place: { uri } });
    }
    const handle = await client.openFile(place);
    try {
      return { handle, attributes: await client.statOpened(handle) };
    } catch (error) {
      client.closeHandle(handle);
      throw error;
    }
  }

  async #entriesOf(
    client: SftpClient,
    directory: string,
    names: readonly SftpName[],
  ): Promise<readonly RemoteEntry[]> {
    const entries: RemoteEntry[] = [];
    for (let start = 0; start < names.length; start += LINKS_AT_ONCE) {
      const some = names.slice(start, start + LINKS_AT_ONCE);
      const found = await Promise.all(some.map((name) => this.#entryOf(client, directory, name)));
      entries.push(...found.filter((entry) => entry !== null));
    }
    return entries;
  }

  /** What a name stands for; null: neither a file nor a directory, or a link that leads nowhere or upwards. */
  async #entryOf(
    client: SftpClient,
    directory: string,
    { name, attributes }: SftpName,
  ): Promise<RemoteEntry | null> {
    const { mode } = attributes;
    if (mode !== null && (mode & KIND_MASK) !== KIND.link) {
      const status = statusOf(attributes);
      return status === null ? null : { name, ...status };
    }
    try {
      const link = `${directory === "/" ? "" : directory}/${name}`;
      const [real, realDirectory] = await Promise.all([client.realPath(link), client.realPath(directory)]);
      if (!(await this.#isInside(client, real))) return { name, ...UNSEEN };
      const status = statusOf(await client.stat(real));
      const isCycle = status?.kind === "directory" && isBelow(realDirectory, real);
      return status === null || isCycle ? null : { name, ...status };
    } catch (error) {
      if (error instanceof SftpRefusal) return null;
      throw error;
    }
  }

  /** The path to ask the server for: with a root, the one without links, which lies in it. Null: there is nothing. */
  async #placeOf(client: SftpClient, path: string): Promise<string | null> {
    const written = serverPath(path);
    if (this.#options.root === "") return written;
    const real = await orNull(client.realPath(written));
    if (real === null) return null;
    if (await this.#isInside(client, real)) return real;
    const uri = this.#uriOf(path);
    throw new Failure("access-denied", `"${uri}" leads out of its datastore.`, {
      help: "A link points elsewhere. What lies elsewhere needs a datastore of its own.",
      place: { uri },
    });
  }

  async #isInside(client: SftpClient, real: string): Promise<boolean> {
    const { root } = this.#options;
    if (root === "") return true;
    this.#realRoot ??= client.realPath(serverPath(root));
    const asked = this.#realRoot;
    try {
      return isBelow(real, await asked);
    } catch (error) {
      if (this.#realRoot === asked) this.#realRoot = null;
      throw error;
    }
  }

  async #retried<Value>(
    path: string,
    signal: AbortSignal,
    ask: (client: SftpClient) => Promise<Value | null>,
  ): Promise<Value | null> {
    const { world } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        const client = await this.#connection.get(signal);
        return await unlessAborted(ask(client), signal);
      } catch (error) {
        if (error instanceof SftpRefusal && error.status === STATUS.noSuchFile) return null;
        if (!(error instanceof BrokenConnection)) throw this.#failureOf(error, path);
        if (attempt >= MOST_ATTEMPTS) throw atPlace(error.failure, this.#uriOf(path));
      }
      await pause(backOffMs(attempt, world), signal, world);
    }
  }

  #uriOf(path: string): string {
    return `${this.#options.shownAddress}/${path}`;
  }

  #missing(path: string): Failure {
    const uri = this.#uriOf(path);
    return new Failure("source-missing", `There is no file "${uri}".`, { place: { uri } });
  }

  #notRegular(path: string): Failure {
    const uri = this.#uriOf(path);
    return new Failure("source-unreadable", `"${uri}" is neither a file nor a directory.`, {
      place: { uri },
    });
  }

  #failureOf(error: unknown, path: string): unknown {
    if (error instanceof Failure) return atPlace(error, this.#uriOf(path));
    if (!(error instanceof SftpRefusal)) return error;
    if (error.status === STATUS.noSuchFile) return this.#missing(path);
    const uri = this.#uriOf(path);
    const details = { place: { uri } };
    if (error.status === STATUS.permissionDenied) {
      const help = "The user there may not read it.";
      return new Failure("access-denied", `"${uri}" may not be read.`, { ...details, help });
    }
    return new Failure(
      "source-unreadable",
      `"${uri}" cannot be read: the server says "${error.message}".`,
      details,
    );
  }
}

/** How far reading came. */
interface Progress {
  at: number;
  /** The file that is read; null: not known yet. */
  known: FileVersion | null;
  /** The last bytes that were given out. */
  overlap: Uint8Array;
}

interface Opened {
  readonly handle: Uint8Array;
  readonly attributes: SftpAttributes;
}

/** What tells one state of a file from another: files of logs grow, and what was there stays. */
interface FileVersion {
  readonly modifiedSeconds: number | null;
  readonly sizeBytes: number | null;
}

/** A link that leads out of the root: whoever opens it is told. */
const UNSEEN: RemoteStatus = { kind: "file", sizeBytes: null, lastModifiedMs: null, version: null };

function versionOf({ modifiedSeconds, sizeBytes }: SftpAttributes): FileVersion {
  return { modifiedSeconds, sizeBytes };
}

function printVersion({ modifiedSeconds, sizeBytes }: SftpAttributes): string | null {
  return modifiedSeconds === null || sizeBytes === null ? null : `${modifiedSeconds}:${sizeBytes}`;
}

function versionIn(text: string): FileVersion | null {
  const [, modified, size] = /^(\d{1,10}):(\d{1,16})$/.exec(text) ?? [];
  if (modified === undefined || size === undefined) return null;
  return { modifiedSeconds: Number(modified), sizeBytes: Number(size) };
}

/** Whether what stands there now cannot be what was known with more behind it. */
function isAnother(known: FileVersion | null, now: FileVersion): boolean {
  if (known?.sizeBytes == null || now.sizeBytes === null) return false;
  if (now.sizeBytes !== known.sizeBytes) return now.sizeBytes < known.sizeBytes;
  return (
    known.modifiedSeconds !== null &&
    now.modifiedSeconds !== null &&
    known.modifiedSeconds !== now.modifiedSeconds
  );
}

function isGrown(known: FileVersion, now: FileVersion): boolean {
  return known.sizeBytes !== now.sizeBytes || known.modifiedSeconds !== now.modifiedSeconds;
}

/** Null: neither a file nor a directory. Servers that tell no kind mean files. */
function statusOf(attributes: SftpAttributes): RemoteStatus | null {
  const { mode, sizeBytes, modifiedSeconds } = attributes;
  const kind = mode === null ? KIND.file : mode & KIND_MASK;
  if (kind !== KIND.file && kind !== KIND.directory) return null;
  const lastModifiedMs = modifiedSeconds === null ? null : BigInt(modifiedSeconds) * 1000n;
  if (kind === KIND.directory) return { kind: "directory", sizeBytes: null, lastModifiedMs, version: null };
  return { kind: "file", sizeBytes, lastModifiedMs, version: printVersion(attributes) };
}

async function namesOf(
  client: SftpClient,
  directory: string,
  signal: AbortSignal,
): Promise<readonly SftpName[]> {
  const handle = await client.openDirectory(directory);
  try {
    const names: SftpName[] = [];
    for (;;) {
      const page = await unlessAborted(client.readDirectory(handle), signal);
      if (page === null) return names;
      if (page.length === 0) throw brokenProtocol("a page of names is empty");
      for (const entry of page) {
        const { name } = entry;
        if (name === "." || name === "..") continue;
        if (name === "" || name.length > LONGEST_NAME || name.includes("/") || name.includes("\0")) {
          throw brokenProtocol(`a name in a directory is "${visibleText(name.slice(0, 100))}"`);
        }
        names.push(entry);
      }
      if (names.length > MOST_NAMES) {
        throw new Failure("limit-reached", `"${directory}" has more than ${MOST_NAMES} names.`);
      }
    }
  } finally {
    client.closeHandle(handle);
  }
}

async function orNull<Value>(answer: Promise<Value>): Promise<Value | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof SftpRefusal && error.status === STATUS.noSuchFile) return null;
    throw error;
  }
}

/** A path of the store as the server has it: from the top, or from the user's own directory. */
function serverPath(path: string): string {
  if (path === "~" || path === "~/") return ".";
  return path.startsWith("~/") ? path.slice(2) : `/${path}`;
}

/** Whether a path is the directory or lies in it; both are without links. */
function isBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith("/") ? directory : `${directory}/`);
}

function changed(uri: string): Failure {
  return new Failure("source-changed", `"${uri}" changed while it was read.`, {
    help: "Run the query again when nothing writes there any more.",
    place: { uri },
  });
}

function atPlace(failure: Failure, uri: string): Failure {
  if (failure.place !== null) return failure;
  const { code, message, help } = failure;
  return new Failure(code, message, {
    place: { uri },
    cause: failure,
    ...(help === null ? {} : { help }),
  });
}
