/** Seeded logs for the benchmark: written once, the same bytes on every machine. */
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";

/** A small seeded generator (xorshift, 32 bits): numbers in [0, 1). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
}

/** Draws that favour the first items, as visitors do. */
function skewed(random: () => number, count: number): number {
  return Math.floor(count * random() ** 3);
}

function pick<T>(random: () => number, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}

function addresses(random: () => number, count: number): string[] {
  const part = () => Math.floor(random() * 256);
  return Array.from(
    { length: count },
    () => `${1 + Math.floor(random() * 222)}.${part()}.${part()}.${part()}`,
  );
}

const WORDS =
  "index login admin images css js api v1 users products cart search checkout static blog posts feed item wp-login phpmyadmin".split(
    " ",
  );

function pages(random: () => number, count: number): string[] {
  return Array.from({ length: count }, () => {
    const depth = 1 + Math.floor(random() * 4);
    let page = "";
    for (let level = 0; level < depth; level++) {
      page += `/${pick(random, WORDS)}${random() < 0.3 ? Math.floor(random() * 1000) : ""}`;
    }
    if (random() < 0.3) page += ".php";
    if (random() < 0.3) page += `?id=${Math.floor(random() * 1e6)}&q=${pick(random, WORDS)}`;
    return page;
  });
}

function userAgents(): string[] {
  const systems = [
    "Windows NT 10.0; Win64; x64",
    "X11; Linux x86_64",
    "Macintosh; Intel Mac OS X 10_15_7",
    "iPhone; CPU iPhone OS 17_2 like Mac OS X",
  ];
  return Array.from(
    { length: 300 },
    (_, index) =>
      `Mozilla/5.0 (${systems[index % 4]}) AppleWebKit/537.${index % 60} (KHTML, like Gecko) Chrome/${70 + (index % 60)}.0.${1000 + index}.${index} Safari/537.36`,
  );
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const METHODS = ["GET", "GET", "GET", "GET", "POST", "HEAD", "PUT"];
const STATUSES = [200, 200, 200, 200, 200, 304, 301, 302, 404, 404, 403, 500];

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function httpDate(seconds: number): string {
  const date = new Date(seconds * 1000);
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  return `${day}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}

function writeLines(file: string, count: number, line: () => string): void {
  const temporary = `${file}.part`;
  const out = fs.openSync(temporary, "w");
  let buffer: string[] = [];
  for (let index = 0; index < count; index++) {
    buffer.push(line());
    if (buffer.length === 4096 || index === count - 1) {
      fs.writeSync(out, `${buffer.join("\n")}\n`);
      buffer = [];
    }
  }
  fs.closeSync(out);
  fs.renameSync(temporary, file);
}

/** Makes a combined access log unless it is there: about 245 bytes a line. */
export function makeAccessLog(file: string, lines: number): string {
  if (fs.existsSync(file)) return file;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const random = seededRandom(12_345);
  const clients = addresses(random, 50_000);
  const paths = pages(random, 20_000);
  const agents = userAgents();
  let seconds = Date.UTC(2026, 9, 1) / 1000;
  const some = <T>(items: readonly T[]) => items[skewed(random, items.length)];
  writeLines(file, lines, () => {
    if (random() < 0.3) seconds++;
    const user = random() < 0.02 ? `user${Math.floor(random() * 100)}` : "-";
    const referrer = random() < 0.5 ? "-" : `https://www.example.com${some(paths)}`;
    const request = `${pick(random, METHODS)} ${some(paths)} HTTP/1.1`;
    const bytes = Math.floor(random() * 100_000);
    return `${some(clients)} - ${user} [${httpDate(seconds)}] "${request}" ${pick(random, STATUSES)} ${bytes} "${referrer}" "${some(agents)}"`;
  });
  return file;
}

/** Makes a log of AWS WAF records unless it is there: about 950 bytes a record. */
export function makeWafLog(file: string, records: number): string {
  if (fs.existsSync(file)) return file;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const random = seededRandom(777);
  const clients = addresses(random, 30_000);
  let timestamp = Date.UTC(2026, 9, 1);
  writeLines(file, records, () => {
    timestamp += Math.floor(random() * 200);
    return JSON.stringify(
      wafRecord(random, timestamp, clients[skewed(random, clients.length)] ?? "192.0.2.1"),
    );
  });
  return file;
}

function wafRecord(random: () => number, timestamp: number, clientIp: string): object {
  const isBlocked = random() < 0.2;
  const agent = `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${70 + Math.floor(random() * 60)}.0 Safari/537.36`;
  return {
    timestamp,
    formatVersion: 1,
    webaclId: "arn:aws:wafv2:eu-west-2:123456789012:regional/webacl/web/0a1b2c3d",
    terminatingRuleId: isBlocked
      ? pick(random, ["AWSManagedRulesSQLi", "IPReputation", "RateLimit"])
      : "Default_Action",
    terminatingRuleType: isBlocked ? "MANAGED_RULE_GROUP" : "REGULAR",
    action: isBlocked ? "BLOCK" : "ALLOW",
    terminatingRuleMatchDetails: [],
    httpSourceName: "ALB",
    httpSourceId: "123456789012-app/web/7c1",
    ruleGroupList: [
      {
        ruleGroupId: "AWS#AWSManagedRulesCommonRuleSet",
        terminatingRule: null,
        nonTerminatingMatchingRules: [],
        excludedRules: null,
      },
    ],
    rateBasedRuleList: [],
    nonTerminatingMatchingRules: [],
    httpRequest: {
      clientIp,
      country: pick(random, ["US", "GB", "RO", "CN", "DE", "FR", "--"]),
      headers: [
        { name: "Host", value: "www.example.com" },
        { name: "User-Agent", value: agent },
        { name: "Accept", value: "*/*" },
        { name: "X-Note", value: 'say "hi" \\ ok' },
      ],
      uri: `/${pick(random, ["", "login", "wp-login.php", "api/v1/users", ".env", "index.php"])}`,
      args: random() < 0.3 ? `id=${Math.floor(random() * 1e6)}` : "",
      httpVersion: pick(random, ["HTTP/1.1", "HTTP/2.0", "HTTP/1.0"]),
      httpMethod: pick(random, ["GET", "GET", "GET", "POST"]),
      requestId: Math.floor(random() * 1e9).toString(16),
    },
  };
}

/** Cuts a log into gzip files at line ends, unless they are there; gives their pattern. */
export function makeGzipParts(file: string, parts: number): string {
  const pattern = file.replace(/\.log$/, "-*.gz");
  const partName = (index: number) => pattern.replace("*", String(index));
  if (fs.existsSync(partName(parts - 1))) return pattern;
  const size = fs.statSync(file).size;
  const input = fs.openSync(file, "r");
  let start = 0;
  for (let index = 0; index < parts; index++) {
    const wanted = Math.floor((size * (index + 1)) / parts);
    const block = Buffer.alloc(Math.min(size, wanted + 65_536) - start);
    fs.readSync(input, block, 0, block.length, start);
    const cut = index === parts - 1 ? block.length : block.indexOf(10, wanted - start) + 1;
    fs.writeFileSync(partName(index), zlib.gzipSync(block.subarray(0, cut), { level: 6 }));
    start += cut;
  }
  fs.closeSync(input);
  return pattern;
}

const GOODS =
  "shoes red summer winter jacket blue running trail garden chair table lamp mirror book guide city travel kitchen".split(
    " ",
  );
/** A line among so many is an attack. */
const LINES_PER_ATTACK = 10_000;
const ATTACKS = [
  "/item?id=1%27+or+1=1--+-",
  "/search?q=%3Cscript%3Ealert(1)%3C/script%3E",
  "/?f=../../../../etc/passwd",
  "/.env",
];

/** Who asks, and for what. */
interface Asker {
  readonly client: string;
  readonly agent: string;
  left: number;
}

/** Visitors that are on the site at the same time, and how many requests they make. */
const [VISITORS_AT_ONCE, FEWEST_REQUESTS, MORE_REQUESTS] = [300, 5, 60];

/**
 * Makes a combined access log of visitors who mean no harm, but for a line in ten thousand, unless it is there: about 245 bytes a line, a
 * client for some 35 lines, pages of which few are asked for often.
 */
export function makeVisitorLog(file: string, lines: number): string {
  const random = seededRandom(54_321);
  const agents = userAgents();
  const visitor = (): Asker => ({
    client: address(random),
    agent: pick(random, agents),
    left: FEWEST_REQUESTS + below(random, MORE_REQUESTS),
  });
  const visitors = Array.from({ length: VISITORS_AT_ONCE }, visitor);
  return makeRequests(file, lines, random, (number) => {
    const index = below(random, visitors.length);
    const known = visitors[index];
    const asker = known === undefined || known.left === 0 ? visitor() : known;
    visitors[index] = asker;
    asker.left--;
    // The square prefers low numbers: few pages are asked for by most.
    return {
      ...asker,
      target: targetOf(random, (most) => Math.floor(random() ** 2 * Math.min(most, number))),
    };
  });
}

/** Makes the log of a flood: nearly every line has a client of its own, and a page of its own. */
export function makeFloodLog(file: string, lines: number): string {
  const random = seededRandom(54_321);
  const agents = userAgents();
  return makeRequests(file, lines, random, () => ({
    client: address(random),
    agent: pick(random, agents),
    target: targetOf(random, (most) => below(random, most * 60)),
  }));
}

function address(random: () => number): string {
  return `203.${below(random, 20)}.${below(random, 256)}.${below(random, 256)}`;
}

function below(random: () => number, most: number): number {
  return Math.floor(random() * most);
}

/** What visitors ask for; `number` gives one of so many things of a kind. */
function targetOf(random: () => number, number: (most: number) => number): string {
  const word = () => pick(random, GOODS);
  const kind = random();
  if (kind < 0.35) {
    const type = pick(random, ["js", "css", "png", "jpg", "svg"]);
    return `/static/${pick(random, ["js", "css", "img"])}/${word()}-${number(10)}.${type}`;
  }
  if (kind < 0.7) return `/${pick(random, ["shop", "blog", "news"])}/${word()}/${word()}-${number(8)}`;
  if (kind < 0.85)
    return `/search?q=${word()}+${word()}&page=${number(30)}&sort=${pick(random, ["price", "date"])}`;
  if (kind < 0.9)
    return `/api/v2/items/${number(2_000)}?fields=id,name,price&lang=${pick(random, ["en", "de"])}`;
  return `/account/orders/${number(2_000)}.html?ref=${word()}%20${word()}`;
}

function makeRequests(
  file: string,
  lines: number,
  random: () => number,
  next: (number: number) => Omit<Asker, "left"> & { readonly target: string },
): string {
  if (fs.existsSync(file)) return file;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const word = () => pick(random, GOODS);
  const referrers = [
    () => "-",
    () => `https://www.example.com/shop/${word()}`,
    () => "https://www.google.com/",
    () => `https://www.example.com/search?q=${word()}+${word()}`,
  ];
  let seconds = Date.UTC(2026, 9, 1) / 1000;
  let count = 0;
  writeLines(file, lines, () => {
    if (random() < 0.2) seconds++;
    const { client, agent, target } = next(++count);
    const asked = count % LINES_PER_ATTACK === 0 ? pick(random, ATTACKS) : target;
    const status = random() < 0.9 ? 200 : pick(random, [304, 404]);
    return `${client} - - [${httpDate(seconds)}] "GET ${asked} HTTP/1.1" ${status} ${200 + below(random, 60_000)} "${pick(random, referrers)()}" "${agent}"`;
  });
  return file;
}
