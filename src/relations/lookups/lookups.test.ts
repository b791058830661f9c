import { createSocket } from "node:dgram";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Geo, Lists } from "#enrichment";
import { type Engine, startEngine } from "../engine/engine.ts";
import { rowsOf, testOptions } from "../query-cases.testing.ts";
import { DnsCache, type DnsResolver, dnsLookups, OFFLINE_LOOKUPS } from "./dns-lookups.ts";
import {
  type LocalAnswer,
  NO_LOOKUPS,
  type OutsideLookups,
  type OutsideQuestion,
} from "./outside-lookups.ts";
import { tableLookups } from "./table-lookups.ts";

let engines: readonly Engine[];

beforeAll(async () => {
  engines = [0, 1].map(() => startEngine({ threads: 1, memoryBytes: null, spillDirectory: null }));
  await Promise.all(engines.map((engine) => engine.ready));
});
afterAll(() => Promise.all(engines.map((engine) => engine.close())));

/** Notes what is asked, and how much of it at the same time. */
class Recorder implements OutsideLookups {
  readonly asked: OutsideQuestion[] = [];
  open = 0;
  mostOpen = 0;

  async answer(question: OutsideQuestion): Promise<string> {
    this.asked.push(question);
    this.mostOpen = Math.max(this.mostOpen, ++this.open);
    await new Promise((resolve) => setImmediate(resolve));
    this.open--;
    return "EE";
  }
}

function run(query: string, lookups: OutsideLookups): Promise<string> {
  const [engine, ...innerEngines] = engines;
  if (engine === undefined) throw new Error("no engine");
  return rowsOf(query, testOptions(".", engine, { lookups, innerEngines }));
}

test("every question is asked once, whatever asks it", async () => {
  const recorder = new Recorder();
  await run(
    "DUAL(1000) | select(a:CC(IP_TRUNC(ip, 31)), b:CC(IP_TRUNC(ip, 31)), i) | filter(i < 10)",
    recorder,
  );
  expect(recorder.asked).toHaveLength(5);
});

test("questions wait for filters, sorts and limits that do not need their answers", async () => {
  const recorder = new Recorder();
  await run("DUAL(1000) | select(*, CC(ip)) | filter(i > 500) | sort(i desc) | limit(3)", recorder);
  expect(recorder.asked).toHaveLength(3);
});

test("questions of a branch are asked for its rows only", async () => {
  const recorder = new Recorder();
  await run("DUAL(100) | select(c:CASE WHEN i < 5 THEN CC(ip) WHEN i < 7 THEN 'x' ELSE 'y' END)", recorder);
  expect(recorder.asked).toHaveLength(5);
});

test("many questions are open at the same time, and not too many", async () => {
  const recorder = new Recorder();
  await run("DUAL(1000) | select(CC(ip))", recorder);
  expect(recorder.mostOpen).toBeGreaterThan(10);
  expect(recorder.mostOpen).toBeLessThanOrEqual(64);
});

test("a function that nobody answers fails the query", async () => {
  expect(await run("DUAL(1) | select(CC(ip))", NO_LOOKUPS)).toContain(
    "lookup-unavailable: CC needs a table of countries",
  );
});

describe("answers out of tables", () => {
  /** Answers at once; anything that is asked elsewhere fails the test. */
  function local(
    answers: Readonly<Record<string, LocalAnswer>>,
    notes: readonly string[] = [],
  ): OutsideLookups {
    return {
      answer: () => Promise.reject(new Error("asked elsewhere")),
      local: (name) => Promise.resolve(answers[name] ?? null),
      notes: () => notes,
    };
  }

  test("are given for any number of rows, behind filters", async () => {
    let asked = 0;
    const cc: LocalAnswer = ([address]) => {
      asked++;
      return typeof address === "bigint" && address % 2n === 0n ? "EE" : "--";
    };
    const query =
      "DUAL(150000) | select(i, c:CC(ip)) | filter(i >= 20000) | select(c, n:count(*)) | group(c) | sort(c)";
    expect(await run(query, local({ cc }))).toContain('"n":65000}');
    expect(asked).toBe(130_000);
  });

  test("are NULL where an argument is", async () => {
    const lookups = local({ in_list: () => true });
    expect(await run("VALUES([{ip:192.0.2.1}, {ip:NULL}]) | select(a:IN_LIST(ip, 'x'))", lookups)).toBe(
      '{"a":true}\n{"a":null}\n',
    );
  });
});

describe("tables of places and lists", () => {
  const geo: Geo = {
    knows: (field) => field !== "city",
    country: (address) => (address === 0xffff_c000_0201n ? "EE" : null),
    city: () => null,
    point: () => [59.4, 24.7],
    asn: () => 64_500,
    asName: () => null,
    used: () => [
      {
        kind: "country",
        title: "Made up",
        path: "made.mmdb",
        isInstalled: true,
        builtMs: Date.UTC(2026, 9, 1),
        licence: "CC0",
        attribution: "Nobody",
      },
    ],
    damaged: () => 2,
  };
  const listing = { list: "bad", kind: "malicious", count: 3, atMs: Date.UTC(2026, 9, 1) } as const;
  const lists: Lists = {
    definitions: [],
    find: (_, address, atMs) => {
      if (atMs !== undefined && atMs < listing.atMs) return undefined;
      return address === 0xffff_c000_0201n ? listing : null;
    },
    findHost: (_, host) => (host === "bad.example.com" ? listing : null),
    findAll: (address) => (address === 0xffff_c000_0201n ? [listing] : []),
    findAllOfHost: () => [],
    fetched: () => ["bad"],
    used: () => [{ name: "bad", snapshots: [listing.atMs], entries: 5, wrongLines: 1 }],
  };
  const nowMs = Date.UTC(2026, 9, 3);
  const lookups = tableLookups(NO_LOOKUPS, () => Promise.resolve({ geo, lists: () => lists, nowMs }));

  test.each([
    ["CC(192.0.2.1)", '"EE"'],
    ["CC(192.0.2.2)", '"--"'],
    ["CC(IPSOCKET('192.0.2.1:80'))", '"EE"'],
    ["CC(IPNET('192.0.2.1/32'))", '"EE"'],
    ["ASN(192.0.2.1)", "64500"],
    ["GEO(192.0.2.1)[latitude]", "59.4"],
    ["IN_LIST(192.0.2.1, 'bad')", "true"],
    ["IN_LIST(192.0.2.2, 'bad')", "false"],
    ["IN_LIST(192.0.2.1, 'bad', T('2026-10-02 UTC'))", "true"],
    ["IN_LIST(192.0.2.1, 'bad', T('2026-09-02 UTC'))", "null"],
    ["IN_LIST(CONCAT('BAD.example', '.com.'), 'bad')", "true"],
    [
      "LIST_INFO(192.0.2.1)[0]",
      '{"list":"bad","kind":"malicious","count":3,"date":"2026-10-01T00:00:00.000Z"}',
    ],
    ["LIST_INFO(192.0.2.2)", "[]"],
  ])("%s is %s", async (expression, expected) => {
    expect(await run(`VALUES({x:1}) | select(a:${expression})`, lookups)).toBe(`{"a":${expected}}\n`);
  });

  test("what nobody installed fails the query and says how to install it", async () => {
    expect(await run("VALUES({x:1}) | select(CITY(192.0.2.1))", lookups)).toContain(
      "CITY needs a table of cities",
    );
  });

  test("the dates of tables are told", async () => {
    await run("VALUES({x:1}) | select(IN_LIST(192.0.2.1, 'bad'))", lookups);
    expect(lookups.notes?.()).toEqual([
      "Places and networks: Made up, of 2026-10-01 (2 days old). Nobody.",
      "A database of places is damaged: 2 look-ups gave NULL.",
      'The list "bad" is of 2026-10-01 (2 days old), 5 entries; lines of it that were not understood: 1.',
    ]);
  });
});

function fakeDns(names: Readonly<Record<string, readonly string[]>>): DnsResolver {
  const find = (name: string): Promise<string[]> => {
    const found = names[name];
    if (found !== undefined) return Promise.resolve([...found]);
    return Promise.reject(Object.assign(new Error("none"), { code: "ENOTFOUND" }));
  };
  return {
    reverse: find,
    resolve4: (name) => find(`${name} A`),
    resolve6: (name) => find(`${name} AAAA`),
    cancel: () => {},
  };
}

const signal = new AbortController().signal;

test("questions about answers to questions nest only so deep, and then fail", async () => {
  const steps = (count: number) =>
    Array.from(
      { length: count },
      (_, step) => `select(n${step + 1}:REPLACE(DNS_LOOKUP(IPADDR(n${step})), 'a', 'b'))`,
    );
  const query = (count: number) => `VALUES([{n0:'192.0.2.1'}]) | ${steps(count).join(" | ")}`;
  const answers: OutsideLookups = { answer: async () => "192.0.2.2" };
  expect(await run(query(2), answers)).toBe('{"n2":"192.0.2.2"}\n');
  expect(await run(query(10), answers)).toMatch(/^limit-reached: .* more than 8 steps/);
});

test("names and addresses are those of DNS, always the same of several", async () => {
  const dns = fakeDns({
    "192.0.2.1": ["b.example.com", "a.example.com"],
    "a.example.com A": ["192.0.2.9", "192.0.2.1"],
    "six.example.com AAAA": ["2001:db8::1"],
  });
  const lookups = dnsLookups(NO_LOOKUPS, { openResolver: () => dns });
  const ask = (name: string, value: string | bigint) =>
    lookups.answer({ function: name, arguments: [value] }, signal);
  const mapped = 0xffffn << 32n;
  expect(await ask("dns_lookup", mapped + 0xc0000201n)).toBe("a.example.com");
  expect(await ask("dns_lookup", mapped + 0xc0000202n)).toBe(null);
  expect(await ask("dns_resolve", "a.example.com")).toBe(mapped + 0xc0000201n);
  expect(await ask("dns_resolve", "six.example.com")).toBe((0x2001_0db8n << 96n) | 1n);
  expect(await ask("dns_resolve", "none.example.com")).toBe(null);
  expect(await ask("dns_resolve", "not a name")).toBe(null);
});

test("a name server that is away is no answer, and offline nobody is asked", async () => {
  const away = () => Promise.reject(Object.assign(new Error("away"), { code: "ETIMEOUT" }));
  const dns: DnsResolver = { reverse: away, resolve4: away, resolve6: away, cancel: () => {} };
  const question = { function: "dns_lookup", arguments: [1n] };
  await expect(dnsLookups(NO_LOOKUPS, { openResolver: () => dns }).answer(question, signal)).rejects.toThrow(
    "away",
  );
  await expect(OFFLINE_LOOKUPS.answer(question, signal)).rejects.toThrow("offline");
});

test("answers are remembered for a time, those that there is none for a shorter one", async () => {
  const clock = { ms: 0 };
  const asked: string[] = [];
  const names = fakeDns({ "192.0.2.1": ["a.example.com"] });
  const dns: DnsResolver = {
    ...names,
    reverse: (address) => {
      asked.push(address);
      return names.reverse(address);
    },
  };
  const lookups = dnsLookups(NO_LOOKUPS, { openResolver: () => dns, cache: new DnsCache(() => clock.ms) });
  const ask = async (last: bigint, ms: number) => {
    clock.ms = ms;
    await lookups.answer({ function: "dns_lookup", arguments: [0xffff_c000_0200n + last] }, signal);
  };
  for (const minute of [0, 4, 6, 59, 61]) for (const last of [1n, 2n]) await ask(last, minute * 60_000);
  expect(asked.filter((address) => address.endsWith(".1"))).toHaveLength(2);
  expect(asked.filter((address) => address.endsWith(".2"))).toHaveLength(3);
});

/** An answer of a name server to a question: a name for reverse questions of 192.0.2.1, else that there is none. See RFC 1035. */
function dnsAnswer(question: Buffer): Buffer {
  const isKnown = question.includes(Buffer.from("\u{1}1\u{1}2\u{1}0\u{3}192\u{7}in-addr", "latin1"));
  const end = question.indexOf(0, 12) + 5;
  const head = Buffer.from([
    ...question.subarray(0, 2),
    0x81,
    isKnown ? 0x80 : 0x83,
    ...[0, 1, 0, isKnown ? 1 : 0, 0, 0, 0, 0],
  ]);
  const name = Buffer.from("\u{4}host\u{7}example\u{3}com\u{0}", "latin1");
  const record = Buffer.from([0xc0, 12, 0, 12, 0, 1, 0, 0, 0, 60, 0, name.length]);
  return Buffer.concat([head, question.subarray(12, end), ...(isKnown ? [record, name] : [])]);
}

test("a name server that is given is asked, over the network", async () => {
  const server = createSocket("udp4");
  const asked: number[] = [];
  server.on("message", (question, { port, address }) => {
    asked.push(question.length);
    server.send(dnsAnswer(question), port, address);
  });
  server.bind(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const lookups = dnsLookups(NO_LOOKUPS, { servers: [`127.0.0.1:${server.address().port}`] });
    const query = "VALUES([{ip:192.0.2.1}, {ip:192.0.2.9}, {ip:192.0.2.1}]) | select(name:DNS_LOOKUP(ip))";
    expect(await run(query, lookups)).toBe(
      '{"name":"host.example.com"}\n{"name":null}\n{"name":"host.example.com"}\n',
    );
    expect(asked).toHaveLength(2);
  } finally {
    server.close();
  }
});
