import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { SYSTEM_RETRY_WORLD } from "../outbound/retry.ts";
import type { RemoteStore } from "./remote-store.ts";
import { SftpClient } from "./sftp-client.ts";
import { PACKET, type PacketField, packetOf, STATUS } from "./sftp-packets.ts";
import { type FakeServer, fakeServer, fileServer, giveBytes } from "./sftp-server.testing.ts";
import { openSftpStore } from "./sftp-store.ts";
import { sshFailure } from "./ssh-failure.ts";
import { sshArguments } from "./ssh-process.ts";
import { readSshTarget, type WrittenTarget } from "./ssh-target.ts";

const never = new AbortController().signal;
const PATIENCE = { openMs: 10_000, silenceMs: 10_000 };
const WHOLE = { startByte: 0, endByte: null, version: null };
const SEED = 20_260_401;
const SETTLED = ["source-unreadable", "source-changed", "source-missing", "access-denied"];

function storeOf(...servers: readonly FakeServer[]): RemoteStore {
  let next = 0;
  return openSftpStore({
    shownAddress: "ssh://test",
    root: "",
    world: { ...SYSTEM_RETRY_WORLD, sleep: async () => {} },
    connect: () => {
      const server = servers[Math.min(next++, servers.length - 1)];
      if (server === undefined) throw new Error("a test has a server");
      return SftpClient.open(server.pipe, PATIENCE);
    },
  });
}

async function allOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

/** The code of what a promise fails with; null: it does not. */
async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
    return null;
  } catch (error) {
    return typeof error === "object" && error !== null && "code" in error ? error.code : error;
  }
}

function someBytes(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, index) => (index * 7 + (index >> 8)) & 0xff);
}

describe("reading over SFTP", () => {
  test("answers in any order, and shorter than asked for, give the bytes in order", async () => {
    const bytes = someBytes(300_000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(40_000), { minLength: 1, maxLength: 40 }),
        fc.nat(5),
        async (sizes, held) => {
          let count = 0;
          const waiting: (() => void)[] = [];
          const server = fileServer(bytes, (asked, offset, length) => {
            const size = Math.max(1, Math.min(length, sizes[count++ % sizes.length] ?? 1));
            waiting.push(() => giveBytes(asked, bytes.subarray(offset, offset + size)));
            const giveAll = () => {
              for (const give of waiting.splice(0).reverse()) give();
            };
            if (waiting.length > held) giveAll();
            else queueMicrotask(giveAll);
            return true;
          });
          const store = storeOf(server);
          expect((await allOf(store.open("x", WHOLE, never))).equals(bytes)).toBe(true);
          await store.close?.();
        },
      ),
      { seed: SEED, numRuns: 30 },
    );
  });

  test("any range is that part", async () => {
    const bytes = someBytes(70_000);
    const store = storeOf(fileServer(bytes));
    await fc.assert(
      fc.asyncProperty(fc.nat(80_000), fc.option(fc.nat(80_000)), async (startByte, endByte) => {
        const read = await allOf(store.open("x", { startByte, endByte, version: null }, never));
        expect(read.equals(bytes.subarray(startByte, Math.max(startByte, endByte ?? bytes.length)))).toBe(
          true,
        );
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  test("a server that goes away in the middle is asked again, and only for the rest", async () => {
    const bytes = someBytes(100_000);
    const first = fileServer(bytes, (asked, offset) => {
      if (offset < 60_000) return false;
      setImmediate(() => first.end());
      return asked.id > 0;
    });
    const asked: number[] = [];
    const second = fileServer(bytes, (_asked, offset) => asked.push(offset) < 0);
    expect((await allOf(storeOf(first, second).open("x", WHOLE, never))).equals(bytes)).toBe(true);
    expect(Math.min(...asked)).toBeGreaterThan(0);
  });

  test("a server that goes away each time is given up", async () => {
    const servers = Array.from({ length: 9 }, () => {
      const server = fakeServer(() => server.end());
      return server;
    });
    expect(await codeOf(allOf(storeOf(...servers).open("x", WHOLE, never)))).toBe("source-unreadable");
  });

  test("a file that says it has none of its bytes is read to its end", async () => {
    const bytes = someBytes(50_000);
    const server = fakeServer(({ kind, fields, answer, ...rest }) => {
      if (kind === PACKET.read) {
        fields.handle();
        const [offset, length] = [fields.uint64(), fields.uint32()];
        giveBytes({ kind, fields, answer, ...rest }, bytes.subarray(offset, offset + length));
      } else if (kind === PACKET.open) answer(PACKET.handle, "h");
      else if (kind !== PACKET.close) answer(PACKET.attributes, 0);
    });
    const part = { startByte: 5, endByte: 40_001, version: null };
    const store = storeOf(server);
    expect((await allOf(store.open("x", part, never))).equals(bytes.subarray(5, 40_001))).toBe(true);
    expect((await allOf(store.open("x", WHOLE, never))).equals(bytes)).toBe(true);
  });
});

describe("hostile servers", () => {
  test("any bytes instead of a greeting are refused", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const server = fakeServer(() => {}, false);
        const opened = SftpClient.open(server.pipe, PATIENCE);
        server.send(bytes);
        setImmediate(() => server.end());
        expect(await codeOf(opened)).toBe("source-unreadable");
        expect(server.isKilled()).toBe(true);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  test("any bytes instead of an answer end every request", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const server = fakeServer(({ kind }) => {
          if (kind !== PACKET.stat) return;
          server.send(bytes);
          setImmediate(() => server.end());
        });
        const client = await SftpClient.open(server.pipe, PATIENCE);
        const settled = await Promise.allSettled([
          client.stat("a"),
          client.realPath("b"),
          client.openFile("c"),
        ]);
        expect(settled.length).toBe(3);
        expect(client.isOpen).toBe(false);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  test("any answer of any kind settles what was asked, with what a store may say", async () => {
    const field: fc.Arbitrary<PacketField> = fc.oneof(
      fc.nat(0xffff_ffff),
      fc.bigInt(0n, 0xffff_ffff_ffff_ffffn),
      fc.uint8Array({ maxLength: 50 }),
      fc.constantFrom("..", "a/b", "", "x"),
    );
    const kind = fc.constantFrom<number>(...Object.values(PACKET));
    const answers = fc.array(fc.tuple(kind, fc.array(field, { maxLength: 6 })), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(answers, async (packets) => {
        let next = 0;
        const server = fakeServer(({ answer }) => {
          const [told, fields] = packets[next++] ?? [PACKET.status, [STATUS.endOfFile, "", ""]];
          answer(told, ...fields);
        });
        const store = storeOf(server);
        const codes = [
          await codeOf(allOf(store.open("x", WHOLE, never))),
          await codeOf(store.status("x", never)),
          await codeOf(allOf(pages(store))),
        ];
        for (const code of codes) expect([null, ...SETTLED]).toContain(code);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  async function* pages(store: RemoteStore): AsyncGenerator<Uint8Array> {
    for await (const page of store.list("x", { namePrefix: "", signal: never }))
      yield new Uint8Array(page.length);
  }

  test.each([
    ["a huge length", Uint8Array.of(0xff, 0xff, 0xff, 0xff)],
    ["no length", Uint8Array.of(0, 0, 0, 0)],
    ["an answer to nothing", packetOf(PACKET.status, [77, STATUS.ok, "", ""])],
  ])("%s ends the connection", async (_title, bytes) => {
    const server = fakeServer(() => server.send(bytes));
    const client = await SftpClient.open(server.pipe, PATIENCE);
    expect(await codeOf(client.stat("a"))).toBe("source-unreadable");
    expect(server.isKilled()).toBe(true);
  });

  test("a shell that prints something at its start is named as the cause", async () => {
    const server = fakeServer(() => {}, false);
    const opened = SftpClient.open(server.pipe, PATIENCE);
    server.send(Buffer.from("Welcome to web1\n"));
    await expect(opened).rejects.toMatchObject({
      message: expect.stringContaining('the text "Welc"; what the shell there prints'),
    });
  });

  test("more bytes than were asked for, and none at all, are refused", async () => {
    for (const length of [0, 40_000]) {
      const server = fileServer(someBytes(1000), ({ answer }) => {
        answer(PACKET.data, new Uint8Array(length));
        return true;
      });
      expect(await codeOf(allOf(storeOf(server).open("x", WHOLE, never)))).toBe("source-unreadable");
    }
  });

  test.each(["a/b", "../x", "a\0", ""])("the name %j in a directory is refused", async (name) => {
    const server = fakeServer(({ kind, answer }) => {
      if (kind === PACKET.openDirectory) answer(PACKET.handle, "d");
      else answer(PACKET.name, 1, name, "", 0);
    });
    const list = storeOf(server).list("x", { namePrefix: "", signal: never });
    const first = list[Symbol.asyncIterator]().next();
    expect(await codeOf(first)).toBe("source-unreadable");
  });

  test("a server that says nothing is left after a while", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const client = await SftpClient.open(fakeServer(() => {}).pipe, PATIENCE);
      const status = codeOf(client.stat("a"));
      vi.advanceTimersByTime(PATIENCE.silenceMs);
      expect(await status).not.toBeNull();
      expect(client.isOpen).toBe(false);
      vi.advanceTimersByTime(PATIENCE.silenceMs);
      const silent = SftpClient.open(fakeServer(() => {}, false).pipe, PATIENCE);
      vi.advanceTimersByTime(PATIENCE.openMs);
      expect(await codeOf(silent)).toBe("source-unreadable");
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("what is said to ssh", () => {
  const written = (change: Partial<WrittenTarget>): WrittenTarget => ({
    place: "web1",
    userInfo: null,
    user: undefined,
    port: undefined,
    identityFile: undefined,
    knownHostsFile: undefined,
    password: undefined,
    ...change,
  });

  test.each([
    [{ place: "web1" }, { host: "web1", port: null, user: null }],
    [
      { place: "web1:2222", userInfo: "ops" },
      { host: "web1", port: 2222, user: "ops" },
    ],
    [
      { place: "[2001:db8::1]:22", userInfo: "a%40b" },
      { host: "2001:db8::1", port: 22, user: "a@b" },
    ],
    [
      { place: "web1:1", port: "2", user: "x" },
      { host: "web1", port: 1, user: "x" },
    ],
  ])("%j is read", (change, target) => {
    expect(readSshTarget(written(change), "ssh://x")).toMatchObject(target);
  });

  test.each([
    { place: "-oProxyCommand=id" },
    { place: "a b" },
    { place: "a\nb" },
    { place: "a;b" },
    { place: "$(id)" },
    { place: "" },
    { place: "web1:0" },
    { place: "web1:99999" },
    { place: "[x]" },
    { userInfo: "-l" },
    { userInfo: "a`b" },
    { userInfo: "a%" },
    { userInfo: "ops:secret" },
    { identityFile: "relative" },
    { identityFile: '/a"b' },
    { knownHostsFile: "/a$" + "{HOME}" },
    { password: "a\nb" },
  ])("%j is refused", (change) => {
    expect(() => readSshTarget(written(change), "ssh://x")).toThrow(
      expect.objectContaining({ code: "store-unknown", message: expect.not.stringContaining("secret") }),
    );
  });

  test("no text for a host or a user becomes an option", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (place, userInfo) => {
        try {
          const { host, user } = readSshTarget(written({ place, userInfo }), "ssh://x");
          expect(host).toMatch(/^[A-Za-z0-9_:.][A-Za-z0-9_.:-]*$/);
          expect(user).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._@+-]*$/);
        } catch (error) {
          expect(error).toMatchObject({ code: "store-unknown" });
        }
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test("the secret is in no argument, and hosts stand behind the end of options", () => {
    const target = readSshTarget(written({ password: "s3cret", identityFile: "/k%y" }), "ssh://x");
    const told = sshArguments(target, null);
    expect(told.slice(-3)).toEqual(["--", "web1", "sftp"]);
    expect(told).toContain("StrictHostKeyChecking=yes");
    expect(told).toContain('IdentityFile="/k%%y"');
    expect(told.join(" ")).not.toContain("s3cret");
    expect(told).not.toContain("BatchMode=yes");
    expect(sshArguments(readSshTarget(written({}), "ssh://x"), null)).toContain("BatchMode=yes");
  });

  test("what ssh says reaches nobody's terminal raw", () => {
    const { message } = sshFailure("web1", {
      exitCode: 255,
      stderr: "\u001b[2J\u0007evil\r\nPermission denied",
    });
    expect(message).toContain("\\x1B[2J");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(message).not.toMatch(/[\x00-\x1f\x7f]/);
  });
});
