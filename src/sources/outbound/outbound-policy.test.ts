import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Failure, printAddress, readAddress, readHostRule } from "#text";
import { checkHost, mayReach, type OutboundPolicy } from "./outbound-policy.ts";

const NOTHING: OutboundPolicy = { allow: [], deny: [] };

function isReached(address: string, policy = NOTHING, host = address): boolean {
  const bits = readAddress(address);
  if (bits === null) throw new Error(`"${address}" is no address`);
  return mayReach(host, bits, policy);
}

describe("addresses that are denied unless they are allowed", () => {
  test.each([
    ["loopback", "127.0.0.1"],
    ["all of loopback", "127.255.255.254"],
    ["loopback of IPv6", "::1"],
    ["unspecified", "0.0.0.0"],
    ["this network", "0.1.2.3"],
    ["unspecified of IPv6", "::"],
    ["private", "10.1.2.3"],
    ["private", "172.31.255.255"],
    ["private", "192.168.0.1"],
    ["shared by carriers", "100.64.0.1"],
    ["link-local", "169.254.1.1"],
    ["metadata", "169.254.169.254"],
    ["metadata of IPv6", "fd00:ec2::254"],
    ["metadata behind an address of the internet", "168.63.129.16"],
    ["unique local", "fd12:3456::1"],
    ["link-local of IPv6", "fe80::1"],
    ["site-local of old", "fec0::1"],
    ["multicast", "224.0.0.1"],
    ["multicast of IPv6", "ff02::1"],
    ["broadcast", "255.255.255.255"],
    ["for documentation", "192.0.2.1"],
    ["for documentation", "2001:db8::1"],
    ["for benchmarks", "198.18.0.1"],
    ["mapped into IPv6", "::ffff:127.0.0.1"],
    ["mapped into IPv6, in hexadecimal", "::ffff:a9fe:a9fe"],
    ["compatible with IPv4", "::127.0.0.1"],
    ["translated", "::ffff:0:127.0.0.1"],
    ["behind NAT64", "64:ff9b::10.0.0.1"],
    ["behind 6to4", "2002:7f00:1::"],
    ["Teredo", "2001:0:1::1"],
  ])("%s: %s", (_, address) => {
    expect(isReached(address)).toBe(false);
    expect(isReached(address, NOTHING, "innocent.example")).toBe(false);
    expect(isReached(address, { allow: [address, "0.0.0.0/0"], deny: [] })).toBe(true);
    expect(isReached(address, { allow: [address, "0.0.0.0/0"], deny: ["::/0"] })).toBe(false);
  });

  test.each([
    "8.8.8.8",
    "172.32.0.1",
    "100.128.0.1",
    "2606:4700::1111",
    "64:ff9b::8.8.8.8",
    "2002:808:808::1",
  ])("%s is reached", (address) => expect(isReached(address)).toBe(true));

  test("whatever the way an IPv4 address is carried, it is judged as what it is", () => {
    const bits = fc.bigInt({ min: 0n, max: 0xffff_ffffn });
    fc.assert(
      fc.property(bits, (ipv4) => {
        const plain = mayReach("x.example", 0xffff_0000_0000n | ipv4, NOTHING);
        const nat64 = (readAddress("64:ff9b::") ?? 0n) | ipv4;
        const sixToFour = (readAddress("2002::") ?? 0n) | (ipv4 << 80n);
        expect(mayReach("x.example", nat64, NOTHING)).toBe(plain);
        expect(mayReach("x.example", sixToFour, NOTHING)).toBe(plain);
        expect(isReached(printAddress(0xffff_0000_0000n | ipv4))).toBe(plain);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});

describe("rules", () => {
  test("of names let a host be where it likes, but not where clouds keep credentials", () => {
    const policy = { allow: ["minio.local", "*.corp.example"], deny: [] };
    expect(isReached("10.0.0.1", policy, "minio.local")).toBe(true);
    expect(isReached("10.0.0.1", policy, "MINIO.local.")).toBe(true);
    expect(isReached("10.0.0.1", policy, "a.b.corp.example")).toBe(true);
    expect(isReached("10.0.0.1", policy, "corp.example")).toBe(false);
    expect(isReached("10.0.0.1", policy, "evilcorp.example")).toBe(false);
    expect(isReached("169.254.169.254", policy, "minio.local")).toBe(false);
    expect(isReached("169.254.169.254", { allow: ["169.254.0.0/16"], deny: [] }, "minio.local")).toBe(true);
  });

  test("that deny win over rules that allow, by name and by network", () => {
    const policy = { allow: ["10.0.0.0/8", "*.corp.example"], deny: ["10.9.0.0/16", "hr.corp.example"] };
    expect(isReached("10.8.0.1", policy)).toBe(true);
    expect(isReached("10.9.0.1", policy)).toBe(false);
    expect(isReached("10.9.0.1", policy, "web.corp.example")).toBe(false);
    expect(isReached("10.8.0.1", policy, "hr.corp.example")).toBe(false);
    expect(() => checkHost("HR.corp.example", policy)).toThrow(Failure);
    expect(() => checkHost("web.corp.example", policy)).not.toThrow();
  });

  test("are told when they would help", () => {
    const failureOf = (host: string): unknown => {
      try {
        checkHost(host, NOTHING);
      } catch (error) {
        return error;
      }
      return null;
    };
    expect(failureOf("[::1]")).toMatchObject({
      code: "outbound-denied",
      message: '"::1" is no address of the internet, so no connection is made to it.',
      help: "Whoever runs Trawl allows it: --outbound-allow ::1, or TRAWL_OUTBOUND_ALLOW=::1.",
    });
    expect(failureOf("169.254.169.254")).toMatchObject({
      help: "Machines of clouds get their credentials there. Whoever runs Trawl allows it by the address alone: --outbound-allow 169.254.169.254.",
    });
  });

  test.each([
    ["127.0.0.1", "network"],
    ["10.0.0.0/8", "network"],
    ["[::1]", "network"],
    ["fd00::/8", "network"],
    ["minio", "name"],
    ["MinIO.local", "name"],
    ["_x.example", "name"],
    ["*.corp.example", "below"],
    ["*", null],
    ["*.*.example", null],
    ["a*.example", null],
    ["10.0.0.0/33", null],
    ["10.0.0.256", null],
    ["127.1", null],
    ["minio.local:9000", null],
    ["https://minio.local", null],
    ["", null],
    ["a..b", null],
    ["-a.example", null],
    ["a".repeat(64), null],
  ])('"%s" is read as a rule of the kind %s', (text, kind) => {
    expect(readHostRule(text)?.kind ?? null).toBe(kind);
  });
});
