import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listMembers } from "./archive-listing.ts";
import { FileFollower } from "./follow/file-follower.ts";
import type { ListedObject } from "./listed-object.ts";
import { listObjects } from "./listing.ts";
import { ObjectStreams } from "./object-streams.ts";
import { checkOpened, openFileSync } from "./open-within.ts";
import { zipOf } from "./packed/archives.testing.ts";
import { readSpreadSample } from "./spread-sample.ts";
import { OpenStores } from "./stores/open-stores.ts";
import { failureOf, never, patientWorld } from "./stores/try-store.testing.ts";

let folder = "";
const at = (path: string) => join(folder, path);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trawl-within-"));
  mkdirSync(at("store/day"), { recursive: true });
  mkdirSync(at("outside"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A file in the store, and one of the same name and kind outside. */
function bothFiles(name: string, bytesOf: (text: string) => string | Uint8Array): void {
  writeFileSync(at(`store/day/${name}`), bytesOf("inside\n".repeat(100)));
  writeFileSync(at(`outside/${name}`), bytesOf("secret\n".repeat(100)));
}

/** Puts a link that leads out of the store in the place of a file, or of its directory. */
const SWAPS: Readonly<Record<string, (name: string) => void>> = {
  "the file": (name) => {
    rmSync(at(`store/day/${name}`));
    symlinkSync(at(`outside/${name}`), at(`store/day/${name}`));
  },
  "its directory": () => {
    renameSync(at("store/day"), at("store/old"));
    symlinkSync(at("outside"), at("store/day"));
  },
};

function openStores(): OpenStores {
  return new OpenStores({
    definitions: async () => [
      { name: "here", protocol: "file", root: at("store"), options: new Map(), file: null },
    ],
    fileAccess: "managed",
    cacheFolder: null,
    reachesOut: false,
    policy: { allow: [], deny: [] },
    environment: {},
    world: patientWorld(),
    signal: never,
    onProblem: () => {},
  });
}

async function objectAt(uri: string): Promise<ListedObject> {
  for await (const [object] of listObjects([uri], { stores: openStores(), signal: never }))
    if (object !== undefined) return object;
  throw new Error("nothing is listed");
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString();
}

/** The ways in which a listed object is opened. */
const WAYS: Readonly<Record<string, (object: ListedObject) => Promise<string>>> = {
  reading: (object) => textOf(new ObjectStreams({ signal: never }).open(object)),
  "a sample": async (object) => {
    const { bytes } = await new ObjectStreams({ signal: never }).readSample(object, 10_000);
    return Buffer.from(bytes).toString();
  },
  "a spread sample": async (object) => {
    const size = { maxBytes: 100, maxLines: 10 };
    const { bytes } = await readSpreadSample(object, size, new ObjectStreams({ signal: never }), never);
    return Buffer.from(bytes).toString();
  },
};

describe.each(Object.entries(SWAPS))(
  "when a link takes the place of %s behind the listing",
  (_what, swap) => {
    describe.each(Object.entries(WAYS))("%s", (_way, open) => {
      test.each([
        ["a.log", (text: string) => text],
        ["a.log.gz", (text: string) => gzipSync(text)],
      ])("does not leave the store: %s", async (name, bytesOf) => {
        bothFiles(name, bytesOf);
        const object = await objectAt(`file://here/day/${name}`);
        expect(await open(object)).toMatch(/^(inside\n)+$/);
        swap(name);
        expect(await failureOf(open(object))).toMatchObject({ code: "access-denied" });
      });
    });

    test("members of archives are neither listed nor read", async () => {
      bothFiles("a.zip", (text) => zipOf([{ name: "a.log", text }]));
      const archive = await objectAt("file://here/day/a.zip");
      const member = await objectAt("file://here/day/a.zip!/a.log");
      swap("a.zip");
      expect(await failureOf(listMembers(archive, "*").next())).toMatchObject({ code: "access-denied" });
      const read = textOf(new ObjectStreams({ signal: never }).open(member));
      expect(await failureOf(read)).toMatchObject({ code: "access-denied" });
    });

    test("it is not followed", async () => {
      bothFiles("a.log", (text) => text);
      const object = await objectAt("file://here/day/a.log");
      const follower = new FileFollower({
        lists: [
          async function* () {
            yield [object];
          },
        ],
      });
      swap("a.log");
      expect(await failureOf(follower.look(0))).toMatchObject({ code: "access-denied" });
      await follower.close();
    });
  },
);

test("links within the store are followed", async () => {
  bothFiles("a.log", (text) => text);
  symlinkSync(at("store/day/a.log"), at("store/link.log"));
  expect(await WAYS["reading"]?.(await objectAt("file://here/link.log"))).toMatch(/^(inside\n)+$/);
});

describe("where the system does not say what is open", () => {
  const silent = () => null;

  test("a file that its name still leads to is taken, and one that is elsewhere by now is not", () => {
    bothFiles("a.log", (text) => text);
    const place = { path: at("store/day/a.log"), root: at("store") };
    const inside = openSync(place.path, "r");
    checkOpened(inside, place, silent);
    SWAPS["the file"]?.("a.log");
    const outside = openSync(place.path, "r");
    for (const descriptor of [inside, outside]) {
      expect(() => checkOpened(descriptor, place, silent)).toThrow("leads out of");
      closeSync(descriptor);
    }
  });

  test("a link that is swapped for opening and put back is seen", () => {
    bothFiles("a.log", (text) => text);
    const place = { path: at("store/day/a.log"), root: at("store") };
    const outside = openSync(at("outside/a.log"), "r");
    expect(() => checkOpened(outside, place, silent)).toThrow("leads out of");
    closeSync(outside);
  });
});

test("a directory whose name begins like the store's is not in it", () => {
  mkdirSync(at("store-2"));
  writeFileSync(at("store-2/a.log"), "secret");
  expect(() => openFileSync({ path: at("store-2/a.log"), root: at("store") })).toThrow("leads out of");
  mkdirSync(at("store/..x"));
  writeFileSync(at("store/..x/a.log"), "inside");
  closeSync(openFileSync({ path: at("store/..x/a.log"), root: at("store") }));
});
