import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Failure } from "#text";
import { Mmdb, NO_RECORD } from "./mmdb.ts";
import { BrokenDatabase, decodeValue } from "./mmdb-values.ts";
import { bitsOf, MADE_BUILT_MS, makeDatabase } from "./mmdb-writer.testing.ts";

const ipv4 = (text: string) => text.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
const NETWORKS = [
  { bits: bitsOf("192.0.2.0/24"), record: { name: "outer" } },
  { bits: bitsOf("192.0.2.128/26"), record: { name: "inner" } },
  { bits: bitsOf("198.51.100.7/32"), record: { name: "one" } },
  { bits: `0010${"0".repeat(28)}`, record: { name: "six" } },
];

function nameOf(mmdb: Mmdb, address: number | bigint): unknown {
  const place = mmdb.find(address);
  if (place === NO_RECORD) return null;
  const record = mmdb.record(place);
  return record instanceof Map ? record.get("name") : record;
}

describe.each([24, 28, 32] as const)("a database with records of %i bits", (recordBits) => {
  const mmdb = Mmdb.open(makeDatabase({ recordBits, networks: NETWORKS }), "made.mmdb");

  test("gives the record of the smallest network around an address", () => {
    expect(nameOf(mmdb, ipv4("192.0.2.1"))).toBe("outer");
    expect(nameOf(mmdb, ipv4("192.0.2.129"))).toBe("inner");
    expect(nameOf(mmdb, ipv4("192.0.2.200"))).toBe("outer");
    expect(nameOf(mmdb, ipv4("198.51.100.7"))).toBe("one");
    expect(nameOf(mmdb, ipv4("198.51.100.8"))).toBe(null);
  });

  test("takes IPv4 addresses as numbers and as 128 bits, and IPv6", () => {
    expect(nameOf(mmdb, (0xffffn << 32n) | BigInt(ipv4("192.0.2.129")))).toBe("inner");
    expect(nameOf(mmdb, 0x2000n << 112n)).toBe("six");
    expect(nameOf(mmdb, 0x3000n << 112n)).toBe(null);
  });

  test("says when it was made", () => {
    expect(mmdb.metadata).toMatchObject({
      type: "Test-City",
      builtMs: MADE_BUILT_MS,
      recordBits,
      ipVersion: 6,
    });
  });
});

test("a database of IPv4 alone knows no IPv6", () => {
  const networks = [{ bits: bitsOf("192.0.2.0/24", 4), record: { name: "four" } }];
  const mmdb = Mmdb.open(makeDatabase({ ipVersion: 4, networks }), "made.mmdb");
  expect(nameOf(mmdb, ipv4("192.0.2.1"))).toBe("four");
  expect(nameOf(mmdb, 0x2000n << 112n)).toBe(null);
});

test("values of all kinds are read", () => {
  const bits = bitsOf("192.0.2.0/24");
  const record = { text: "é".repeat(40), list: [1, "a", true], real: -1.5, map: { no: false } };
  const mmdb = Mmdb.open(makeDatabase({ networks: [{ bits, record }] }), "made.mmdb");
  const expected = new Map<string, unknown>([
    ["text", "é".repeat(40)],
    ["list", [1, "a", true]],
    ["real", -1.5],
    ["map", new Map([["no", false]])],
  ]);
  expect(mmdb.record(mmdb.find(ipv4("192.0.2.1")))).toEqual(expected);
});

describe("hostile databases", () => {
  const whole = makeDatabase({ networks: NETWORKS });

  /** Opens and asks; whatever the bytes are, nothing but the two ways of failing comes out. */
  function ask(bytes: Uint8Array): void {
    try {
      const mmdb = Mmdb.open(bytes, "hostile.mmdb");
      for (const address of [0, ipv4("192.0.2.1"), ipv4("192.0.2.129"), 2 ** 32 - 1, 0x2000n << 112n])
        nameOf(mmdb, address);
    } catch (error) {
      const isExpected =
        error instanceof BrokenDatabase || (error instanceof Failure && error.code === "database-broken");
      if (!isExpected) throw error;
    }
  }

  test("that are cut anywhere are refused", () => {
    for (let length = 0; length < whole.length - 1; length++) ask(whole.subarray(0, length));
    expect(() => Mmdb.open(whole.subarray(0, 100), "cut.mmdb")).toThrow(
      '"cut.mmdb" is no usable MMDB database: it has no metadata at its end.',
    );
  });

  test("with changed bytes never do anything else than fail or answer", () => {
    const change = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }));
    const law = fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const bytes = whole.slice();
      for (const [place, byte] of changes) bytes[place] = byte;
      ask(bytes);
    });
    fc.assert(law, { seed: 1, numRuns: 3000 });
  });

  test.each([
    ["a pointer at itself", [0x20, 0x00]],
    ["a list of itself", [0x01, 0x04, 0x20, 0x00]],
    ["lists of lists without end", new Array<number[]>(100).fill([0x01, 0x04]).flat()],
    ["a text behind the end", [0x5f, 0xff, 0xff, 0xff]],
    ["a map of 16 million", [0xff, 0xff, 0xff, 0xff, 0x41, 0x61, 0x40]],
    ["a number of 20 bytes", [0x14, 0x03, ...new Array<number>(20).fill(1)]],
  ])("with %s are refused", (_, bytes) => {
    expect(() => decodeValue(Uint8Array.from(bytes), 0)).toThrow(BrokenDatabase);
  });

  test("whose pointers multiply values are refused after some thousand", () => {
    // Each list holds the one before it twice: 2^30 values in 200 bytes.
    const bytes: number[] = [0x41, 0x61];
    let last = 0;
    for (let level = 0; level < 30; level++) {
      const here = bytes.length;
      bytes.push(0x02, 0x04, 0x20, last, 0x20, last);
      last = here;
    }
    expect(() => decodeValue(Uint8Array.from(bytes), last)).toThrow("a record is too large");
  });
});
