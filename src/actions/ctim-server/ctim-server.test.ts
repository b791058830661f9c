import { describe, expect, test } from "vitest";
import { ctimBundle } from "../incident/ctim-bundle.ts";
import { findingOf, reportOf } from "../report.testing.ts";
import { type CleanOutcome, deleteSent, findSent } from "./clean-sent.ts";
import type { CtimRequest } from "./ctim-request.ts";
import { CtimSession, Secret } from "./ctim-session.ts";
import { FakeCtimServer } from "./fake-ctim-server.testing.ts";
import { pretendToSend } from "./pretended-server.ts";
import { type ReadBundle, readCtimBundle } from "./read-ctim-bundle.ts";
import { sendBundle } from "./send-bundle.ts";

const ONE_EACH = { incident: 1, sighting: 1, indicator: 1, judgement: 1, relationship: 3 };
const NONE = { incident: 0, sighting: 0, indicator: 0, judgement: 0, relationship: 0 };

function bundleOf(...clients: readonly string[]): ReadBundle {
  const report = reportOf(clients.map((client) => findingOf(client, "high", "Injection")));
  return readCtimBundle(ctimBundle(report, { target: null, judgedForMs: 86_400_000 }), "incident.json");
}

function manyClients(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `198.51.${100 + (index >> 8)}.${index & 255}`);
}

function sessionWith(
  server: FakeCtimServer,
  secret = server.clientSecret,
): { session: CtimSession; waits: number[]; sent: CtimRequest[] } {
  const waits: number[] = [];
  const sent: CtimRequest[] = [];
  const place = { baseUrl: `${server.origin}/ctia`, tokenUrl: `${server.origin}/iroh/oauth2/token` };
  const session = new CtimSession(
    place,
    { clientId: server.clientId, clientSecret: new Secret(secret) },
    {
      send: (request) => {
        sent.push(request);
        return Promise.resolve(server.answer(request));
      },
      sleep: (durationMs) => {
        waits.push(durationMs);
        server.nowMs += durationMs;
        return Promise.resolve();
      },
      clockMs: () => server.nowMs,
      onWait: () => {},
    },
  );
  return { session, waits, sent };
}

describe("sending", () => {
  test("makes each object once, with one token, and a second time adds nothing", async () => {
    const server = new FakeCtimServer();
    const bundle = bundleOf("203.0.113.6");
    expect(await sendBundle(sessionWith(server).session, bundle, null)).toEqual({
      sent: ONE_EACH,
      known: NONE,
      refused: [],
    });
    expect(server.asked.filter((line) => line.includes("token"))).toHaveLength(1);
    expect(await sendBundle(sessionWith(server).session, bundle, null)).toEqual({
      sent: NONE,
      known: ONE_EACH,
      refused: [],
    });
    expect(server.objects.size).toBe(7);
  });

  test("clients of one promotion share its indicator, and relationships name what the server made", async () => {
    const server = new FakeCtimServer();
    await sendBundle(sessionWith(server).session, bundleOf("203.0.113.6", "2001:db8::1"), null);
    expect([server.count("indicator"), server.count("incident"), server.count("relationship")]).toEqual([
      1, 2, 6,
    ]);
    const ids = new Set([...server.objects.values()].map(({ id }) => id));
    for (const { type, source_ref, target_ref } of server.objects.values())
      if (type === "relationship")
        expect([ids.has(String(source_ref)), ids.has(String(target_ref))]).toEqual([true, true]);
  });

  test("many objects are found in the pages of the list, and come in several imports", async () => {
    const server = new FakeCtimServer();
    const bundle = bundleOf(...manyClients(600));
    const first = await sendBundle(sessionWith(server).session, bundle, null);
    expect(first.sent).toEqual({
      incident: 600,
      sighting: 600,
      indicator: 1,
      judgement: 600,
      relationship: 1800,
    });
    expect(server.asked.filter((line) => line.endsWith("/bundle/import"))).toHaveLength(3);
    server.asked.length = 0;
    const second = await sendBundle(sessionWith(server).session, bundle, null);
    expect([second.sent, second.known]).toEqual([NONE, first.sent]);
    // 600 incidents, sightings and judgements in pages of 200, 1,800 relationships, one indicator; a full last page has one behind it.
    expect(server.asked.filter((line) => line.startsWith("GET")).length).toBeLessThan(30);
    expect(server.asked.filter((line) => line.startsWith("POST"))).toEqual(["POST /iroh/oauth2/token"]);
  });

  test("what the import does not take is told with what hangs on it, and the rest is sent", async () => {
    const server = new FakeCtimServer();
    const bundle = bundleOf("203.0.113.6", "203.0.113.7");
    const unwanted = bundle.objects.find(({ type }) => type === "incident")?.external_ids[0] ?? "";
    server.unwanted.add(unwanted);
    const { sent, refused } = await sendBundle(sessionWith(server).session, bundle, null);
    expect(sent).toEqual({ incident: 1, sighting: 2, indicator: 1, judgement: 2, relationship: 5 });
    expect(refused.map(({ kind, reason }) => [kind, reason])).toEqual([
      ["incident", "not wanted"],
      ["relationship", "what it relates is not on the server"],
    ]);
    expect(refused[0]?.externalId).toBe(unwanted);
    // When it is taken later, only what was missing is sent.
    server.unwanted.clear();
    const later = await sendBundle(sessionWith(server).session, bundle, null);
    expect([later.sent, later.refused]).toEqual([{ ...NONE, incident: 1, relationship: 1 }, []]);
  });

  test("an import that is refused as a whole is told object by object", async () => {
    const server = new FakeCtimServer();
    server.faults.push({ at: "/bundle/import", status: 400, body: '{"errors":\n "no"}' });
    const { sent, refused } = await sendBundle(sessionWith(server).session, bundleOf("203.0.113.6"), null);
    expect(sent).toEqual({ ...NONE, judgement: 1 });
    expect(refused[0]?.reason).toBe('it answers 400, {"errors": "no"}');
    expect(refused).toHaveLength(6);
  });

  test("clients are added to a feed once", async () => {
    const server = new FakeCtimServer();
    const { id: feed } = server.put("indicator", { title: "Block these" });
    const feedId = feed.slice(feed.lastIndexOf("/") + 1);
    const bundle = bundleOf("203.0.113.6", "203.0.113.7");
    for (const expected of [8, 0]) {
      const { sent } = await sendBundle(sessionWith(server).session, bundle, feedId);
      expect(sent.relationship).toBe(expected);
    }
    const members = [...server.objects.values()].filter(({ target_ref }) => target_ref === feed);
    expect(members.map(({ relationship_type }) => relationship_type)).toEqual(["element-of", "element-of"]);
  });

  test("a feed that is not there stops all before anything is sent", async () => {
    const server = new FakeCtimServer();
    const missing = "indicator-00000000-0000-4000-8000-000000000099";
    await expect(sendBundle(sessionWith(server).session, bundleOf("203.0.113.6"), missing)).rejects.toThrow(
      "it answers 404",
    );
    expect(server.objects.size).toBe(0);
  });

  test("texts that a log makes long fit into the model", async () => {
    const server = new FakeCtimServer();
    const finding = findingOf("203.0.113.6", "high", "x".repeat(3000));
    const many = Array.from({ length: 20 }, (_, index) => ({
      ...finding,
      id: `${index}`,
      sentence: `${index} ${"y".repeat(900)}`,
    }));
    const report = reportOf([finding]);
    const incidents = report.incidents.map((incident) => ({
      ...incident,
      title: "t".repeat(5000),
      findingIds: many.map(({ id }) => id),
    }));
    const text = ctimBundle({ ...report, findings: many, incidents }, { target: null, judgedForMs: 1 });
    const { sent, refused } = await sendBundle(
      sessionWith(server).session,
      readCtimBundle(text, "long.json"),
      null,
    );
    expect([sent, refused]).toEqual([ONE_EACH, []]);
  });
});

describe("the server", () => {
  test("that ends a token early gets a new one, once", async () => {
    const server = new FakeCtimServer();
    const { session } = sessionWith(server);
    await sendBundle(session, bundleOf("203.0.113.6"), null);
    server.endTokens();
    await sendBundle(session, bundleOf("203.0.113.7"), null);
    expect(server.count("incident")).toBe(2);
    expect(server.asked.filter((line) => line.includes("token"))).toHaveLength(2);
    server.endTokens();
    server.faults.push({ at: "GET", status: 401 }, { at: "GET", status: 401 });
    await expect(sendBundle(session, bundleOf("203.0.113.8"), null)).rejects.toThrow(
      "the server refuses, it answers 401",
    );
  });

  test("gives tokens that are renewed before they end", async () => {
    const server = new FakeCtimServer();
    const { session, sent } = sessionWith(server);
    await sendBundle(session, bundleOf("203.0.113.6"), null);
    server.nowMs += 595_000;
    sent.length = 0;
    await sendBundle(session, bundleOf("203.0.113.7"), null);
    expect(sent[0]?.url).toContain("/oauth2/token");
  });

  test("that wants to be asked later is waited for, as long as it says", async () => {
    const server = new FakeCtimServer();
    server.faults.push(
      { at: "POST /iroh", status: 429, headers: { "retry-after": "7" } },
      { at: "/bundle/import", status: 429, headers: { "retry-after": "30" } },
      { at: "POST /ctia/judgement", status: 503 },
      { at: "GET /ctia/incident", status: 502 },
    );
    const { session, waits } = sessionWith(server);
    const { sent, refused } = await sendBundle(session, bundleOf("203.0.113.6"), null);
    expect([sent, refused]).toEqual([ONE_EACH, []]);
    expect(waits).toEqual([7000, 500, 30_000, 500]);
  });

  test("that wants more patience than anybody has is not waited for", async () => {
    const server = new FakeCtimServer();
    server.faults.push({ at: "/bundle/import", status: 429, headers: { "retry-after": "3557" } });
    const { session, waits } = sessionWith(server);
    await expect(sendBundle(session, bundleOf("203.0.113.6"), null)).rejects.toMatchObject({
      code: "incident-refused",
      help: "It takes requests again in 60 minutes.",
    });
    expect(waits).toEqual([]);
  });

  test("whose answer to a post is lost is not asked twice: nobody knows whether it made something", async () => {
    const server = new FakeCtimServer();
    server.faults.push({ at: "POST /ctia/judgement", status: 502 });
    await expect(sendBundle(sessionWith(server).session, bundleOf("203.0.113.6"), null)).rejects.toThrow(
      "it answers 502",
    );
    expect(server.asked.filter((line) => line === "POST /ctia/judgement")).toHaveLength(1);
  });

  test("that refuses the secret is told without the secret", async () => {
    const server = new FakeCtimServer();
    const { session } = sessionWith(server, "wr0ng-secret");
    const failure = await sendBundle(session, bundleOf("203.0.113.6"), null).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "incident-refused",
      message: expect.stringContaining("invalid_client"),
    });
    expect(String(failure)).not.toContain("wr0ng-secret");
    expect(`${new Secret("hidden")} ${JSON.stringify({ secret: new Secret("hidden") })}`).toBe(
      '*** {"secret":"***"}',
    );
  });

  test("that is none is told as such", async () => {
    const server = new FakeCtimServer();
    server.faults.push({ at: "GET", status: 200, body: "<html>" });
    await expect(sendBundle(sessionWith(server).session, bundleOf("203.0.113.6"), null)).rejects.toThrow(
      "answers with no JSON",
    );
  });

  test("whose list has no end does not hold the run", async () => {
    const server = new FakeCtimServer();
    const bundle = bundleOf(...manyClients(30));
    const body = JSON.stringify([{}]);
    for (let page = 0; page < 3; page++)
      server.faults.push({ at: "/search", status: 200, headers: { "x-next": "search_after=a" }, body });
    await expect(sendBundle(sessionWith(server).session, bundle, null)).rejects.toThrow(
      "a list without an end",
    );
  });
});

async function cleanSent(session: CtimSession, source: string): Promise<CleanOutcome> {
  return deleteSent(session, await findSent(session, source));
}

describe("cleaning", () => {
  test("deletes what was sent from all pages, relationships first, and nothing else", async () => {
    const server = new FakeCtimServer();
    const foreign = [
      server.put("incident", { source: "Trawl", external_ids: ["other:1"] }),
      server.put("incident", { source: "Somebody", external_ids: ["trawl:incident:1"] }),
      server.put("sighting", { source: "Trawl" }),
    ];
    await sendBundle(sessionWith(server).session, bundleOf(...manyClients(250)), null);
    server.asked.length = 0;
    const { deleted, refused } = await cleanSent(sessionWith(server).session, "Trawl");
    expect(deleted).toEqual({
      incident: 250,
      sighting: 250,
      indicator: 1,
      judgement: 250,
      relationship: 750,
    });
    expect(refused).toEqual([]);
    expect([...server.objects.values()]).toEqual(foreign);
    const kinds = server.asked.flatMap((line) => /^DELETE \/ctia\/(\w+)/.exec(line)?.[1] ?? []);
    expect([...new Set(kinds)]).toEqual(["relationship", "sighting", "judgement", "indicator", "incident"]);
    expect((await cleanSent(sessionWith(server).session, "Trawl")).deleted).toEqual(NONE);
  });

  test("goes on where an object is gone already, and tells what it could not delete", async () => {
    const server = new FakeCtimServer();
    await sendBundle(sessionWith(server).session, bundleOf("203.0.113.6"), null);
    server.faults.push(
      { at: "DELETE /ctia/sighting", status: 404, body: "" },
      { at: "DELETE /ctia/judgement", status: 409, body: "locked" },
    );
    const { deleted, refused } = await cleanSent(sessionWith(server).session, "Trawl");
    expect(deleted).toEqual({ ...ONE_EACH, judgement: 0 });
    expect(refused).toMatchObject([{ kind: "judgement", reason: "it answers 409, locked" }]);
  });

  test("never asks for an id that a server made up to lead elsewhere", async () => {
    const server = new FakeCtimServer();
    const body = JSON.stringify([
      {
        id: "https://ctim.example.com/ctia/incident/../../admin",
        source: "Trawl",
        external_ids: ["trawl:x"],
      },
      { id: "relationship-1?all=true", source: "Trawl", external_ids: ["trawl:x"] },
    ]);
    server.faults.push({ at: "GET /ctia/relationship", status: 200, body });
    await cleanSent(sessionWith(server).session, "Trawl");
    expect(server.asked.filter((line) => line.startsWith("DELETE"))).toEqual([]);
  });
});

test("a pretended run asks what a real one asks of an empty server", async () => {
  const server = new FakeCtimServer();
  const bundle = bundleOf("203.0.113.6", "203.0.113.7");
  const real = sessionWith(server);
  await sendBundle(real.session, bundle, null);
  const pretended: string[] = [];
  const send = pretendToSend(({ method, url }) => pretended.push(`${method} ${url}`));
  const world = { send, sleep: () => Promise.resolve(), clockMs: () => 0, onWait: () => {} };
  const session = new CtimSession(real.session.place, { clientId: "", clientSecret: new Secret("") }, world);
  const { sent } = await sendBundle(session, bundle, null);
  expect(pretended).toEqual(real.sent.map(({ method, url }) => `${method} ${url}`));
  expect(sent).toEqual({ incident: 2, sighting: 2, indicator: 1, judgement: 2, relationship: 6 });
});

describe("a file of incidents", () => {
  const good = JSON.parse(
    ctimBundle(reportOf([findingOf("203.0.113.6", "high", "Scan")]), { target: null, judgedForMs: 1 }),
  );
  const [incident] = good.incidents;
  const [relationship] = good.relationships;
  test.each<readonly [string, unknown]>([
    ["is no JSON", undefined],
    ["is no bundle of CTIM", [good]],
    ["is no bundle of CTIM", { ...good, type: "incident" }],
    ['has "incidents" that are no array', { ...good, incidents: {} }],
    ['has something among its "incidents" that is no incident', { ...good, incidents: [good.sightings[0]] }],
    [
      'has something among its "incidents" without an id that begins with "transient:"',
      { ...good, incidents: [{ ...incident, id: "x" }] },
    ],
    [
      'has something among its "incidents" without an external id that begins with "trawl:"',
      { ...good, incidents: [{ ...incident, external_ids: ["other:1"] }] },
    ],
    [
      "has a relationship whose target_ref is not among its objects",
      { ...good, relationships: [{ ...relationship, target_ref: "transient:elsewhere" }] },
    ],
    ['says no "source" or no "schema_version"', { ...good, source: 1 }],
  ])("that %s is not sent", (message, content) => {
    const text = content === undefined ? "{" : JSON.stringify(content);
    expect(() => readCtimBundle(text, "incident.json")).toThrow(`"incident.json" ${message}`);
  });
});
