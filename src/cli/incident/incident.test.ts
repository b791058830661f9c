import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ctimBundle } from "#actions";
import { FakeCtimServer } from "../../actions/ctim-server/fake-ctim-server.testing.ts";
import { findingOf, reportOf } from "../../actions/report.testing.ts";
import { type MainOutcome, runMain } from "../run-main.testing.ts";
import { ctimPlaceOf } from "./ctim-place.ts";

let folder = "";
let server: Server;
let ctim: FakeCtimServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "trawl-incident-"));
  server = createServer(async (request, response) => {
    const { method, headers } = request;
    const answer = ctim.answer({
      method: method === "POST" || method === "DELETE" ? method : "GET",
      url: `${ctim.origin}${request.url}`,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      body: await text(request),
    });
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  ctim = new FakeCtimServer(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
  const report = reportOf([
    findingOf("203.0.113.6", "high", "Scan"),
    findingOf("203.0.113.7", "high", "Scan"),
  ]);
  await writeFile(join(folder, "incident.json"), ctimBundle(report, { target: null, judgedForMs: 1000 }));
  await writeFile(join(folder, "secret.txt"), `${ctim.clientSecret}\n`);
  await writeFile(join(folder, "empty.txt"), "\n");
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

function run(...argv: readonly string[]): Promise<MainOutcome> {
  const environment = { ID: ctim.clientId, SECRET: ctim.clientSecret };
  return runMain(["incident", ...argv], { folder, environment });
}

const toServer = () => ["--to", ctim.origin, "--outbound-allow", "127.0.0.1"];
const WITH_ENV = ["--client-id", "env:ID", "--client-secret", "env:SECRET"];
const WITH_FILE = ["--client-id", "client-5c1d", "--client-secret", "file:secret.txt"];

test("incidents are sent once and taken back", async () => {
  const first = await run("send", "incident.json", ...toServer(), ...WITH_ENV);
  expect(first).toEqual({
    stdout:
      "incident: 2 sent, 0 there already\nindicator: 1 sent, 0 there already\njudgement: 2 sent, 0 there already\nsighting: 2 sent, 0 there already\nrelationship: 6 sent, 0 there already\n",
    stderr: "",
    exitCode: 0,
  });
  const second = await run("send", "incident.json", ...toServer(), ...WITH_FILE);
  expect(second.stdout).toContain("incident: 0 sent, 2 there already\n");
  const looked = await run("clean", ...toServer(), ...WITH_FILE);
  expect(looked.stdout).toContain("incident: 2 to delete\n");
  expect([looked.stderr, ctim.objects.size]).toEqual(["Nothing is deleted yet: say --yes.\n", 13]);
  const cleaned = await run("clean", ...toServer(), ...WITH_FILE, "--yes");
  expect([cleaned.stdout, ctim.objects.size]).toEqual([
    "relationship: 6 deleted\nsighting: 2 deleted\njudgement: 2 deleted\nindicator: 1 deleted\nincident: 2 deleted\n",
    0,
  ]);
  expect((await run("clean", ...toServer(), ...WITH_FILE)).stderr).toBe(
    'Nothing of the source "Trawl" is there.\n',
  );
});

test("what a server says cannot steer a terminal, and the exit code tells that something was refused", async () => {
  ctim.faults.push(
    { at: "/ctia/judgement", status: 200, body: "[]" },
    { at: "POST /ctia/judgement", status: 409, body: "no \u001b[31m" },
  );
  const { stderr, exitCode } = await run("send", "incident.json", ...toServer(), ...WITH_ENV);
  expect(stderr).toMatch(/^warning: judgement trawl:judgement:[0-9a-f-]{36}: it answers 409, no /);
  expect(stderr).not.toContain("\u001b");
  expect(exitCode).toBe(4);
});

test("a dry run sends nothing, needs no secret and shows none", async () => {
  ctim.asked.length = 0;
  const send = await run("send", "incident.json", ...toServer(), "--dry-run");
  expect(send.stdout.split("\n").map((line) => line.split(" ", 1)[0])).toContain("POST");
  const clean = await run("clean", ...toServer(), "--dry-run", ...WITH_ENV);
  expect(clean.stdout).toContain("/ctia/KIND/ID");
  expect(ctim.asked).toEqual([]);
  expect(`${send.stdout}${clean.stdout}${send.stderr}${clean.stderr}`).not.toContain(ctim.clientSecret);
});

test("a bundle without incidents asks nothing of the server", async () => {
  ctim.asked.length = 0;
  await writeFile(join(folder, "none.json"), ctimBundle(reportOf([]), { target: null, judgedForMs: 1 }));
  const { stderr, exitCode } = await run("send", "none.json", ...toServer(), ...WITH_ENV);
  expect([stderr, exitCode]).toEqual(['"none.json" holds no incident: there is nothing to send.\n', 0]);
  expect(ctim.asked).toEqual([]);
});

describe("is refused", () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    [
      "a secret on the command line, which is not repeated",
      ["clean", "--client-secret", "hunter2"],
      "not the secret itself",
    ],
    [
      "a secret that is not there",
      ["clean", "--client-id", "a", "--client-secret", "env:NONE"],
      "error[secret-missing]: The variable NONE",
    ],
    [
      "an empty file of a secret",
      ["clean", "--client-id", "a", "--client-secret", "file:empty.txt"],
      '"empty.txt" is empty',
    ],
    ["no secret", ["clean", "--client-id", "a"], "--client-secret is missing"],
    [
      "a feed that is no indicator",
      ["send", "incident.json", ...WITH_ENV, "--feed", "x"],
      "--feed takes the id of an indicator",
    ],
    ["a file that is no bundle", ["send", "secret.txt", ...WITH_ENV], "error[incident-file]"],
    ["something else to do", ["dispatch"], 'trawl incident takes send or clean, not "dispatch"'],
    ["a file to clean", ["clean", "incident.json"], "error[usage]"],
  ];
  test.each(cases)("%s", async (_, argv, message) => {
    const { stderr, exitCode } = await run(...argv, ...toServer());
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("hunter2");
    expect(exitCode).toBeGreaterThan(1);
  });

  test("another client's secret", async () => {
    await writeFile(join(folder, "wrong.txt"), "wrong");
    const { stderr, exitCode } = await run(
      "clean",
      ...toServer(),
      "--client-id",
      "env:ID",
      "--client-secret",
      "file:wrong.txt",
    );
    expect([stderr, exitCode]).toEqual([expect.stringContaining("error[incident-refused]"), 4]);
  });

  test("a machine inside that nobody allowed", async () => {
    const { stderr } = await run("clean", "--to", ctim.origin, ...WITH_ENV);
    expect(stderr).toContain("error[outbound-denied]");
  });
});

describe("the place of a server", () => {
  test.each([
    [
      "https://private.intel.eu.amp.cisco.com",
      "https://private.intel.eu.amp.cisco.com/ctia",
      "https://visibility.eu.amp.cisco.com/iroh/oauth2/token",
    ],
    [
      "https://private.intel.amp.cisco.com/",
      "https://private.intel.amp.cisco.com/ctia",
      "https://visibility.amp.cisco.com/iroh/oauth2/token",
    ],
    [
      "https://visibility.amp.cisco.com/iroh/private-intel",
      "https://visibility.amp.cisco.com/iroh/private-intel",
      "https://visibility.amp.cisco.com/iroh/oauth2/token",
    ],
    [
      "https://private.intel.example.com:8443",
      "https://private.intel.example.com:8443/ctia",
      "https://private.intel.example.com:8443/iroh/oauth2/token",
    ],
  ])("%s", (to, baseUrl, tokenUrl) => {
    expect(ctimPlaceOf(to, null)).toEqual({ baseUrl, tokenUrl });
    expect(ctimPlaceOf(to, "https://tokens.example.com/t").tokenUrl).toBe("https://tokens.example.com/t");
  });

  test.each([
    "http://ctim.example.com",
    "http://127.evil.example",
    "ftp://a",
    "ctim",
    "https://me:pw@a.example",
    "https://a.example?x=1",
  ])("%s is refused: a secret goes there", (to) => {
    expect(() => ctimPlaceOf(to, null)).toThrow("--to takes an address");
  });
});
