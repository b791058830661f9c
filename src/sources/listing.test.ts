import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { Failure } from "#text";
import type { ListedObject } from "./listed-object.ts";
import { type ListOptions, listObjects } from "./listing.ts";
import { memoryFileSystem } from "./memory-file-system.testing.ts";

const CASES = readFileSync(fileURLToPath(new URL("./listing.cases.md", import.meta.url)), "utf8");

function blocksOf(section: string): Map<string, string[]> {
  const blocks = section.matchAll(/^```(\w+)\n(.*?)^```$/gms);
  return new Map([...blocks].map(([, name = "", body = ""]) => [name, body.split("\n").slice(0, -1)]));
}

function describeObject({ uri, pathTimeMs, opening, isOneTime }: ListedObject): string {
  const time = pathTimeMs === null ? "" : ` ${new Date(Number(pathTimeMs)).toISOString()}`;
  const how = opening.kind === "stream" ? ` (${isOneTime ? "once, " : ""}stream ${opening.uri})` : "";
  return uri + time + how;
}

function describeFailure(error: unknown): string[] {
  if (!(error instanceof Failure)) throw error;
  return [error.code, error.message, ...(error.help === null ? [] : [error.help])];
}

function optionsOf(lines: readonly string[], told: string[]): { uris: string[]; options: ListOptions } {
  const uris: string[] = [];
  let options: ListOptions = {};
  for (const line of lines) {
    const [word, from = "", to = ""] = line.split(" ");
    if (word === "zone") options = { ...options, timeZone: from };
    else if (word === "blind") options = { ...options, looksInside: false };
    else if (word === "range") {
      const pathTimeRange = { startMs: BigInt(Date.parse(from)), endMs: BigInt(Date.parse(to)) };
      options = { ...options, pathTimeRange };
    } else if (word === "tolerant") {
      options = { ...options, onProblem: (problem) => told.push(`told: ${problem.message}`) };
    } else uris.push(line);
  }
  return { uris, options };
}

describe("listing", () => {
  for (const section of CASES.split(/^## /m).slice(1)) {
    const title = section.slice(0, section.indexOf("\n"));
    test(title, async () => {
      const blocks = blocksOf(section);
      const fileSystem = memoryFileSystem(blocks.get("tree") ?? []);
      const told: string[] = [];
      const { uris, options } = optionsOf(blocks.get("list") ?? [], told);
      const output: string[] = [];
      let error: string[] | undefined;
      try {
        const listing = listObjects(uris, { workingDirectory: "/data", fileSystem, ...options });
        for await (const objects of listing) output.push(...objects.map(describeObject));
      } catch (thrown) {
        error = describeFailure(thrown);
      }
      const reads = [...fileSystem.readDirectories];
      expect(error).toEqual(blocks.get("error"));
      if (error === undefined) expect([...output, ...told]).toEqual(blocks.get("output"));
      if (blocks.has("reads")) expect(reads).toEqual(blocks.get("reads"));
    });
  }
});

describe("a listing", () => {
  test("gives large directories in arrays and looks at a bounded number of files at once", async () => {
    const names = Array.from({ length: 1000 }, (_, index) => `/data/${String(index).padStart(4, "0")}.log`);
    const fileSystem = memoryFileSystem(names);
    let underWay = 0;
    let most = 0;
    const counted = {
      ...fileSystem,
      status: async (path: string) => {
        most = Math.max(most, ++underWay);
        const status = await fileSystem.status(path);
        underWay--;
        return status;
      },
    };
    const found: string[] = [];
    for await (const objects of listObjects(["/data/*"], { fileSystem: counted })) {
      expect(objects.length).toBeLessThanOrEqual(64);
      found.push(...objects.map((object) => object.uri));
    }
    expect(found).toEqual(names);
    expect(most).toBeLessThanOrEqual(64);
  });

  test("stops when its signal is aborted", async () => {
    const signal = AbortSignal.abort();
    const listing = listObjects(["/data/*"], { fileSystem: memoryFileSystem(["/data/a"]), signal });
    await expect(listing.next()).rejects.toMatchObject({ code: "cancelled" });
  });

  test("matches hostile patterns in little time", async () => {
    const name = "a".repeat(250);
    const fileSystem = memoryFileSystem([`/data/${name}`]);
    const pattern = `/data/${"*a".repeat(200)}*b`;
    const begun = performance.now();
    await expect(listObjects([pattern], { fileSystem }).next()).rejects.toMatchObject({
      code: "source-missing",
    });
    const deep = `/data/${`${"*".repeat(50)}/`.repeat(50)}x`;
    await expect(listObjects([deep], { fileSystem }).next()).rejects.toMatchObject({
      code: "source-missing",
    });
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});
