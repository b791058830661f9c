import { afterAll, beforeAll, expect, test } from "vitest";
import { type Engine, startEngine } from "../engine/engine.ts";
import { rowsOf, testOptions } from "../query-cases.testing.ts";
import { type DnsResolver, dnsLookups, OFFLINE_LOOKUPS } from "./dns-lookups.ts";
import { NO_LOOKUPS, type OutsideLookups, type OutsideQuestion } from "./outside-lookups.ts";

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
  const lookups = dnsLookups(NO_LOOKUPS, () => dns);
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
  await expect(dnsLookups(NO_LOOKUPS, () => dns).answer(question, signal)).rejects.toThrow("away");
  await expect(OFFLINE_LOOKUPS.answer(question, signal)).rejects.toThrow("offline");
});
