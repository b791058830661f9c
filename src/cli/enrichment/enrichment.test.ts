import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bitsOf, makeDatabase } from "../../enrichment/geo/mmdb-writer.testing.ts";
import { main } from "../main.ts";
import type { Surroundings } from "../surroundings.ts";

let folder = "";
let server: Server;
let origin = "";
/** What was asked of the server, with the condition. */
const asked: string[] = [];

const record = { country: { iso_code: "EE" }, city: { names: { en: "Tallinn" } } };
const database = makeDatabase({
  type: "DBIP-City-Lite",
  networks: [{ bits: bitsOf("192.0.2.0/24"), record }],
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "trawl-enrichment-"));
  server = createServer(({ url = "", headers }, response) => {
    const condition = headers["if-none-match"];
    asked.push(condition === undefined ? url : `${url} ${condition}`);
    if (url === "/list.txt" && condition === '"1"') response.writeHead(304).end();
    else if (url === "/list.txt") response.writeHead(200, { etag: '"1"' }).end("192.0.2.0/25\n");
    else if (url === "/city-2026-09.mmdb.gz") response.end(gzipSync(database));
    else if (url.startsWith("/cut")) response.end(database.subarray(0, 200));
    else response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

/** Runs the command line in this process on the first of October 2026. */
async function run(
  ...argv: readonly string[]
): Promise<{ stdout: string; stderr: string; exitCode: number }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const surroundings: Surroundings = {
    stdout,
    stderr,
    environment: {
      NO_COLOR: "1",
      TRAWL_OUTBOUND_ALLOW: "127.0.0.1",
      XDG_DATA_HOME: join(folder, "data"),
      XDG_CONFIG_HOME: join(folder, "config"),
    },
    workingDirectory: folder,
    wallClockMs: () => Date.UTC(2026, 9, 1),
    clockMs: () => 0,
    onStop: () => () => {},
    exitNow: () => {},
  };
  const exitCode = await main(argv, surroundings);
  return { stdout: String(stdout.read() ?? ""), stderr: String(stderr.read() ?? ""), exitCode };
}

test("a database of the month before is taken when there is none of this one, and answers with its date", async () => {
  const { stdout, exitCode } = await run(
    "geo",
    "update",
    "city",
    "--from",
    `${origin}/{kind}-{month}.mmdb.gz`,
  );
  expect([exitCode, stdout.split("  ").slice(0, 3)]).toEqual([0, ["city", "DBIP-City-Lite", "2026-10-01"]]);
  expect(asked.splice(0)).toEqual(["/city-2026-10.mmdb.gz", "/city-2026-09.mmdb.gz"]);
  const answer = await run("query", "-e", "VALUES({ip:192.0.2.1}) | select(CITY(ip), x:GEO(ip))");
  expect(answer.stdout).toBe('{"city":"Tallinn","x":null}\n');
  expect(answer.stderr).toContain("DB-IP, of 2026-10-01 (0 days old). IP Geolocation by DB-IP");
});

test("a database that is cut or is not there leaves what is installed", async () => {
  const cut = await run("geo", "update", "city", "--from", `${origin}/cut`);
  expect([cut.exitCode, cut.stderr]).toEqual([4, expect.stringContaining("error[database-broken]")]);
  const gone = await run("geo", "update", "asn", "--from", `${origin}/{kind}`);
  expect([gone.exitCode, gone.stderr]).toEqual([4, expect.stringContaining("the server answers 404")]);
  expect(await readdir(join(folder, "data/trawl/geo"))).toEqual(["city.mmdb"]);
  asked.splice(0);
});

test("a list is fetched when it is said, then only when it has changed, and never by a query", async () => {
  await mkdir(join(folder, "config/trawl/lists"), { recursive: true });
  await writeFile(join(folder, "config/trawl/lists/web.yaml"), `name: web\nsource: ${origin}/list.txt\n`);
  const query = () => run("query", "-e", "VALUES({ip:192.0.2.1}) | select(a:IN_LIST(ip, 'web'))");
  expect((await query()).stderr).toContain('The list "web" was never fetched.');
  expect(asked).toEqual([]);
  expect((await run("lists", "update", "web")).stdout).toBe("web: 1 entry, 13 B\n");
  expect((await run("lists", "update")).stdout).toContain("asked at 2026-10-01 00:00 UTC already");
  expect((await run("lists", "update", "--force")).stdout).toBe("web: unchanged\n");
  expect(asked).toEqual(["/list.txt", '/list.txt "1"']);
  expect((await query()).stdout).toBe('{"a":true}\n');
});

test("what lies inside is asked only when it is allowed, and never when it is denied", async () => {
  const inside = origin.replace("127.0.0.1", "127.0.0.2");
  const geo = await run("geo", "update", "city", "--from", `${inside}/{kind}.mmdb`);
  expect(geo.exitCode).toBe(4);
  expect(geo.stderr).toContain('"127.0.0.2" is no address of the internet, so no connection is made to it.');
  expect(geo.stderr).toContain("--outbound-allow 127.0.0.2");
  const denied = await run("geo", "update", "city", "--from", origin, "--outbound-deny", "127.0.0.0/8");
  expect(denied.exitCode).toBe(4);
  expect(denied.stderr).toContain('Connections to "127.0.0.1" are denied by the settings of this run.');
});

test("scripts fetch where they may, and are told why there is nothing", async () => {
  const inside = origin.replace("127.0.0.1", "127.0.0.2");
  const fetched = async (url: string) =>
    await run("query", "--fetch", "--format", "tsv", "-e", `VALUES([{u:'${url}'}]) | select(t:FETCH(u))`);
  expect((await fetched(`${origin}/list.txt`)).stdout).toContain("192.0.2.0/25");
  const { stderr } = await fetched(`${inside}/list.txt`);
  expect(stderr).toContain('The first reason: "127.0.0.2" is no address of the internet');
  expect((await fetched(`${origin}/none`)).stderr).toContain("the server answers 404.");
  const included = await run("query", "--fetch", "-e", `PARSE(pattern:FETCH('${inside}/list.txt'), src:'a')`);
  expect(included.exitCode).toBe(3);
  expect(included.stderr).toContain('"127.0.0.2" is no address of the internet');
});
