/** Detections as people wrote them for SpectX, on logs made for them; a count in plain code says what must come out. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ScanThreads, startScan } from "#records";
import { type Engine, type OutsideLookups, type QueryOptions, startEngine } from "#relations";
import { ObjectStreams, OpenStores, readStoreDefinition, SYSTEM_RETRY_WORLD } from "#sources";
import { NOW_MS, rowsOf, testOptions, writeInputs } from "../src/relations/query-cases.testing.ts";
import { LOOPBACK_POLICY, startServer } from "../src/sources/outbound/fault-server.testing.ts";
import { SECRET_KEY, startFakeS3 } from "../src/sources/stores/fake-s3.testing.ts";

let engines: readonly Engine[];
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trawl-detections-"));
  engines = [0, 1, 2, 3].map(() => startEngine({ threads: 1, memoryBytes: null, spillDirectory: null }));
  await Promise.all(engines.map((engine) => engine.ready));
});

afterAll(async () => {
  await Promise.all(engines.map((engine) => engine.close()));
  rmSync(folder, { recursive: true });
});

const DAY_MS = 86_400_000;
const now = Number(NOW_MS);

/** The world as these tests tell it. */
const LOOKUPS: OutsideLookups = {
  answer: async ({ function: name, arguments: [value] }) => {
    const last = Number((typeof value === "bigint" ? value : 0n) & 0xffn);
    if (name === "geo") return [50 + last / 100, last / 10];
    if (name === "cc") return countryOf(last);
    if (name === "dns_lookup") return hostOf(last);
    throw new Error("no answer");
  },
};
const countryOf = (last: number) => (last % 4 === 0 ? "--" : last % 4 === 1 ? "" : "GB");
const hostOf = (last: number) => (last % 8 === 0 ? null : `scanner-${last}.example.net`);

/** Runs a script; rows as objects. With work pushed into the scan and without, they are the same. */
async function run(script: string, reach: Partial<QueryOptions> = {}): Promise<readonly unknown[]> {
  const [engine, ...innerEngines] = engines;
  if (engine === undefined) throw new Error("There is no engine.");
  const options = testOptions(folder, engine, { innerEngines, lookups: LOOKUPS, ...reach });
  const given = await rowsOf(script, options);
  expect(await rowsOf(script, { ...options, pushesWork: false })).toBe(given);
  expect(given).not.toMatch(/^error/m);
  return given
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));
}

const linesOf = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");
const write = (name: string, lines: readonly string[]) =>
  writeInputs(folder, { inputs: [{ name, text: linesOf(lines) }] });

interface WafHit {
  readonly atMs: number;
  readonly ip: string;
  readonly httpVersion: string;
}

/** Hits of 150 days before and one day behind the clock, by a few clients. */
const HITS: readonly WafHit[] = Array.from({ length: 1500 }, (_, index) => ({
  atMs: now - 150 * DAY_MS + Math.floor(index * 0.1) * DAY_MS + (index % 10) * 3_600_000,
  ip: index % 7 === 0 ? `2001:db8::${(index % 5) + 1}` : `203.0.113.${(index * 31) % 40}`,
  httpVersion: ["HTTP/1.1", "HTTP/2.0", "HTTP/1.1", "HTTP/1.0", "HTTP/1.1", "Mozilla/5.0"][index % 6] ?? "",
}));

const dayOf = (atMs: number) => new Date(atMs).toISOString().slice(0, 10);
const printHit = ({ atMs, ip, httpVersion }: WafHit) =>
  JSON.stringify({
    timestamp: atMs,
    formatVersion: 1,
    webaclId: "arn:aws:wafv2:eu-west-2:123456789012:regional/webacl/web/0a1b",
    terminatingRuleId: "Default_Action",
    action: "BLOCK",
    httpRequest: { clientIp: ip, country: "--", headers: [], uri: "/", httpVersion, httpMethod: "GET" },
  });

/** A file for each day. */
function writeHits(): void {
  for (const day of new Set(HITS.map(({ atMs }) => dayOf(atMs)))) {
    const path = `WEBSERVICE-waf/${day.replaceAll("-", "/")}/00/aws-waf-logs-WEBSERVICE-1-${day}`;
    write(path, HITS.filter(({ atMs }) => dayOf(atMs) === day).map(printHit));
  }
}

function writeList(name: string, source: string): void {
  write(`PATH/Report/${name}.sx`, [
    "$pattern = <<<PATTERN",
    "  IPADDR:IPaddress '\\t' INT:lists EOL",
    "PATTERN;",
    `PARSE(pattern:$pattern, src:'${source}') | select(IPaddress)`,
  ]);
}

function countBy<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}

/** The days whose files are read: what lies between is decided by the path, which begins at midnight. */
const inDays = (fromMs: number) =>
  HITS.filter(({ atMs }) => Date.parse(dayOf(atMs)) >= fromMs && Date.parse(dayOf(atMs)) <= now + DAY_MS);

/** Hits of bad addresses, as the script of 2T Security asks for them. */
const badAddresses = (bucket: string, list: string) => `
$pattern = <<<PATTERN
   JSON{
   TIMESTAMP('S'):timestamp,
   STRING:action,
   STRING:terminatingRuleId
   }(greedy='AWSX'):AWS EOL
PATTERN;
LIST('${bucket}/$yyyy$/$MM$/$dd$/*/aws-waf-logs-WEBSERVICE-1*')
| filter (path_time >= now()[-135 day] AND path_time <= now()[+1 day])
| parse(pattern:$pattern)
| select(AWS[timestamp], AWS[action],AWS[terminatingRuleId], IPADDR(AWS[AWSX][httpRequest][clientIp]) as IP)
| select (count(IP) as Hits, IP)
| group(IP)
| join(@[/PATH/Report/${list}.sx] on left.IP = right.IPaddress)
| select(*, geo(IP), CC(IP))
| sort(Hits DESC)
| select(*, case_when:
         CASE
           WHEN cc='--' THEN (DNS_LOOKUP(IP))
	   WHEN cc='' THEN (DNS_LOOKUP(IP))
           ELSE CC(IP)
         END)
`;

/** What `badAddresses` must give. */
function badHits(): readonly unknown[] {
  const bad = new Set([...Array.from({ length: 14 }, (_, index) => `203.0.113.${index * 3}`), "2001:db8::2"]);
  const hits = countBy(inDays(now - 135 * DAY_MS), ({ ip }) => ip);
  const expected = [...hits]
    .filter(([ip]) => bad.has(ip))
    .map(([ip, count]) => {
      const last = Number(ip.split(/[.:]/).at(-1));
      const cc = countryOf(last);
      const geo = { latitude: 50 + last / 100, longitude: last / 10 };
      return { Hits: count, IP: ip, IPaddress: ip, geo, cc, case_when: cc === "GB" ? cc : hostOf(last) };
    })
    .sort((a, b) => b.Hits - a.Hits || keyOf(a.IP) - keyOf(b.IP));
  expect(expected.length).toBeGreaterThan(10);
  expect(expected.map(({ case_when }) => case_when)).toEqual(expect.arrayContaining([null, "GB"]));
  return expected;
}

describe("hits of a web application firewall", () => {
  beforeAll(() => {
    writeHits();
    writeList("Bad IPSUM List", "ipsum.txt");
    const listed = Array.from({ length: 14 }, (_, index) => `203.0.113.${index * 3}\t${(index % 5) + 1}`);
    write("ipsum.txt", ["# not an address\t", ...listed, "2001:db8::2\t1", "198.51.100.1\t9"]);
  });

  test("are joined with a list of bad addresses, with places, countries and names", async () => {
    expect(await run(badAddresses("WEBSERVICE-waf", "Bad IPSUM List"))).toEqual(badHits());
  });

  test("are joined the same out of a bucket, with the list as a web server has it", async () => {
    const s3 = await startFakeS3(
      Object.fromEntries(
        [...new Set(HITS.map(({ atMs }) => dayOf(atMs)))].map((day) => [
          `${day.replaceAll("-", "/")}/00/aws-waf-logs-WEBSERVICE-1-${day}.gz`,
          gzipSync(linesOf(HITS.filter(({ atMs }) => dayOf(atMs) === day).map(printHit))),
        ]),
      ),
    );
    const web = await startServer((_, response) => {
      response.setHeader("etag", '"1"').end(readFileSync(join(folder, "ipsum.txt")));
    });
    const datastore = `{protocol: s3s, root: bucket, endpoint: '${s3.server.url}', access_key: AKIA, secret_key: 'env:SECRET'}`;
    const stop = new AbortController();
    const stores = new OpenStores({
      definitions: async () => [readStoreDefinition("WEBSERVICE-waf", datastore, "WEBSERVICE-waf.yml")],
      fileAccess: "unmanaged",
      cacheFolder: null,
      reachesOut: true,
      policy: LOOPBACK_POLICY,
      environment: { SECRET: SECRET_KEY },
      world: SYSTEM_RETRY_WORLD,
      onProblem: (problem) => {
        throw problem;
      },
      signal: stop.signal,
    });
    const streams = new ObjectStreams({ signal: stop.signal, stores });
    const threads = new ScanThreads();
    try {
      writeList("Bad IPSUM Web", `${web.url}/ipsum.txt`);
      const rows = await run(badAddresses("s3s://WEBSERVICE-waf", "Bad IPSUM Web"), {
        stores,
        threads: 1,
        openingsOf: (objects, signal) => streams.openingsOf(objects, signal),
        startScan: (task) => startScan({ ...task, workers: threads }),
      });
      expect(rows).toEqual(badHits());
      const listed = s3.server.asked.filter((asked) => asked.includes("list-type"));
      // With work pushed into the scan: a day, and an hour below it, for each of 137 days. Without: all that there is.
      expect(listed.length).toBeLessThanOrEqual(2 * 137 + 2 * 151 + 7);
    } finally {
      stop.abort();
      await Promise.all([streams.close(), stores.close(), s3.server.close(), web.close(), threads.close()]);
    }
  });

  test("are counted by version of HTTP between a time and now", async () => {
    const rows = await run(`
$pattern = <<<PATTERN
   JSON{
   TIMESTAMP('S'):timestamp,
   STRING:action
   }(greedy='AWSX'):AWS EOL
PATTERN;
LIST('WEBSERVICE-waf/$yyyy$/$MM$/$dd$/*/aws-waf-logs-WEBSERVICE-1*')
| filter(path_time BETWEEN T('2026-07-16 00:00:00 +0200') AND now()[+1 day])
| parse(pattern:$pattern)
| select(AWS[AWSX][httpRequest][httpVersion] as httpVersion)
| select (*, count(httpVersion) as Hits)
| group (httpVersion)
| sort(Hits DESC)
`);
    const counts = countBy(inDays(Date.parse("2026-07-16T00:00:00+02:00")), ({ httpVersion }) => httpVersion);
    const expected = [...counts]
      .map(([httpVersion, count]) => ({ httpVersion, Hits: count }))
      .sort((a, b) => b.Hits - a.Hits || (a.httpVersion < b.httpVersion ? -1 : 1));
    expect(expected.length).toBe(4);
    expect(rows).toEqual(expected);
  });
});

/** Addresses sort as numbers: those of version 4 come before those of version 6. */
function keyOf(ip: string): number {
  const parts = ip.split(".").map(Number);
  return ip.includes(":") ? Number.MAX_SAFE_INTEGER : parts.reduce((sum, part) => sum * 256 + part, 0);
}

const AUTH_PATTERN = `$syslogPattern = <<<EOP
  TIMESTAMP('MMM d HH:mm:ss', tz='GMT'):timestamp
  ' ' LD:host ' ' [!:\\[]+:process ('[' INT:pid ']')? ':'?
  ' ' DATA:message EOL
EOP;`;

const FIREWALL_PATTERN = `$iptablesPattern = <<<EOP
  TIMESTAMP('MMM d HH:mm:ss'):timestamp  ' ' LD:host ' kernel: ' ('[' DOUBLE:num ']') ' ' '[' LD:action '] '
  'IN=' LD:in ' ' ('PHYSIN=' LD:physin ' ')?
  'OUT=' LD*:out ' ' ('PHYSOUT=' LD:physout ' ')?
  ('MAC=' MACADDR:srcMac ':'MACADDR:dstMac ':' LD:frameType ' ')?
  'SRC=' IPV4:src ' '
  'DST=' IPV4:dst ' '
  'LEN=' INT:len ' '
  'TOS=' HEXINT:typeOfService ' '
  'PREC=' HEXINT:precedence ' '
  'TTL=' INT:ttl ' '
  'ID=' INT:id ' '
  ('DF' ' ')?
  'PROTO=' LD:proto ' '
  'SPT=' INT:sport ' '
  'DPT=' INT:dport ' '
  LD //ignore state
  EOL
EOP;`;

const STREAMS = `// auth.log is where the ssh username enumeration attempts are appearing:
@authlog = PARSE(pattern:$syslogPattern,
    src:'varlog/auth.log')                   //replace the uri to auth.log according to your needs
| filter(timestamp > now()[-5 min])          //we only need last 5 min data as we're going to execute
;                                            //the script every 5 minutes

// log messages from iptables provide us the ip-address of offender:
@iptableslog = PARSE(pattern:$iptablesPattern,
    src:'varlog/iptables.log')               //replace the uri to iptables log according to your needs
| filter(timestamp > now()[-5 min])          //we only need last 5 min data and
| filter(proto = 'TCP' and dport = 22)       //ssh connection attempts
;`;

const sshScript = (condition: string, shown: string) => `${AUTH_PATTERN}
${FIREWALL_PATTERN}
${STREAMS}
/* To put the two together we need to join the enum attempts in auth.log with iptables.log using timestamps
   (as this is the only available common element between the two). */
@authlog
| filter(message contains 'ssh_packet_get_string:')      //filter out ssh user enum attempt records from @authlog
| join(@iptableslog on ${condition}) //join the records using timestamp
| select(${shown})                  //select only necessary fields as alert data
`;

const ENUMERATION = "fatal: ssh_packet_get_string: incomplete message [preauth]";
const auth = (time: string, message = ENUMERATION, pid = 10680) =>
  `Nov 20 ${time} victim sshd[${pid}]: ${message}`;
const packet = (time: string, src: string, dport = 22, proto = "TCP") =>
  `Nov 20 ${time} victim kernel: [8912345.678901] [netfilter] IN=eth0 OUT= ` +
  `MAC=00:00:5e:00:53:01:00:00:5e:00:53:02:08:00 SRC=${src} DST=192.0.2.4 LEN=60 TOS=0x00 PREC=0x00 TTL=52 ID=100 DF ` +
  `PROTO=${proto} SPT=51604 DPT=${dport} WINDOW=64240 RES=0x00 SYN URGP=0 `;

describe("users enumerated by SSH", () => {
  beforeAll(() => {
    write("varlog/auth.log", [
      auth("11:50:00"), // too old
      auth("11:56:10"), // one connection in the same second
      auth("11:57:00", "Accepted publickey for ann from 198.51.100.7 port 50000 ssh2"),
      auth("11:57:20"), // its connection came one second earlier
      auth("11:58:30"), // two connections in the same second
      auth("11:59:40"), // nothing near
    ]);
    write("varlog/iptables.log", [
      packet("11:50:00", "203.0.113.1"),
      packet("11:56:10", "203.0.113.2"),
      packet("11:56:10", "203.0.113.3", 443),
      packet("11:56:10", "203.0.113.4", 22, "UDP"),
      packet("11:57:00", "198.51.100.7"),
      packet("11:57:19", "203.0.113.5"),
      packet("11:58:30", "203.0.113.6"),
      packet("11:58:30", "203.0.113.7"),
      packet("11:59:43", "203.0.113.8"),
    ]);
  });

  const row = (time: string, src: string) => ({
    timestamp: `2026-11-20T${time}.000Z`,
    host: "victim",
    src,
    message: ENUMERATION,
  });

  test("are found in the firewall's log of the same second, all of them", async () => {
    const rows = await run(sshScript("left.timestamp = right.timestamp", "timestamp, host, src, message"));
    expect(rows).toEqual([
      row("11:56:10", "203.0.113.2"),
      row("11:58:30", "203.0.113.6"),
      row("11:58:30", "203.0.113.7"),
    ]);
  });

  test("are found within two seconds, the nearest, and it is told when others were as near", async () => {
    const condition = "left.host = right.host and left.timestamp within 2 sec of right.timestamp";
    const rows = await run(sshScript(condition, "timestamp, host, src, message, others:_others"));
    expect(rows).toEqual([
      { ...row("11:56:10", "203.0.113.2"), others: 0 },
      { ...row("11:57:20", "203.0.113.5"), others: 0 },
      { ...row("11:58:30", "203.0.113.6"), others: 1 },
    ]);
  });

  test("are tried out with one constant row", async () => {
    const rows = await run(`// Emulate ssh username enumeration detection event:
DUAL.select(src:198.51.100.23,
          host:'localhost',       //target host. Replace this according to your needs.
          message:'testing ssh_enum_detection')
`);
    expect(rows).toEqual([
      { src: "198.51.100.23", host: "localhost", message: "testing ssh_enum_detection" },
    ]);
  });
});
