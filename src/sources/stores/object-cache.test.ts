import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { type CachedObject, ObjectCache } from "./object-cache.ts";

const base = mkdtempSync(join(tmpdir(), "trawl-cache-"));
let folder = base;
let number = 0;

beforeEach(() => {
  folder = join(base, String(number++));
});
afterAll(() => rmSync(base, { recursive: true }));

const object = (more: Partial<CachedObject> = {}): CachedObject => ({
  place: ["s3s", "bucket", "a.log"],
  version: '"1"',
  sizeBytes: 6,
  ...more,
});

/** Asks for an object whose store gives these pieces; tells the text and how often the store was asked. */
async function ask(cache: ObjectCache, wanted: CachedObject, pieces: readonly string[]) {
  let asked = 0;
  const parts: string[] = [];
  const chunks = cache.through(wanted, async function* () {
    asked++;
    for (const piece of pieces) yield Buffer.from(piece);
  });
  for await (const chunk of chunks) parts.push(Buffer.from(chunk).toString());
  return { text: parts.join(""), asked };
}

describe("objects that are kept", () => {
  test("are not asked for again, until their version changes", async () => {
    const cache = new ObjectCache(folder, 100);
    expect(await ask(cache, object(), ["abc", "def"])).toEqual({ text: "abcdef", asked: 1 });
    expect(await ask(cache, object(), ["other!"])).toEqual({ text: "abcdef", asked: 0 });
    expect(await ask(new ObjectCache(folder, 100), object(), [])).toEqual({ text: "abcdef", asked: 0 });
    expect(await ask(cache, object({ version: '"2"' }), ["newer!"])).toEqual({ text: "newer!", asked: 1 });
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  test("are told apart by their places, and by a size that is not theirs", async () => {
    const cache = new ObjectCache(folder, 100);
    await ask(cache, object(), ["abcdef"]);
    expect((await ask(cache, object({ place: ["s3s", "bucket", "b.log"] }), ["second"])).text).toBe("second");
    expect((await ask(cache, object({ sizeBytes: 7 }), ["longer!"])).text).toBe("longer!");
  });

  test("are not kept without a version, beyond the limit, or when they do not come to their end", async () => {
    const cache = new ObjectCache(folder, 5);
    await ask(cache, object({ version: null }), ["abcdef"]);
    await ask(cache, object(), ["abcdef"]);
    expect((await ask(cache, object({ sizeBytes: null }), ["abc", "def"])).text).toBe("abcdef");
    const broken = new ObjectCache(folder, 100).through(object(), async function* () {
      yield Buffer.from("abc");
      throw new Error("the connection broke");
    });
    await expect(broken.next()).resolves.toMatchObject({ done: false });
    await expect(broken.next()).rejects.toThrow("broke");
    const left = new ObjectCache(folder, 100).through(object(), async function* () {
      yield Buffer.from("abc");
      yield Buffer.from("def");
    });
    await left.next();
    await left.return();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("make room for others: what was not read for longest goes, and what ended processes left", async () => {
    const cache = new ObjectCache(folder, 13);
    const at = (name: string) => object({ place: [name] });
    await ask(cache, at("a"), ["aaaaaa"]);
    const [first = ""] = readdirSync(folder);
    await ask(cache, at("b"), ["bbbbbb"]);
    for (const name of readdirSync(folder))
      utimesSync(join(folder, name), name === first ? 2 : 1, name === first ? 2 : 1);
    writeFileSync(join(folder, "x.part"), "left");
    utimesSync(join(folder, "x.part"), 1, 1);
    await ask(cache, at("c"), ["cccccc"]);
    expect((await ask(cache, at("a"), ["?"])).asked).toBe(0);
    expect((await ask(cache, at("b"), ["bbbbbb"])).asked).toBe(1);
    expect(readdirSync(folder)).not.toContain("x.part");
  });

  test("come all the same when nothing can be kept", async () => {
    writeFileSync(folder, "a file where the folder should be");
    expect((await ask(new ObjectCache(join(folder, "in"), 100), object(), ["abc", "def"])).text).toBe(
      "abcdef",
    );
  });

  test("are the same for many who ask at once", async () => {
    const caches = Array.from({ length: 8 }, () => new ObjectCache(folder, 100));
    const answers = await Promise.all(caches.map((cache) => ask(cache, object(), ["abc", "def"])));
    expect(answers.map(({ text }) => text)).toEqual(caches.map(() => "abcdef"));
    expect(readdirSync(folder)).toHaveLength(1);
  });
});
