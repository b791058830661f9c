import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Failure } from "#text";
import { type MadeMember, tarOf, zipOf } from "./archives.testing.ts";
import { HEAD_BYTES, packedFormatOf } from "./packed-formats.ts";
import { type UnpackOptions, unpack } from "./unpack.ts";
import { UNPACK_LIMITS } from "./unpack-guard.ts";

interface Outcome {
  readonly text: Buffer;
  readonly failure: Failure | null;
}

async function outcomeOf(stream: AsyncIterable<Uint8Array>): Promise<Outcome> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of stream) {
      expect(chunk.length).toBeLessThanOrEqual(1024 * 1024);
      chunks.push(Uint8Array.from(chunk));
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { text: Buffer.concat(chunks), failure: error };
  }
  return { text: Buffer.concat(chunks), failure: null };
}

async function* chunksOf(bytes: Uint8Array, size: number, start = 0): AsyncGenerator<Uint8Array> {
  for (let at = start; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Unpacked from the start to the end, as bytes come over a network. */
function streamed(
  bytes: Uint8Array,
  options: UnpackOptions & { readonly size?: number } = {},
): Promise<Outcome> {
  const { size = 65_536 } = options;
  return outcomeOf(unpack({ uri: "x", chunks: chunksOf(bytes, size), reopen: null }, options));
}

/** Unpacked as a file, which can be read from any offset. */
function fromFile(bytes: Uint8Array, options: UnpackOptions = {}): Promise<Outcome> {
  const reopen = (offset: number) => chunksOf(bytes, 65_536, offset);
  return outcomeOf(unpack({ uri: "x", chunks: reopen(0), reopen, sizeBytes: bytes.length }, options));
}

interface PackedCase {
  readonly title: string;
  readonly packed: Buffer;
  readonly text: Buffer;
  readonly isChecked: boolean;
  readonly isSeveral: boolean;
}

const CASES = readFileSync(fileURLToPath(new URL("./packed.cases.md", import.meta.url)), "utf8")
  .split(/^## /m)
  .slice(1)
  .map((section): PackedCase => {
    const [, flags = "", base64 = ""] = /^```base64(.*)\n([^`]*)```$/m.exec(section) ?? [];
    const [, times = "", text = ""] = /^```text ?(\d*)\n([^`]*)```$/m.exec(section) ?? [];
    return {
      title: section.slice(0, section.indexOf("\n")),
      packed: Buffer.from(base64, "base64"),
      text: Buffer.from(text.repeat(times === "" ? 1 : Number(times))),
      isChecked: flags.includes("checked"),
      isSeveral: flags.includes("several"),
    };
  });
const SMALL = CASES.filter(({ text }) => text.length < 100_000);

describe("packed data is unpacked:", () => {
  for (const { title, packed, text } of CASES) {
    test(title, async () => {
      for (const outcome of [
        await streamed(packed),
        await fromFile(packed),
        await streamed(packed, { size: 1 }),
      ]) {
        expect(outcome.failure).toBeNull();
        expect(outcome.text.equals(text)).toBe(true);
      }
    });
  }
});

describe("a law of packed data:", () => {
  test("any cut into chunks gives the same", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...CASES), fc.integer({ min: 1, max: 700 }), async (each, size) => {
        const { text, failure } = await streamed(each.packed, { size });
        expect(failure).toBeNull();
        expect(text.equals(each.text)).toBe(true);
      }),
      { seed: 11, numRuns: 80 },
    );
  });

  for (const { title, packed, text, isSeveral } of SMALL) {
    test(`cut anywhere, ${title} gives what is there and a failure`, async () => {
      const format = packedFormatOf(packed);
      for (let cut = 0; cut < packed.length; cut++) {
        const data = packed.subarray(0, cut);
        if (packedFormatOf(data)?.name !== format?.name) continue;
        for (const outcome of [await streamed(data), await fromFile(data)]) {
          // So little of a tar that it cannot be known for one.
          if (title.startsWith("tar") && outcome.text.length < HEAD_BYTES && outcome.failure !== null)
            continue;
          expect(outcome.text.equals(text.subarray(0, outcome.text.length)), `${cut}`).toBe(true);
          if (outcome.failure === null)
            expect(isSeveral || outcome.text.length === text.length, `${cut}`).toBe(true);
          else expect(outcome.failure.code).toBe("compressed-data-broken");
          if (format?.kind === "compression" && outcome.failure !== null && !title.includes("tar"))
            expect(outcome.failure.place?.offset).toBe(outcome.text.length);
        }
      }
    });
  }

  test("changed bytes end in a failure, never in anything else, and are found out", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...CASES),
        fc.nat(1_000_000),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async ({ packed, text, isChecked }, place, flip, isFile) => {
          const data = Buffer.from(packed);
          const at = place % data.length;
          data[at] = (data[at] ?? 0) ^ flip;
          const outcome = isFile ? await fromFile(data) : await streamed(data);
          const format = packedFormatOf(data);
          if (format?.kind === "refused") expect(outcome.failure?.code).toBe("source-unreadable");
          else if (format?.name !== packedFormatOf(packed)?.name) return;
          else if (outcome.failure !== null)
            expect(["compressed-data-broken", "archive-member-unreadable"]).toContain(outcome.failure.code);
          else if (isChecked && format?.kind === "compression" && !text.includes("c\n"))
            expect(outcome.text.equals(text)).toBe(true);
        },
      ),
      { seed: 12, numRuns: 300 },
    );
  }, 60_000);

  test("bytes that mean nothing behind a magic number end in a failure", async () => {
    const starts = CASES.map(({ packed }) => packed.subarray(0, 16));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...starts),
        fc.integer({ min: 4, max: 16 }),
        fc.uint8Array({ maxLength: 400 }),
        async (start, length, rest) => {
          const data = Buffer.concat([start.subarray(0, length), rest]);
          await streamed(data);
          await fromFile(data);
        },
      ),
      { seed: 13, numRuns: 300 },
    );
  }, 60_000);
});

const LOG: MadeMember = { name: "dir/a.log", text: "first\n" };

describe("an archive", () => {
  const members: readonly MadeMember[] = [
    LOG,
    { name: "b", text: "second" },
    { name: "empty", text: "" },
    { name: "c.gz", text: gzipSync("third\n") },
    { name: "d.zip", text: zipOf([{ name: "inner", text: "fourth" }]) },
    { name: "e.tar", text: tarOf([{ name: "inner", text: "fifth\n" }]) },
  ];
  const TEXT = "first\nsecond\nthird\nfourth\nfifth\n";
  const made: readonly (readonly [string, Buffer])[] = [
    ["tar", tarOf(members)],
    ["tar in gzip", gzipSync(tarOf(members))],
    ["zip", zipOf(members)],
    ["zip of stored members", zipOf(members, { isStored: true })],
    ["zip with sizes behind the data", zipOf(members, { isStreamed: true })],
    ["two tars", Buffer.concat([tarOf(members.slice(0, 2)), tarOf(members.slice(2))])],
    ["zip behind a program", Buffer.concat([zipOf(members).subarray(0, 4), zipOf(members)])],
  ];
  for (const [title, bytes] of made) {
    test(`gives its members one after the other: ${title}`, async () => {
      const isShifted = title.includes("behind a program");
      for (const { text, failure } of [
        await fromFile(bytes),
        ...(isShifted ? [] : [await streamed(bytes)]),
      ]) {
        expect(failure).toBeNull();
        expect(text.toString()).toBe(TEXT);
      }
    });
  }

  test("of tar is not read where its members are not wanted", async () => {
    const some = [
      LOG,
      { name: "large", text: Buffer.alloc(5_000_000, "x\n") },
      { name: "d/b", text: "last\n" },
    ];
    const bytes = tarOf(some);
    let read = 0;
    async function* counted(start: number): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunksOf(bytes, 65_536, start)) {
        read += chunk.length;
        yield chunk;
      }
    }
    const input = { uri: "x", chunks: counted(0), reopen: counted, sizeBytes: bytes.length };
    const { text, failure } = await outcomeOf(unpack(input, { wants: (name) => name !== "large" }));
    expect(failure).toBeNull();
    expect(text.toString()).toBe("first\nlast\n");
    expect(read).toBeLessThan(500_000);
    expect(
      (await fromFile(bytes.subarray(0, 3_000_000), { wants: (name) => name !== "large" })).failure,
    ).toMatchObject({
      code: "compressed-data-broken",
    });
  });

  test("has large members too", async () => {
    const text = Array.from({ length: 30_000 }, (_, index) => `${index * 7919} ${index}\n`).join("");
    const some = [LOG, { name: "large", text }, { name: "b", text: "last\n" }];
    for (const bytes of [
      zipOf(some),
      zipOf(some, { isStreamed: true }),
      zipOf(some, { isStored: true }),
      tarOf(some),
    ])
      for (const outcome of [
        await fromFile(bytes),
        await streamed(bytes),
        await streamed(bytes, { size: 1000 }),
      ]) {
        expect(outcome.failure).toBeNull();
        expect(outcome.text.toString() === `first\n${text}last\n`).toBe(true);
      }
  });

  test("gives only members that are wanted", async () => {
    const wants = (name: string) => name.startsWith("dir/");
    for (const bytes of [tarOf(members), zipOf(members), gzipSync(tarOf(members))]) {
      expect((await fromFile(bytes, { wants })).text.toString()).toBe("first\n");
      expect((await streamed(bytes, { wants })).text.toString()).toBe("first\n");
    }
  });

  test("leaves out links, directories and devices of tar", async () => {
    for (const kind of ["1", "2", "3", "4", "5", "6"])
      expect((await streamed(tarOf([{ name: "x", text: "" }], kind))).text.length).toBe(0);
  });

  test("with a damaged member gives all others, then tells of it", async () => {
    const packed = gzipSync("third\n".repeat(100));
    packed[15] = (packed[15] ?? 0) ^ 255;
    const some = [LOG, { name: "bad.gz", text: packed }, { name: "z", text: "last\n" }];
    for (const bytes of [tarOf(some), zipOf(some)]) {
      const { text, failure } = await fromFile(bytes);
      expect(text.toString()).toMatch(/^first\n[\s\S]*last\n$/);
      expect(failure).toMatchObject({ code: "compressed-data-broken", place: { uri: "x" } });
      expect(failure?.message).toContain('"x!/bad.gz"');
    }
  });

  test("with an encrypted member or an unknown method says so", async () => {
    const encrypted = Buffer.from(
      "UEsDBAoACQAAAABQYVy5mBxVKgAAAB4AAAAJAAAAZGlyL2IubG9nu/A00Eri5iVTo5N4JUxi/G6Gt3pEJ5A+mCN53Z1KGwUh/Cm/kGPRaT9uUEsHCLmYHFUq" +
        "AAAAHgAAAFBLAQIeAwoACQAAAABQYVy5mBxVKgAAAB4AAAAJAAAAAAAAAAEAAACkgQAAAABkaXIvYi5sb2dQSwUGAAAAAAEAAQA3AAAAYQAAAAAA",
      "base64",
    );
    expect((await fromFile(encrypted)).failure).toMatchObject({
      code: "archive-member-unreadable",
      message: '"x!/dir/b.log" is encrypted.',
    });
    const unknown = await fromFile(zipOf([LOG], { method: 9 }));
    expect(unknown.failure?.message).toBe(
      '"x!/dir/a.log" is packed with method 9 (deflate64), which is not read.',
    );
    const endless = await streamed(zipOf([LOG], { isStored: true, isStreamed: true }));
    expect(endless.failure).toMatchObject({ code: "archive-member-unreadable" });
    const other = await fromFile(
      tarOf([{ name: "x.7z", text: Uint8Array.of(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c) }, LOG]),
    );
    expect(other).toMatchObject({ failure: { code: "archive-member-unreadable" } });
    expect(other.text.toString()).toBe("first\n");
  });

  test("tells of a sparse file in a tar archive, and goes on behind it", async () => {
    const sparse = tarOf([{ name: "holes.log", text: "with holes\n" }], "S").subarray(0, 1024);
    const archive = Buffer.concat([sparse, tarOf([{ name: "b.log", text: "whole\n" }])]);
    const { text, failure } = await fromFile(archive);
    expect(text.toString()).toBe("whole\n");
    expect(failure).toMatchObject({ code: "archive-member-unreadable" });
  });

  test("gives 25,000 members in little time", async () => {
    const many = Array.from({ length: 25_000 }, (_, index) => ({
      name: `d/${index}.log`,
      text: `${index}\n`,
    }));
    const wanted = many.map(({ text }) => text).join("");
    for (const bytes of [tarOf(many), zipOf(many)]) {
      const begun = process.cpuUsage();
      const { text, failure } = await fromFile(bytes);
      expect(failure).toBeNull();
      expect(text.toString() === wanted).toBe(true);
      expect(process.cpuUsage(begun).user / 1e6).toBeLessThan(20);
    }
  }, 60_000);
});

describe("hostile packed data", () => {
  const limits = { ...UNPACK_LIMITS, freeBytes: 1_000_000 };

  test("that makes far too much of little is stopped", async () => {
    const maxRatio = 100;
    const bomb = gzipSync(Buffer.alloc(20_000_000));
    for (const bytes of [
      bomb,
      gzipSync(tarOf([{ name: "a", text: bomb }])),
      zipOf([{ name: "a", text: bomb }]),
    ]) {
      for (const { text, failure } of [
        await streamed(bytes, { limits: { ...limits, maxRatio } }),
        await fromFile(bytes, { limits: { ...limits, maxRatio } }),
      ]) {
        expect(failure).toMatchObject({ code: "unpacked-too-large" });
        expect(text.length).toBeLessThan(4_000_000);
      }
    }
    const flat = zipOf([{ name: "a", text: Buffer.alloc(20_000_000) }]);
    expect((await fromFile(flat, { limits: { ...limits, maxRatio } })).failure?.code).toBe(
      "unpacked-too-large",
    );
    expect((await streamed(flat, { limits: { ...limits, maxRatio } })).failure?.code).toBe(
      "unpacked-too-large",
    );
    expect((await streamed(bomb, { limits: { ...limits, maxRatio: 2000 } })).failure).toBeNull();
  });

  test("inside itself too many times is stopped", async () => {
    let bytes: Buffer = Buffer.from("x\n");
    for (let depth = 0; depth < 6; depth++) bytes = gzipSync(bytes);
    expect((await streamed(bytes)).text.toString()).toBe("x\n");
    expect((await streamed(gzipSync(bytes))).failure).toMatchObject({ code: "packed-too-deep" });
    let nested: Buffer = zipOf([LOG]);
    for (let depth = 0; depth < 6; depth++) nested = zipOf([{ name: "z", text: nested }, LOG]);
    const { text, failure } = await fromFile(nested);
    expect(text.toString()).toBe("first\n".repeat(6));
    expect(failure).toMatchObject({ code: "packed-too-deep" });
  });

  test("of too many members is stopped", async () => {
    const many = Array.from({ length: 50 }, (_, index) => ({ name: `${index}`, text: "x\n" }));
    for (const bytes of [tarOf(many), zipOf(many)])
      for (const { failure } of [
        await streamed(bytes, { limits: { ...limits, maxMembers: 20 } }),
        await fromFile(bytes, { limits: { ...limits, maxMembers: 20 } }),
      ])
        expect(failure).toMatchObject({ code: "archive-too-many-members" });
  });

  test("whose members share their bytes gives them once", async () => {
    const some = Array.from({ length: 5 }, (_, index) => ({ name: `${index}`, text: "x\n" }));
    const { text, failure } = await fromFile(zipOf(some, { isOverlapping: true }));
    expect(text.toString()).toBe("x\n");
    expect(failure?.message).toContain("shares its bytes with another member");
  });

  test("that asks for much memory with little data does not get it", async () => {
    // Frames of one byte each, with windows of 128 MiB.
    const frame = Buffer.from("28b52ffd0088090000" + "61", "hex");
    const { failure } = await streamed(Buffer.concat(Array.from({ length: 2000 }, () => frame)));
    expect(failure?.message).toContain("asks for much memory");
    const large = await streamed(Buffer.from("28b52ffd00f8090000" + "61", "hex"));
    expect(large.failure?.message).toContain("needs a window of");
  });

  test("with names that lead elsewhere only has these names", async () => {
    const names = ["../../etc/passwd", "/etc/passwd", "a\\..\\b", "nul\u0001.log", "./x"];
    const seen: string[] = [];
    const wants = (name: string) => seen.push(name) > 0;
    for (const bytes of [
      tarOf(names.map((name) => ({ name, text: "" }))),
      zipOf(names.map((name) => ({ name, text: "" }))),
    ])
      await fromFile(bytes, { wants });
    const shown = ["../../etc/passwd", "/etc/passwd", "a\\..\\b", "nul\ufffd.log", "x"];
    expect(seen).toEqual([...shown, ...shown]);
  });
});

describe("the first bytes of a pipe", () => {
  test("are given out as soon as they cannot be packed data", async () => {
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("a line\n");
      await new Promise(() => {});
    }
    const stream = unpack({ uri: "-", chunks: slow(), reopen: null });
    const { value } = await stream.next();
    expect(Buffer.from(value ?? []).toString()).toBe("a line\n");
  });
});

test("many small streams of bzip2, of all sizes of blocks, are many texts", async () => {
  const streams = [
    "425a68393141592653599aac3ce8000001d1800010400003251c002000220189a10030b6b112a39f8bb9229c28484d561e7400",
    "425a683131415926535996da59cf000003418000100e0188002000310c010d31a9ce0078bb9229c28484b6d2ce78",
  ].map((digits) => Buffer.from(digits, "hex"));
  const times = 1000;
  const packed = Buffer.concat(Array.from({ length: times }, () => streams).flat());
  const begun = process.cpuUsage();
  const { text, failure } = await streamed(packed);
  expect(failure).toBeNull();
  expect(text.toString() === "first line\nsecond\n".repeat(times)).toBe(true);
  expect(process.cpuUsage(begun).user / 1e6).toBeLessThan(3);
});
