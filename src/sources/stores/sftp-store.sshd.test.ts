import {
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { SYSTEM_RETRY_WORLD } from "../outbound/retry.ts";
import type { RemoteRange, RemoteStore } from "./remote-store.ts";
import { openSftpStore } from "./sftp-store.ts";
import { connectSsh } from "./ssh-connection.ts";
import type { SshTarget } from "./ssh-target.ts";
import { openCutWay, SSHD_MISSING, startSshd, type TestSshd } from "./sshd.testing.ts";

const LIMIT_MS = 60_000;
const WHOLE: RemoteRange = { startByte: 0, endByte: null, version: null };
const POLICY = { allow: ["127.0.0.1"], deny: [] };
const never = new AbortController().signal;
if (SSHD_MISSING !== null) console.warn(`SFTP is not tested against a server: ${SSHD_MISSING}.`);

describe.skipIf(SSHD_MISSING !== null)("files of a real sshd", () => {
  let sshd: TestSshd;
  const open: RemoteStore[] = [];

  beforeAll(async () => {
    sshd = await startSshd();
  }, LIMIT_MS);

  afterAll(async () => {
    for (const store of open) await store.close?.();
    await sshd.stop();
  }, LIMIT_MS);

  interface Wish {
    /** As a definition has it. */
    readonly root?: string;
    readonly environment?: NodeJS.ProcessEnv;
    /** Done when a connection broke, before it is made again. */
    readonly onBreak?: () => void;
  }

  /** A store of the test's server. */
  function storeAt(change: Partial<SshTarget> = {}, wish: Wish = {}): RemoteStore {
    const { root = "", environment = process.env, onBreak = () => {} } = wish;
    const target = { ...sshd.target, ...change };
    const store = openSftpStore({
      shownAddress: `ssh://${target.host}`,
      root,
      world: { ...SYSTEM_RETRY_WORLD, sleep: async () => onBreak() },
      connect: () => connectSsh(target, { policy: POLICY, environment, configFile: "none" }),
    });
    open.push(store);
    return store;
  }

  const pathOf = (name: string) => join(sshd.folder, name);
  /** As stores have paths: from the top. */
  const stored = (name: string) => pathOf(name).slice(1);

  test("a file's bytes are those that stand there, whole and in part", { timeout: LIMIT_MS }, async () => {
    const bytes = someBytes(100_000);
    writeFileSync(pathOf("a.log"), bytes);
    const store = storeAt();
    expect(await allOf(store.open(stored("a.log"), WHOLE, never))).toEqual(bytes);
    const part = { startByte: 10, endByte: 40_000, version: null };
    expect(await allOf(store.open(stored("a.log"), part, never))).toEqual(bytes.subarray(10, 40_000));
    const status = await store.status(stored("a.log"), never);
    expect(status).toMatchObject({ kind: "file", sizeBytes: 100_000 });
    expect(await store.status(stored("none"), never)).toBeNull();
    expect(await store.status(sshd.folder.slice(1), never)).toMatchObject({ kind: "directory" });
  });

  test("what the system makes up has bytes though its size is none", { timeout: LIMIT_MS }, async () => {
    const bytes = await allOf(storeAt().open("proc/version", WHOLE, never));
    expect(bytes.toString()).toBe(readFileSync("/proc/version", "utf8"));
  });

  test("a directory of 2,000 files is listed, by a beginning of names too", {
    timeout: LIMIT_MS,
  }, async () => {
    mkdirSync(pathOf("many"));
    for (let index = 0; index < 2000; index++) writeFileSync(pathOf(`many/file-${index}.log`), `${index}`);
    symlinkSync("file-7.log", pathOf("many/link.log"));
    symlinkSync("..", pathOf("many/upwards"));
    symlinkSync("nowhere", pathOf("many/broken"));
    const store = storeAt();
    const names = await namesIn(store, stored("many"), "");
    expect(names.length).toBe(2001);
    expect(names).toContain("link.log");
    expect((await namesIn(store, stored("many"), "file-19")).length).toBe(111);
    expect(await namesIn(store, stored("nothing"), "")).toEqual([]);
    const read = Array.from({ length: 200 }, (_, index) =>
      allOf(store.open(stored(`many/file-${index}.log`), WHOLE, never)),
    );
    expect((await Promise.all(read)).map(String)).toEqual(read.map((_, index) => String(index)));
  });

  test("a file of 50 MB comes whole", { timeout: LIMIT_MS }, async () => {
    const bytes = someBytes(50 << 20);
    writeFileSync(pathOf("large.log"), bytes);
    const store = storeAt();
    await store.status(stored("large.log"), never);
    const startMs = performance.now();
    const read = await allOf(store.open(stored("large.log"), WHOLE, never));
    const seconds = (performance.now() - startMs) / 1000;
    expect(read.equals(bytes)).toBe(true);
    console.info(`SFTP: ${(50 / seconds).toFixed(0)} MB/s`);
  });

  test("a connection that breaks mid-file is made again, and the rest is read", {
    timeout: LIMIT_MS,
  }, async () => {
    const bytes = someBytes(8 << 20);
    writeFileSync(pathOf("broken.log"), bytes);
    const way = await openCutWay(sshd.port);
    const knownHosts = pathOf("known-way");
    writeFileSync(knownHosts, readFileSync(pathOf("known"), "utf8").replace(`:${sshd.port}`, `:${way.port}`));
    const name = "broken.log";
    let onBreak = () => writeFileSync(pathOf(name), "more", { flag: "a" });
    const target = { port: way.port, knownHostsFile: knownHosts };
    const store = storeAt(target, { onBreak: () => onBreak() });
    way.cutAfter(3 << 20);
    // It grew meanwhile; what was there when it was opened is what is given.
    expect((await allOf(store.open(stored(name), WHOLE, never))).equals(bytes)).toBe(true);
    expect(way.connections()).toBe(2);
    way.cutAfter(3 << 20);
    onBreak = () => writeFileSync(pathOf(name), someBytes(9 << 20).fill(7));
    await expect(allOf(store.open(stored(name), WHOLE, never))).rejects.toMatchObject({
      code: "source-changed",
    });
    await store.close?.();
    await way.close();
  });

  test("a file that becomes shorter while it is read is told", { timeout: LIMIT_MS }, async () => {
    writeFileSync(pathOf("shrinking.log"), someBytes(16 << 20));
    const read = async () => {
      for await (const _ of storeAt().open(stored("shrinking.log"), WHOLE, never)) {
        truncateSync(pathOf("shrinking.log"), 1000);
      }
    };
    await expect(read()).rejects.toMatchObject({ code: "source-changed" });
  });

  test("a version is the bytes that stood there: growing is no change, shrinking is", {
    timeout: LIMIT_MS,
  }, async () => {
    writeFileSync(pathOf("growing.log"), "one\n");
    const store = storeAt();
    const version = (await store.status(stored("growing.log"), never))?.version ?? null;
    const file = openSync(pathOf("growing.log"), "a");
    writeSync(file, "two\n");
    const range = { ...WHOLE, version };
    expect((await allOf(store.open(stored("growing.log"), range, never))).toString()).toBe("one\n");
    truncateSync(pathOf("growing.log"), 2);
    await expect(allOf(store.open(stored("growing.log"), range, never))).rejects.toMatchObject({
      code: "source-changed",
    });
  });

  test("links do not lead out of a datastore", { timeout: LIMIT_MS }, async () => {
    mkdirSync(pathOf("root"));
    writeFileSync(pathOf("root/in.log"), "in");
    writeFileSync(pathOf("outside.log"), "out");
    symlinkSync("../outside.log", pathOf("root/out.log"));
    symlinkSync("in.log", pathOf("root/alias.log"));
    symlinkSync("..", pathOf("root/up"));
    const store = storeAt({}, { root: stored("root") });
    const read = async (name: string) =>
      (await allOf(store.open(stored(`root/${name}`), WHOLE, never))).toString();
    expect(await read("in.log")).toBe("in");
    expect(await read("alias.log")).toBe("in");
    await expect(read("out.log")).rejects.toMatchObject({ code: "access-denied" });
    await expect(read("up/outside.log")).rejects.toMatchObject({ code: "access-denied" });
    await expect(store.status(stored("outside.log"), never)).rejects.toMatchObject({ code: "access-denied" });
    await expect(namesIn(store, sshd.folder.slice(1), "")).rejects.toMatchObject({ code: "access-denied" });
  });

  test("a pipe is not opened", { timeout: LIMIT_MS }, async () => {
    await expect(allOf(storeAt().open("dev/null", WHOLE, never))).rejects.toMatchObject({
      code: "source-unreadable",
    });
  });

  test("stopping a read stops at once", { timeout: LIMIT_MS }, async () => {
    writeFileSync(pathOf("stopped.log"), someBytes(8 << 20));
    const stop = new AbortController();
    const read = async () => {
      for await (const _ of storeAt().open(stored("stopped.log"), WHOLE, stop.signal)) stop.abort();
    };
    await expect(read()).rejects.toMatchObject({ code: "cancelled" });
  });

  test.each([
    ["an unknown host", () => ({ knownHostsFile: sshd.emptyKnownHosts }), "access-denied", "is not known"],
    ["another key", () => ({ knownHostsFile: sshd.wrongKnownHosts }), "access-denied", "another key than"],
    [
      "a wrong user key",
      () => ({ identityFile: sshd.wrongKey }),
      "access-denied",
      "does not let this user in",
    ],
    ["a locked key", () => ({ identityFile: sshd.lockedKey }), "access-denied", "does not let this user in"],
    [
      "a wrong phrase",
      () => ({ identityFile: sshd.lockedKey, password: "open barley" }),
      "access-denied",
      "does not let this user in",
    ],
    [
      "a wrong password",
      () => ({ identityFile: null, password: "not-the-password" }),
      "access-denied",
      "does not let this user in",
    ],
    ["nobody there", () => ({ port: 1 }), "source-unreadable", "takes no connections on this port"],
  ] as const)(
    "%s is told with what ssh says",
    { timeout: LIMIT_MS },
    async (_title, change, code, sentence) => {
      const store = storeAt(change());
      const status = store.status("etc/hostname", never);
      await expect(status).rejects.toMatchObject({ code, message: expect.stringContaining(sentence) });
      await expect(status).rejects.toMatchObject({ message: expect.stringMatching(/^[\x20-\x7e]*…?$/) });
      await expect(status).rejects.not.toMatchObject({
        message: expect.stringContaining("not-the-password"),
      });
    },
  );

  test("a locked key opens by its phrase, and nothing of it stays behind", {
    timeout: LIMIT_MS,
  }, async () => {
    mkdirSync(pathOf("temporary"));
    vi.stubEnv("TMPDIR", pathOf("temporary"));
    try {
      const store = storeAt({ identityFile: sshd.lockedKey, password: "open sesame" });
      expect(await store.status("etc", never)).toMatchObject({ kind: "directory" });
      expect(readdirSync(pathOf("temporary"))).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test("without ssh it is said that there is none", { timeout: LIMIT_MS }, async () => {
    const store = storeAt({}, { environment: { PATH: sshd.folder } });
    await expect(store.status("etc", never)).rejects.toMatchObject({
      code: "source-unreadable",
      message: "There is no program ssh on this machine, so no SSH is spoken.",
    });
  });

  test("a machine that may not be reached is not asked", { timeout: LIMIT_MS }, async () => {
    const policy = { allow: [], deny: [] };
    const connected = connectSsh(sshd.target, { policy, environment: process.env, configFile: "none" });
    await expect(connected).rejects.toMatchObject({ code: "outbound-denied" });
  });
});

/** Bytes that say where they are. */
function someBytes(count: number): Buffer {
  const words = new Uint32Array(Math.ceil(count / 4));
  for (let index = 0; index < words.length; index++) words[index] = Math.imul(index, 2_654_435_761);
  return Buffer.from(words.buffer, 0, count);
}

async function allOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

async function namesIn(store: RemoteStore, path: string, namePrefix: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const page of store.list(path, { namePrefix, signal: never })) {
    names.push(...page.map((entry) => entry.name));
  }
  return names;
}
