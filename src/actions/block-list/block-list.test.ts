import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printNetwork, readAddress, readNetwork } from "#language";
import { findingOf, reportOf } from "../report.testing.ts";
import { ownNetworks, parseAllowList, reasonToAllow } from "./allow-list.ts";
import { BLOCK_LIST_FORMATS } from "./block-list-formats.ts";
import { decideBlocks } from "./decide-blocks.ts";
import { holdsAddress, joinNetworks } from "./networks.ts";
import { verifyCrawler } from "./verify-crawler.ts";

const REPORT = reportOf([
  findingOf("203.0.113.6", "high", "Injection"),
  findingOf("203.0.113.7", "critical", "Web shell"),
  findingOf("203.0.113.8", "low", "Robots"),
  findingOf("10.1.2.3", "high", "Injection"),
  findingOf("198.51.100.9", "high", "Scan"),
  findingOf("2001:db8::1", "high", "Scan"),
  findingOf("proxy.example.com", "high", "Scan"),
  findingOf(null, "critical", "No client"),
]);
const OPTIONS = { leastSeverity: "high", onlyIncidents: false, allowed: ownNetworks() } as const;
const PRINTED = { nowMs: Date.UTC(2026, 9, 2), lifetimeSeconds: 600, setName: "trawl" };

describe("who is blocked", () => {
  test("clients with findings that are severe enough; private and allowed networks win over everything", async () => {
    const allowed = [...ownNetworks(), ...parseAllowList("198.51.100.0/24 # our office\n", "allow.txt")];
    const { blocked, spared, unnamed } = await decideBlocks(REPORT, { ...OPTIONS, allowed });
    expect(blocked.map(({ client }) => client)).toEqual(["203.0.113.6", "203.0.113.7", "2001:db8::1"]);
    expect(spared.map(({ candidate, reason }) => `${candidate.client}: ${reason}`)).toEqual([
      "10.1.2.3: private (RFC 1918)",
      "198.51.100.9: our office, allowed as 198.51.100.0/24",
    ]);
    expect(unnamed).toEqual(["proxy.example.com"]);
  });

  test("only clients of incidents, when that is asked for", async () => {
    const { blocked } = await decideBlocks(REPORT, {
      ...OPTIONS,
      onlyIncidents: true,
      leastSeverity: "critical",
    });
    expect(blocked.map(({ client }) => client)).toEqual(["198.51.100.9", "203.0.113.6", "2001:db8::1"]);
  });

  test("whom a reason spares, such as a verified crawler, is not blocked", async () => {
    const names: Readonly<Record<string, readonly string[]>> = {
      "203.0.113.6": ["crawl-6.googlebot.com"],
      "203.0.113.7": ["fake.googlebot.com.example.com", "crawl-7.googlebot.com"],
    };
    const lookups = {
      reverse: (address: string) => Promise.resolve(names[address] ?? []),
      addresses: (name: string) => Promise.resolve(name === "crawl-6.googlebot.com" ? ["203.0.113.6"] : []),
    };
    const decision = await decideBlocks(REPORT, {
      ...OPTIONS,
      reasonToSpare: ({ client }) => verifyCrawler(client, lookups),
    });
    expect(decision.spared.map(({ reason }) => reason)).toContain(
      "verified crawler Googlebot (crawl-6.googlebot.com)",
    );
    expect(decision.blocked.map(({ client }) => client)).toContain("203.0.113.7");
  });

  test("when DNS does not answer nobody is verified", async () => {
    const silent = {
      reverse: () => Promise.reject(new Error("timeout")),
      addresses: () => Promise.resolve([]),
    };
    expect(await verifyCrawler("203.0.113.6", silent)).toBeNull();
  });
});

describe("allow-lists", () => {
  test("a line that is no address is refused with its place: it could be the one that matters", () => {
    expect(() => parseAllowList("192.0.2.1\n192.0.2.300\n", "allow.txt")).toThrow(
      'Line 2 of "allow.txt" is neither an address nor a network.',
    );
  });

  test.each([
    ["127.0.0.1", true],
    ["169.254.169.254", true],
    ["fe80::1", true],
    ["203.0.113.1", false],
    ["2001:db8::1", false],
  ])("%s is of this machine or its neighbours: %s", (address, isAllowed) => {
    expect(reasonToAllow(readAddress(address) ?? 0n, ownNetworks()) !== null).toBe(isAllowed);
  });
});

describe("formats", () => {
  test.each(BLOCK_LIST_FORMATS.map(({ name }) => [name]))("%s", async (name) => {
    const { blocked } = await decideBlocks(REPORT, OPTIONS);
    const format = BLOCK_LIST_FORMATS.find((one) => one.name === name);
    expect(format?.print(blocked, PRINTED)).toMatchSnapshot();
  });

  test.each(BLOCK_LIST_FORMATS.map(({ name }) => [name]))("%s of nobody", (name) => {
    const format = BLOCK_LIST_FORMATS.find((one) => one.name === name);
    expect(format?.print([], PRINTED)).toMatchSnapshot();
  });
});

test("joined networks hold the addresses they were made of, and no others", () => {
  const law = fc.property(fc.array(fc.bigInt({ min: 0n, max: 300n })), (offsets) => {
    const base = readAddress("203.0.112.0") ?? 0n;
    const addresses = new Set(offsets.map((offset) => base + offset));
    const networks = joinNetworks(addresses);
    for (let offset = -1n; offset <= 301n; offset++) {
      const holding = networks.filter((network) => holdsAddress(network, base + offset));
      expect(holding.length).toBe(addresses.has(base + offset) ? 1 : 0);
    }
    for (const network of networks) expect(readNetwork(printNetwork(network))).toEqual(network);
  });
  fc.assert(law);
});
