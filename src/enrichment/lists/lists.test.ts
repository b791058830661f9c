import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readAddressWords } from "../tables/address-words.ts";
import { type ListDefinition, readListDefinition } from "./definition.ts";
import { openLists } from "./lists.ts";
import { countIn, readList } from "./read-list.ts";
import { SHIPPED_LISTS } from "./shipped-lists.ts";
import { type HttpGet, type ListUpdate, updateList } from "./update-list.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "trawl-lists-"));
});
afterAll(() => rm(folder, { recursive: true }));

function address(text: string): bigint {
  const words = new Uint32Array(4);
  expect(readAddressWords(text, words)).toBe(true);
  return words.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n);
}

const definitionOf = (members: Readonly<Record<string, unknown>>): ListDefinition =>
  readListDefinition({ name: "made", source: "made.txt", ...members }, "made.yaml");

describe("formats", () => {
  test.each([
    [
      "plain",
      "# head\n192.0.2.0/24 ; note\r\n\n198.51.100.1-198.51.100.9\n2001:db8::/32\nx\n300.1.1.1",
      3,
      2,
    ],
    ["ipsum", "# head\n192.0.2.1\t9\n198.51.100.5\t3\n192.0.2.1\n", 2, 1],
    [
      "drop-json",
      '{"cidr":"192.0.2.0/24","sblid":"S"}\n{"type":"metadata","copyright":"x"}\n{"cidr":1}\n{',
      1,
      2,
    ],
    ["csv", 'ip,port\n"192.0.2.1",80\n198.51.100.5,443\n,1\n', 2, 1],
    ["hosts", "127.0.0.1 localhost\n0.0.0.0 bad.example.com\nWorse.example.com # x\na b c\n-\n", 2 + 3, 1],
  ])("%s: entries and lines that were not understood", (format, text, entries, wrongLines) => {
    const table = readList(Buffer.from(text), definitionOf({ format }));
    expect({ entries: table.entries, wrongLines: table.wrongLines }).toEqual({ entries, wrongLines });
  });

  test("counts are the list's, the greatest of equal networks", () => {
    const table = readList(
      Buffer.from("192.0.2.1 9\n192.0.2.1 4\n192.0.2.0/24 2\n"),
      definitionOf({ format: "ipsum" }),
    );
    expect(["192.0.2.1", "192.0.2.2", "192.0.3.1"].map((text) => countIn(table, address(text)))).toEqual([
      9,
      2,
      null,
    ]);
  });

  test("a column and a separator of a CSV", () => {
    const definition = definitionOf({ format: "csv", column: 3, separator: ";" });
    const table = readList(Buffer.from("a;b;address\n1;2;192.0.2.7\n"), definition);
    expect(table).toMatchObject({ entries: 1, wrongLines: 0 });
  });

  test("the first wrong line is told with its number, and cut", () => {
    const table = readList(Buffer.from(`192.0.2.1\n${"y".repeat(9000)}\n`), definitionOf({}));
    expect(table.firstWrong).toEqual({ line: 2, text: "y".repeat(60) });
  });

  test("lines across pieces are whole", () => {
    const lines = Array.from(
      { length: 200_000 },
      (_, index) => `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`,
    );
    const table = readList(Buffer.from(lines.join("\n")), definitionOf({}));
    expect(table).toMatchObject({ entries: 200_000, wrongLines: 0 });
  });
});

describe("definitions", () => {
  test.each([
    [{ name: "A b" }, 'the name "A b" must be of a-z, 0-9, - and _, at most 64'],
    [{ name: "../x" }, 'the name "../x" must be'],
    [{ sorce: "x" }, 'a list has no member "sorce"'],
    [{ format: "xml" }, '"format" must be one of plain, ipsum, drop-json, csv, hosts'],
    [{ kind: "evil" }, '"kind" must be one of malicious, benign-scanner'],
    [{ refresh: "soon" }, '"refresh" must be a duration such as'],
    [{ column: 0 }, '"column" must be a whole number'],
    [{ source: 5 }, '"source" must be a text'],
  ])("%j is refused", (members, message) => {
    expect(() => definitionOf(members)).toThrow(message);
  });

  test("those that come with Trawl are definitions", () => {
    for (const { refreshMs, licence, ...members } of SHIPPED_LISTS) {
      const refresh = `${refreshMs / 3_600_000}h`;
      const content = { ...members, refresh, ...(licence === null ? {} : { licence }) };
      expect(readListDefinition(content, "shipped")).toEqual({ ...members, refreshMs, licence });
    }
  });
});

describe("updates and snapshots", () => {
  const DAY_MS = 86_400_000;
  const FIRST_MS = Date.UTC(2026, 9, 1, 12);
  const definition = definitionOf({
    name: "web",
    source: "https://lists.example.com/web.txt",
    refresh: "12h",
  });
  const asked: Readonly<Record<string, string>>[] = [];
  let text = "192.0.2.1\n";
  const server: HttpGet = (_, { headers }) => {
    asked.push(headers);
    const etag = `"${text.length}"`;
    if (headers["if-none-match"] === etag)
      return Promise.resolve({ status: 304, headers: new Map(), body: new Uint8Array() });
    return Promise.resolve({ status: 200, headers: new Map([["etag", etag]]), body: Buffer.from(text) });
  };
  const update = (nowMs: number, isForced = false, get: HttpGet = server): Promise<ListUpdate> => {
    const { signal } = new AbortController();
    return updateList(definition, { folder, get, resolvePath: (path) => path, nowMs, signal }, isForced);
  };

  test("a source is asked whether it has changed, not more often than its interval", async () => {
    expect(await update(FIRST_MS)).toMatchObject({ kind: "fetched", sizeBytes: 10 });
    expect(await update(FIRST_MS + 1000)).toEqual({ kind: "fresh", checkedMs: FIRST_MS });
    expect(await update(FIRST_MS + 1000, true)).toEqual({ kind: "unchanged" });
    expect(asked).toEqual([{}, { "if-none-match": '"10"' }]);
    text = "192.0.2.1\n198.51.100.9\n";
    expect(await update(FIRST_MS + DAY_MS)).toMatchObject({ kind: "fetched" });
    expect((await readdir(join(folder, "web"))).sort()).toEqual([
      "20261001T120000000Z.list",
      "20261002T120000000Z.list",
      "state.json",
    ]);
  });

  test("was it listed then: the snapshot of that time answers, and nobody knows before the first", () => {
    const lists = openLists({ folder, definitions: [definition] });
    const late = address("198.51.100.9");
    expect(lists.find("web", late)).toEqual({
      list: "web",
      kind: "malicious",
      count: 1,
      atMs: FIRST_MS + DAY_MS,
    });
    expect(lists.find("web", late, FIRST_MS + DAY_MS)).not.toBe(null);
    expect(lists.find("web", late, FIRST_MS + DAY_MS - 1)).toBe(null);
    expect(lists.find("web", late, FIRST_MS - 1)).toBe(undefined);
    expect(lists.findAll(address("192.0.2.1")).map(({ list }) => list)).toEqual(["web"]);
    expect(lists.used()).toEqual([
      { name: "web", snapshots: [FIRST_MS, FIRST_MS + DAY_MS], entries: 2, wrongLines: 0 },
    ]);
  });

  test("an error page, an empty answer or a failing server leave the list as it is", async () => {
    const answer =
      (status: number, body: string): HttpGet =>
      () =>
        Promise.resolve({ status, headers: new Map(), body: Buffer.from(body) });
    const later = FIRST_MS + 3 * DAY_MS;
    await expect(update(later, true, answer(200, "<html>\n<p>down\n"))).rejects.toThrow(
      'is no list of the format "plain": it holds no entry; line 1 is "<html>"',
    );
    await expect(update(later, true, answer(503, ""))).rejects.toThrow("the server answers 503");
    await expect(update(later, true, () => Promise.reject(new Error("reset")))).rejects.toThrow("reset");
    expect((await readdir(join(folder, "web"))).length).toBe(3);
  });

  test("a damaged state is as none: the list is fetched again", async () => {
    await writeFile(join(folder, "web/state.json"), '{"source":');
    expect(await update(FIRST_MS + 4 * DAY_MS)).toEqual({ kind: "unchanged" });
    expect(asked.at(-1)).toEqual({});
  });

  test("lists that nobody defined or fetched are told", () => {
    const other = definitionOf({ name: "other" });
    const lists = openLists({ folder, definitions: [definition, other] });
    expect(() => lists.find("wep", 1n)).toThrow('There is no list "wep".');
    expect(() => lists.find("other", 1n)).toThrow('The list "other" was never fetched.');
    expect(lists.fetched()).toEqual(["web"]);
  });
});
