import { describe, expect, test } from "vitest";
import { readSettings, SETTINGS } from "./settings.ts";
import { parseHosts, parseServers, parseTimeZone } from "./units.ts";

describe("settings", () => {
  test("without flags and variables the defaults hold", () => {
    const settings = readSettings(new Map(), {});
    expect(settings.threads).toBe(null);
    expect(settings.timeZone).toBe("UTC");
    expect(settings.color).toBe("auto");
  });

  test("a flag wins over a variable, a variable over the default", () => {
    const environment = { TRAWL_THREADS: "3", TRAWL_MAX_ROWS: "10" };
    const settings = readSettings(new Map([["threads", "2"]]), environment);
    expect(settings.threads).toBe(2);
    expect(settings.maxRows).toBe(10);
  });

  test("an empty variable counts as not set", () => {
    expect(readSettings(new Map(), { TRAWL_TZ: "" }).timeZone).toBe("UTC");
  });

  test.each([
    ["threads", "0", '--threads takes a whole number from 1 to 256, such as "4", not "0".'],
    [
      "tz",
      "Mars/Base",
      '--tz takes an IANA name or an offset, such as "Europe/Tallinn" or "+02:00", not "Mars/Base".',
    ],
    ["max-bytes", "lots", '--max-bytes takes a size, such as "500MB" or "2GiB", not "lots".'],
    ["timeout", "30", '--timeout takes a duration with its unit, such as "30s" or "5min", not "30".'],
  ])("--%s %s is refused with what would be right", (flag, value, message) => {
    expect(() => readSettings(new Map([[flag, value]]), {})).toThrow(message);
  });

  test("a wrong variable is named", () => {
    expect(() => readSettings(new Map(), { TRAWL_COLOR: "red" })).toThrow(/^TRAWL_COLOR takes/);
  });

  test("flags and variables are distinct", () => {
    const rows = Object.values(SETTINGS);
    expect(new Set(rows.map((row) => row.flag)).size).toBe(rows.length);
    expect(new Set(rows.map((row) => row.environmentVariable)).size).toBe(rows.length);
  });
});

test.each([
  ["UTC", "UTC"],
  ["Z", "UTC"],
  ["europe/tallinn", "Europe/Tallinn"],
  ["+0200", "+02:00"],
  ["-05:30", "-05:30"],
  ["+99:00", null],
  ["Nowhere", null],
])("the zone %j is %j", (text, zone) => {
  expect(parseTimeZone(text)).toBe(zone);
});

test.each([
  ["192.0.2.53", ["192.0.2.53"]],
  [
    "192.0.2.53:5353, [2001:db8::53]:53,2001:db8::54",
    ["192.0.2.53:5353", "[2001:db8::53]:53", "2001:db8::54"],
  ],
  ["dns.example.com", null],
  ["192.0.2.53:0", null],
  ["192.0.2.53:65536", null],
  ["192.0.2.53,", null],
  ["", null],
])("the name servers %j are %j", (text, servers) => {
  expect(parseServers(text)).toEqual(servers);
});

test.each([
  ["10.0.0.0/8", ["10.0.0.0/8"]],
  ["::1, minio.local ,*.corp.example", ["::1", "minio.local", "*.corp.example"]],
  ["minio.local:9000", null],
  ["10.0.0.0/8,", null],
  ["*", null],
])("the hosts %j are %j", (text, hosts) => {
  expect(parseHosts(text)).toEqual(hosts);
});
