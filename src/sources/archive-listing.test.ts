import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import type { Failure } from "#text";
import { listMembers } from "./archive-listing.ts";
import { ByteStreams } from "./byte-stream.ts";
import type { ListedObject } from "./listed-object.ts";
import { listObjects } from "./listing.ts";
import { ObjectStreams } from "./object-streams.ts";
import { tarOf, zipOf } from "./packed/archives.testing.ts";
import { memberMatcher } from "./packed/member-pattern.ts";

const folder = mkdtempSync(join(tmpdir(), "trawl-archives-"));
afterAll(() => rmSync(folder, { recursive: true }));
const never = new AbortController().signal;

const MEMBERS = [
  { name: "a.log", text: "a\n" },
  { name: "d/b.log", text: "b\n" },
  { name: "d/e/c.log.gz", text: gzipSync("c\n") },
  { name: "../../etc/passwd", text: "p\n" },
  { name: "d/b.log", text: "another b\n" },
  { name: "long.log", text: "0123456789abcdef\n".repeat(100_000) },
];
const ARCHIVES: readonly (readonly [string, Uint8Array])[] = [
  ["x.zip", zipOf(MEMBERS)],
  ["x.tar", tarOf(MEMBERS)],
  ["x.tgz", gzipSync(tarOf(MEMBERS))],
];
for (const [name, bytes] of ARCHIVES) writeFileSync(join(folder, name), bytes);
writeFileSync(join(folder, "plain.log"), "plain\n");
mkdirSync(join(folder, "odd!"));
writeFileSync(join(folder, "odd!", "y.log"), "odd\n");

async function listed(...uris: string[]): Promise<ListedObject[]> {
  const found: ListedObject[] = [];
  for await (const objects of listObjects(uris, { workingDirectory: folder })) found.push(...objects);
  return found;
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(Uint8Array.from(chunk));
  return Buffer.concat(chunks).toString();
}

describe.each(ARCHIVES)("members of %s", (name) => {
  test("are listed by their addresses", async () => {
    const all = await listed(`${name}!/**/*`, `${name}!/*`);
    expect(all.map(({ uri }) => uri)).toContain(`${name}!/d/b.log`);
    expect((await listed(`${name}!/*.log`)).map(({ uri, fileName }) => [uri, fileName])).toEqual([
      [`${name}!/a.log`, "a.log"],
      [`${name}!/d/b.log`, "b.log"],
      [`${name}!/d/b.log`, "b.log"],
      [`${name}!/long.log`, "long.log"],
    ]);
    const [a] = await listed(`${name}!/a.log`);
    expect(a).toMatchObject({ sizeBytes: 2, isOneTime: false });
    expect(a?.lastModifiedMs).toBeTypeOf("bigint");
  });

  test("are read, in any order, and unpacked", async () => {
    const objects = await listed(`${name}!/*`);
    const texts = ["a\n", "b\n", "c\n", "p\n", "another b\n", MEMBERS[5]!.text];
    const streams = new ByteStreams();
    for (const order of [
      [0, 1, 2, 3, 4, 5],
      [5, 0, 4, 4],
      [3, 2, 1, 0],
    ]) {
      for (const index of order) {
        const { opening } = objects[index]!;
        if (opening.kind !== "stream") throw new Error("members are streams");
        expect(await textOf(streams.open(opening, never))).toBe(texts[index]);
      }
    }
    const { opening } = objects[5]!;
    if (opening.kind !== "stream") throw new Error("members are streams");
    for await (const _chunk of streams.open(opening, never)) break;
    expect(await textOf(streams.open(opening, never))).toBe(texts[5]);
    await streams.close();
    const all = new ObjectStreams({ signal: never });
    expect(Buffer.from((await all.readSample(objects[1]!, 10)).bytes).toString()).toBe("b\n");
  });

  test("whose names lead elsewhere are only read from the archive", async () => {
    const [object] = await listed(`${name}!/../../etc/passwd`);
    expect(object?.uri).toBe(`${name}!/../../etc/passwd`);
    const streams = new ObjectStreams({ signal: never });
    expect(await textOf(streams.open(object!))).toBe("p\n");
  });

  test("that are not there are missing", async () => {
    await expect(listed(`${name}!/nothing`)).rejects.toMatchObject({ code: "source-missing" });
  });
});

describe("addresses with a member's mark", () => {
  test("name members of all archives that fit", async () => {
    expect((await listed("x.*!/a.log")).map(({ uri }) => uri)).toEqual([
      "x.tar!/a.log",
      "x.tgz!/a.log",
      "x.zip!/a.log",
    ]);
  });

  test("are paths where a directory has such a name", async () => {
    expect((await listed("odd!/y.log")).map(({ uri }) => uri)).toEqual(["odd!/y.log"]);
  });

  test("are wrong for files that are no archives", async () => {
    await expect(listed("plain.log!/a")).rejects.toThrow('"plain.log" is no archive');
    await expect(listed("none.zip!/a")).rejects.toMatchObject({ code: "source-missing" });
  });

  test("tell of damage behind the members that were found", async () => {
    const cut = gzipSync(tarOf(MEMBERS.slice(0, 3))).subarray(0, -20);
    writeFileSync(join(folder, "cut.tgz"), cut);
    const problems: Failure[] = [];
    const found: string[] = [];
    const [object] = await listed("cut.tgz");
    for await (const objects of listMembers(object!, "*", { onProblem: (problem) => problems.push(problem) }))
      found.push(...objects.map(({ uri }) => uri));
    expect(found).toContain("cut.tgz!/a.log");
    expect(problems.map(({ code }) => code)).toEqual(["compressed-data-broken"]);
  });
});

describe("an archive that cannot be read", () => {
  test("is told as damaged, not as something else", async () => {
    writeFileSync(join(folder, "head.tgz"), gzipSync(tarOf(MEMBERS)).subarray(0, 12));
    await expect(listed("head.tgz!/a.log")).rejects.toMatchObject({ code: "compressed-data-broken" });
  });

  test("since it is gone is told as missing, and passed over where there are others", async () => {
    const gone = join(folder, "gone.tgz");
    writeFileSync(gone, gzipSync(tarOf(MEMBERS)));
    const [object] = await listed("gone.tgz");
    rmSync(gone);
    await expect(listMembers(object!, "*").next()).rejects.toMatchObject({ code: "source-missing" });
    const problems: Failure[] = [];
    for await (const _ of listMembers(object!, "*", { onProblem: (problem) => problems.push(problem) }));
    expect(problems.map(({ code }) => code)).toEqual(["source-missing"]);
  });
});

describe("a pattern of members", () => {
  test.each([
    ["*.log", ["a.log", "d/b.log", "d\\c.log"], ["a.txt", "log"]],
    ["d/*.log", ["d/b.log", "./d/b.log".slice(2)], ["a.log", "x/d/b.log", "d/e/b.log"]],
    ["**/b.log", ["b.log", "x/b.log", "x/y/b.log"], ["x/y/z/b.log"]],
    ["/a.log", ["a.log", "x/a.log"], []],
    ["a*b?.log", ["a*b?.log", "axxb?.log"], ["ab.log"]],
    ["../x", ["../x"], ["x"]],
  ])("%s", (pattern, fitting, others) => {
    const fits = memberMatcher(pattern);
    for (const name of fitting) expect(fits(name), name).toBe(true);
    for (const name of others) expect(fits(name), name).toBe(false);
  });

  test("costs little for hostile names", () => {
    const fits = memberMatcher(`${"***/".repeat(30)}x*y*z`);
    const begun = process.cpuUsage();
    expect(fits("a/".repeat(30_000))).toBe(false);
    expect(process.cpuUsage(begun).user / 1e6).toBeLessThan(3);
  });
});
