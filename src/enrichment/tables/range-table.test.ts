import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareWords, cutAt, readAddressWords, readRange, setWords } from "./address-words.ts";
import { RangeBuilder } from "./range-builder.ts";
import { NOT_FOUND } from "./range-table.ts";

const words = () => new Uint32Array(4);

describe("addresses and networks as text", () => {
  test.each([
    ["192.0.2.1", "0 0 ffff c0000201"],
    ["2001:db8::1", "20010db8 0 0 1"],
    ["::", "0 0 0 0"],
    ["1:2:3:4:5:6:7:8", "10002 30004 50006 70008"],
    ["::ffff:192.0.2.1", "0 0 ffff c0000201"],
  ])("%s", (text, expected) => {
    const given = words();
    expect(readAddressWords(text, given)).toBe(true);
    expect([...given].map((word) => word.toString(16)).join(" ")).toBe(expected);
  });

  test.each([
    "",
    "1.2.3",
    "1.2.3.256",
    "1.2.3.4.5",
    "1..2.3",
    "a",
    "1:2",
    "fe80::1%eth0",
    "1.2.3.-4",
    "1.2.3.4 ",
  ])('"%s" is none', (text) => expect(readAddressWords(text, words())).toBe(false));

  test.each(["192.0.2.0/33", "192.0.2.0/", "192.0.2.0/a", "2001:db8::/129", "192.0.2.9-192.0.2.1", "a-b"])(
    '"%s" is no network and no range',
    (text) => expect(readRange(text, words(), words())).toBe(false),
  );
});

interface Net {
  readonly address: bigint;
  readonly prefixLength: number;
}

function tableOf(nets: readonly Net[]): {
  find: (address: bigint) => number;
  expected: (address: bigint) => number;
} {
  const builder = new RangeBuilder();
  const ranges = nets.map(({ address, prefixLength }, value) => {
    const [start, end] = [words(), words()];
    setWords(start, address);
    setWords(end, address);
    cutAt(prefixLength, start, end);
    builder.add(start, end, value);
    return { start, end, prefixLength, value };
  });
  const table = builder.build();
  const expected = (address: bigint) => {
    const asked = words();
    setWords(asked, address);
    const around = ranges.filter(
      ({ start, end }) => compareWords(start, 0, asked, 0) <= 0 && compareWords(asked, 0, end, 0) <= 0,
    );
    around.sort((left, right) => right.prefixLength - left.prefixLength || right.value - left.value);
    return around[0]?.value ?? NOT_FOUND;
  };
  return { find: (address) => table.find(address), expected };
}

test("the longest prefix counts, of equal ones the greatest number: as a search through all networks says", () => {
  // Few different bits, so that networks lie in one another and addresses hit them.
  const ipv4 = fc.tuple(fc.nat(255), fc.integer({ min: 0, max: 32 })).map(([byte, length]) => ({
    address: 0xffff_c000_0200n | BigInt(byte),
    prefixLength: 96 + length,
  }));
  const ipv6 = fc.tuple(fc.nat(255), fc.integer({ min: 0, max: 128 })).map(([byte, length]) => ({
    address: (0x2001_0db8n << 96n) | BigInt(byte),
    prefixLength: length,
  }));
  const law = fc.property(fc.array(fc.oneof(ipv4, ipv6), { maxLength: 30 }), (nets) => {
    const { find, expected } = tableOf(nets);
    for (let byte = 0; byte < 256; byte += 5) {
      for (const address of [0xffff_c000_0200n | BigInt(byte), (0x2001_0db8n << 96n) | BigInt(byte)])
        expect(find(address)).toBe(expected(address));
    }
    for (const address of [0n, 0xffff_0000_0000n, 0xffff_ffff_ffffn, (1n << 128n) - 1n])
      expect(find(address)).toBe(expected(address));
  });
  fc.assert(law, { seed: 2, numRuns: 300 });
});

test("a number is an IPv4 address", () => {
  const builder = new RangeBuilder();
  const [start, end] = [words(), words()];
  expect(readRange("192.0.2.0/25", start, end)).toBe(true);
  builder.add(start, end, 5);
  const table = builder.build();
  expect([0xc0000200, 0xc000027f, 0xc0000280, 0xc00001ff, 0].map((address) => table.find(address))).toEqual([
    5,
    5,
    NOT_FOUND,
    NOT_FOUND,
    NOT_FOUND,
  ]);
});

test("an empty table finds nothing", () => {
  expect(new RangeBuilder().build().find(1n)).toBe(NOT_FOUND);
});
