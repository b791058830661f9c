import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { breakConnection } from "../outbound/fault-server.testing.ts";
import { CONTAINER_KINDS, type ContainerKind, type FakeContainer } from "./fake-containers.testing.ts";
import { bytesOf, failureOf, listed, namesIn, never } from "./try-store.testing.ts";

const containers: FakeContainer[] = [];
afterEach(async () => {
  await Promise.all(containers.splice(0).map(({ server }) => server.close()));
});

const cases = CONTAINER_KINDS.map((kind): [string, ContainerKind] => [kind.name, kind]);

describe.each(cases)("%s", (_name, kind) => {
  async function containerOf(objects: Readonly<Record<string, string | Buffer>>): Promise<FakeContainer> {
    const container = await kind.start(objects);
    containers.push(container);
    return container;
  }

  describe("a listing", () => {
    test("has the names of one directory, with what is told of them", async () => {
      const container = await containerOf({ "logs/a.log": "hello", "logs/2026/b.log": "x", "other.log": "" });
      const { store } = container.open();
      expect(await listed(store, "logs")).toEqual([
        { name: "2026", kind: "directory", sizeBytes: null, lastModifiedMs: null, version: null },
        {
          name: "a.log",
          kind: "file",
          sizeBytes: 5,
          lastModifiedMs: kind.lastModifiedMs,
          version: kind.versionOf(Buffer.from("hello")),
        },
      ]);
      expect(await namesIn(store, "")).toEqual(["logs/", "other.log"]);
      expect(await namesIn(store, "nothing")).toEqual([]);
    });

    test("asks for as many names at a time as there may be, and for those that begin as wanted", async () => {
      const objects: Record<string, string> = { "logs/b": "" };
      const count = 2 * kind.keysPerPage + 1;
      for (let at = 0; at < count; at++) objects[`logs/a${String(at).padStart(5, "0")}`] = "";
      const container = await containerOf(objects);
      const { store } = container.open();
      expect(new Set(await namesIn(store, "logs", "a")).size).toBe(count);
      expect(container.server.asked).toHaveLength(3);
      expect(await namesIn(store, "logs", "a0000")).toHaveLength(10);
      expect(container.server.asked).toHaveLength(4);
    });

    test("reads names with any characters, and tells of those that no path leads to", async () => {
      const odd = ["d/a b+c&<é>%41.log", "d/\u0001\n\t.log", "d/#?;=@:'()*!~.log", "d/𝄞.log"];
      const unreachable = ["d//x.log", "d/../x.log", "d/./y"];
      const all = [...odd, ...unreachable].map((name) => [name, name]);
      const container = await containerOf({ "d/": "", ...Object.fromEntries(all) });
      const { store, problems } = container.open();
      const names = (await namesIn(store, "d")).map((name) => `d/${name}`);
      expect(names.sort()).toEqual([...odd].sort());
      for (const name of odd) expect((await bytesOf(store, name)).toString()).toBe(name);
      expect(problems.map(({ message }) => message)).toEqual([
        `"${container.uri}/d/" holds 3 keys that no path leads to, such as "d/../".`,
      ]);
    });

    test("fails when an answer is no listing, or goes in circles", async () => {
      const container = await containerOf({});
      const { store } = container.open();
      let message = "";
      for (const page of kind.oddPages) {
        container.setFault((response) => {
          response.end(page);
          return true;
        });
        const failure = await failureOf(listed(store, ""));
        expect(failure.code).toBe("source-unreadable");
        message = failure.message;
      }
      expect(message).toBe(`The store lists "${container.uri}/" in circles.`);
    });
  });

  describe("what stands at a path", () => {
    test("is an object, a directory that names imply, or nothing", async () => {
      const { store } = (await containerOf({ "logs/a.log": "hello", "empty/": "" })).open();
      expect(await store.status("logs/a.log", never)).toEqual({
        kind: "file",
        sizeBytes: 5,
        lastModifiedMs: kind.lastModifiedMs,
        version: kind.versionOf(Buffer.from("hello")),
      });
      expect((await store.status("", never))?.kind).toBe("directory");
      expect((await store.status("logs", never))?.kind).toBe("directory");
      expect((await store.status("empty", never))?.kind).toBe("directory");
      expect(await store.status("logs/b.log", never)).toBeNull();
    });

    test("is nothing for who may not list", async () => {
      const container = await containerOf({});
      container.setFault((response, _count, isListing) => isListing && kind.refuse.forbidden(response));
      expect(await container.open().store.status("a", never)).toBeNull();
    });

    test("fails as listing does when it is neither there nor can be listed", async () => {
      const container = await containerOf({});
      container.setFault((response, _count, isListing) => isListing && response.end("odd") !== undefined);
      expect((await failureOf(container.open().store.status("a", never))).code).toBe("source-unreadable");
    });
  });

  describe("reading", () => {
    const body = Buffer.from(Array.from({ length: 50_000 }, (_, at) => at % 251));

    test("gives the bytes of a range, and of none where an object ends", async () => {
      const { store } = (await containerOf({ "d/a": body, empty: "" })).open();
      expect((await bytesOf(store, "d/a", { version: kind.versionOf(body) })).equals(body)).toBe(true);
      expect(await bytesOf(store, "d/a", { startByte: 10, endByte: 20 })).toEqual(body.subarray(10, 20));
      const last = { startByte: 49_990, endByte: 200_000 };
      expect(await bytesOf(store, "d/a", last)).toEqual(body.subarray(49_990));
      expect(await bytesOf(store, "d/a", { startByte: 50_000 })).toHaveLength(0);
      expect(await bytesOf(store, "empty")).toHaveLength(0);
    });

    function breakBehind(response: ServerResponse, count: number): true {
      response.writeHead(200, { ...kind.versionHeaders(body), "content-length": body.length });
      response.write(body.subarray(0, count), () => breakConnection(response));
      return true;
    }

    test("goes on where a connection broke, with the version that was begun", async () => {
      const container = await containerOf({ a: body });
      container.setFault((response, count) => count === 0 && breakBehind(response, 20_000));
      expect((await bytesOf(container.open().store, "a")).equals(body)).toBe(true);
      expect(container.askedVersions()).toEqual([null, kind.versionOf(body)]);
    });

    test("fails when another version stands there, before it and on the way", async () => {
      const container = await containerOf({ a: body });
      const { store } = container.open();
      expect((await failureOf(bytesOf(store, "a", { version: '"1"' }))).code).toBe("source-changed");
      container.setFault((response, count) => {
        if (count !== 1) return false;
        container.replace("a", Buffer.from("new"));
        return breakBehind(response, 10);
      });
      const failure = await failureOf(bytesOf(store, "a"));
      expect(failure.message).toBe(`"${container.uri}/a" changed between being listed and being read.`);
    });

    test("waits as long as a busy store says", async () => {
      const container = await containerOf({ a: "hello" });
      const { store, waits } = container.open();
      container.setFault((response, count) => {
        if (count > 1) return false;
        response.setHeader("retry-after", "4");
        return kind.refuse.busy(response);
      });
      expect((await bytesOf(store, "a")).toString()).toBe("hello");
      expect(waits).toEqual([4000, 4000]);
    });

    test("gives up when a connection breaks again and again", async () => {
      const container = await containerOf({ a: body });
      const { store, waits } = container.open();
      container.setFault((response) => {
        breakConnection(response);
        return true;
      });
      expect((await failureOf(bytesOf(store, "a"))).code).toBe("outbound-failed");
      expect(waits.length).toBeLessThan(40);
    });

    test("stops within a moment when the run does", async () => {
      const container = await containerOf({ a: "x" });
      const stop = new AbortController();
      container.setFault(() => {
        stop.abort();
        return true;
      });
      const read = bytesOf(container.open().store, "a", { signal: stop.signal });
      expect((await failureOf(read)).code).toBe("cancelled");
    });

    test("tells of an object that is gone since it was listed", async () => {
      const container = await containerOf({ "d/a": "x" });
      const { store } = container.open();
      const [entry] = await listed(store, "d");
      container.clear();
      expect(await failureOf(bytesOf(store, "d/a", { version: entry?.version ?? null }))).toMatchObject({
        code: "source-missing",
        message: `There is no object "${container.uri}/d/a".`,
      });
    });
  });

  test("a container that is not there is told", async () => {
    const { store } = (await containerOf({})).openAnother();
    for (const way of [() => bytesOf(store, "a"), () => store.status("a", never), () => listed(store, "a")]) {
      const failure = await failureOf(way());
      expect(failure.code).toBe("source-missing");
      expect(failure.message).toMatch(/^There is no (bucket|container) for "/);
    }
  });

  test("paths that no request can name are refused before", async () => {
    const container = await containerOf({});
    const { store } = container.open();
    for (const path of ["../a", "a/./b", "a\0", "\ud800"]) {
      expect((await failureOf(bytesOf(store, path))).code).toBe("source-missing");
      expect((await failureOf(store.status(path, never))).code).toBe("source-missing");
    }
    expect(container.server.asked).toEqual([]);
  });
});
