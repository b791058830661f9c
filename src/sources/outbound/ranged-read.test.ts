import type { RequestListener, ServerResponse } from "node:http";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { Failure } from "#text";
import { breakConnection, type FaultServer, LOOPBACK_POLICY, startServer } from "./fault-server.testing.ts";
import type { OutboundRequest } from "./outbound-request.ts";
import { type RangedRead, readRanges } from "./ranged-read.ts";
import { backOffMs, outboundRequestWithRetry, type RetryWorld, retryAfterMs } from "./retry.ts";

const never = new AbortController().signal;
const servers: FaultServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(answer: RequestListener): Promise<FaultServer> {
  const server = await startServer(answer);
  servers.push(server);
  return server;
}

/** A world in which waiting takes no time, and is written down. */
function patientWorld(): RetryWorld & { readonly waits: number[] } {
  const waits: number[] = [];
  return {
    waits,
    wallClockMs: () => Date.UTC(2026, 9, 1),
    random: () => 0.5,
    sleep: (durationMs) => {
      waits.push(durationMs);
      return Promise.resolve();
    },
  };
}

const request = (url: string, more: Partial<OutboundRequest> = {}): OutboundRequest => ({
  url,
  signal: never,
  policy: LOOPBACK_POLICY,
  ...more,
});

describe("asking again", () => {
  test("helps when a server is busy, as long as it says or longer each time", async () => {
    const answers: [number, Record<string, string>][] = [
      [503, { "retry-after": "7" }],
      [429, { "retry-after": "Thu, 01 Oct 2026 00:00:09 GMT" }],
      [500, {}],
      [502, { "retry-after": "never" }],
      [200, {}],
    ];
    const server = await serve((_request, response) => {
      const [status, headers] = answers.shift() ?? [200, {}];
      response.writeHead(status, headers).end();
    });
    const world = patientWorld();
    expect((await outboundRequestWithRetry(request(server.url), world)).status).toBe(200);
    expect(world.waits).toEqual([7000, 9000, 750, 1500]);
  });

  test("ends after five times, with what came last", async () => {
    const server = await serve((_request, response) => response.writeHead(504).end("x"));
    const world = patientWorld();
    expect((await outboundRequestWithRetry(request(server.url), world)).status).toBe(504);
    expect(server.asked).toHaveLength(5);
    expect(world.waits).toEqual([188, 375, 750, 1500]);
  });

  test("helps when connections break, and makes the request anew each time", async () => {
    let attempts = 0;
    const server = await serve((_request, response) =>
      attempts < 3 ? breakConnection(response) : response.end("ok"),
    );
    const world = patientWorld();
    const maker = (attempt: number) => {
      attempts = attempt;
      return request(`${server.url}/${attempt}`);
    };
    expect((await outboundRequestWithRetry(maker, world)).status).toBe(200);
    expect(server.asked.at(-1)).toBe("GET /3");
    expect(world.waits).toHaveLength(2);
  });

  test("is not done for methods that may do something twice, nor for answers that will not change", async () => {
    const server = await serve((_request, response) => response.writeHead(503).end());
    const world = patientWorld();
    const post = request(server.url, { method: "POST", body: "x" });
    expect((await outboundRequestWithRetry(post, world)).status).toBe(503);
    const denied = request("http://10.0.0.1/");
    await expect(outboundRequestWithRetry(denied, world)).rejects.toMatchObject({ code: "outbound-denied" });
    await server.close();
    await expect(outboundRequestWithRetry(request(server.url), world)).rejects.toMatchObject({
      code: "outbound-failed",
    });
    expect(world.waits).toEqual([]);
  });

  test("stops with its signal while it waits", async () => {
    const server = await serve((_request, response) => response.writeHead(503).end());
    const stop = new AbortController();
    const world = {
      ...patientWorld(),
      sleep: () => {
        stop.abort();
        return Promise.reject(new Error("aborted"));
      },
    };
    await expect(
      outboundRequestWithRetry(request(server.url, { signal: stop.signal }), world),
    ).rejects.toMatchObject({ code: "cancelled" });
  });

  test.each([
    ["120", 60_000],
    ["0", 0],
    ["Wed, 30 Sep 2026 23:00:00 GMT", 0],
    ["Thu, 01 Oct 2026 05:00:00 GMT", 60_000],
    ["", null],
    ["soon", null],
    [undefined, null],
  ])("Retry-After %j is %j ms", (header, expected) => {
    expect(retryAfterMs(header, Date.UTC(2026, 9, 1))).toBe(expected);
  });

  test("never waits longer than 20 seconds by itself", () => {
    expect(backOffMs(30, { ...patientWorld(), random: () => 0.999 })).toBeLessThanOrEqual(20_000);
  });
});

/** How an object is served: what the next requests do, in order; then all is well. */
interface Plan {
  readonly content: Buffer;
  readonly faults: readonly ((response: ServerResponse) => boolean)[];
  readonly etag?: string | null;
  readonly lastModified?: string | null;
  readonly hasRanges?: boolean;
  readonly mostOfRange?: number;
  readonly breaksBehind?: readonly number[];
}

async function serveObject(plan: Partial<Plan> & { readonly content: Buffer }) {
  const now = { etag: '"1"' as string | null, content: plan.content };
  if (plan.etag !== undefined) now.etag = plan.etag;
  const breaks = [...(plan.breaksBehind ?? [])];
  const server = await serve((asked, response) => {
    if (now.etag !== null) response.setHeader("etag", now.etag);
    if (plan.lastModified != null) response.setHeader("last-modified", plan.lastModified);
    const condition = asked.headers["if-match"];
    if (condition !== undefined && condition !== now.etag) return response.writeHead(412).end();
    const match = /^bytes=(\d+)-(\d*)$/.exec(asked.headers.range ?? "");
    let bytes = now.content;
    if (match !== null && plan.hasRanges !== false) {
      const start = Number(match[1]);
      const end = match[2] === "" ? bytes.length : Math.min(Number(match[2]) + 1, bytes.length);
      if (start >= bytes.length)
        return response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
      const cut = Math.min(end, start + (plan.mostOfRange ?? end));
      response.setHeader("content-range", `bytes ${start}-${cut - 1}/${bytes.length}`);
      bytes = bytes.subarray(start, cut);
      response.statusCode = 206;
    }
    response.setHeader("content-length", bytes.length);
    const most = breaks.shift();
    if (most === undefined) return response.end(bytes);
    response.write(bytes.subarray(0, most), () => breakConnection(response));
    return response;
  });
  return { server, now };
}

async function read(url: string, more: Partial<RangedRead> = {}) {
  const world = patientWorld();
  const pieces: Uint8Array[] = [];
  let failure: Failure | null = null;
  const wanted: RangedRead = {
    startByte: 0,
    endByte: null,
    version: null,
    signal: never,
    world,
    ask: (headers) => outboundRequestWithRetry(request(url, { headers }), world),
    ...more,
  };
  try {
    for await (const piece of readRanges(wanted)) pieces.push(piece);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    failure = error;
  }
  return { text: Buffer.concat(pieces).toString("latin1"), code: failure?.code ?? null, failure, world };
}

describe("reading a range", () => {
  const content = Buffer.from("0123456789");

  test.each([
    [0, null, "0123456789"],
    [3, null, "3456789"],
    [3, 7, "3456"],
    [0, 4, "0123"],
    [0, 99, "0123456789"],
    [10, null, ""],
    [4, 4, ""],
  ])(
    "from %d to %j gives %j, with and without ranges of the server, whatever it gives at once",
    async (startByte, endByte, text) => {
      for (const plan of [{ hasRanges: true }, { hasRanges: false }, { mostOfRange: 2 }]) {
        const { server } = await serveObject({ content, ...plan });
        expect(await read(server.url, { startByte, endByte })).toMatchObject({ text, code: null });
      }
    },
  );

  test("an empty object is empty", async () => {
    const { server } = await serveObject({ content: Buffer.alloc(0) });
    expect(await read(server.url)).toMatchObject({ text: "", code: null });
    expect(await read(server.url, { endByte: 10 })).toMatchObject({ text: "", code: null });
  });

  test("wherever the connection breaks, and whatever servers can, the bytes are those of the object", async () => {
    const large = Buffer.from(Array.from({ length: 5000 }, (_, index) => String(index)).join(","));
    const places = fc.array(fc.integer({ min: 1, max: large.length - 1 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(places, fc.boolean(), fc.nat(large.length), async (breaksBehind, hasRanges, start) => {
        const { server } = await serveObject({ content: large, breaksBehind, hasRanges });
        const expected = large.subarray(start).toString("latin1");
        const { text, code } = await read(server.url, { startByte: start });
        expect(code).toBeNull();
        expect(text === expected).toBe(true);
        await server.close();
      }),
      { seed: 11, numRuns: 40 },
    );
  });

  test("taken up again asks for the rest of the same version", async () => {
    const { server } = await serveObject({ content, breaksBehind: [4] });
    const headers: (string | undefined)[] = [];
    const world = patientWorld();
    const ask = (more: Readonly<Record<string, string>>) => {
      headers.push(more["range"], more["if-match"]);
      return outboundRequestWithRetry(request(server.url, { headers: more }), world);
    };
    expect((await read(server.url, { ask })).text).toBe("0123456789");
    expect(headers).toEqual([undefined, undefined, "bytes=4-", '"1"']);
  });

  test("of an object that changed meanwhile ends, with what came before", async () => {
    const { server, now } = await serveObject({ content, breaksBehind: [4] });
    const world = patientWorld();
    const sleep = async () => {
      now.etag = '"2"';
    };
    const changes = { ...world, sleep };
    expect(await read(server.url, { world: changes })).toMatchObject({
      text: "0123",
      code: "source-changed",
    });
    expect(await read(server.url, { version: '"1"' })).toMatchObject({ text: "", code: "source-changed" });
    expect(await read(server.url, { version: '"2"' })).toMatchObject({ text: "0123456789", code: null });
    now.content = Buffer.from("01");
    expect((await read(server.url, { startByte: 4, version: '"2"' })).code).toBe("source-changed");
  });

  test("of an object with a weak version compares it, since it never matches", async () => {
    const { server, now } = await serveObject({ content, etag: 'W/"1"', breaksBehind: [4, 2, 2] });
    expect(await read(server.url)).toMatchObject({ text: "0123456789", code: null });
    now.etag = 'W/"2"';
    expect((await read(server.url, { version: 'W/"1"' })).code).toBe("source-changed");
  });

  test("of an object that nothing tells from others is not taken up again", async () => {
    const { server } = await serveObject({ content, etag: null, breaksBehind: [4] });
    expect(await read(server.url)).toMatchObject({ text: "0123", code: "outbound-failed" });
    const lastModified = "Thu, 01 Oct 2026 00:00:00 GMT";
    const dated = await serveObject({ content, etag: null, lastModified, breaksBehind: [4] });
    expect(await read(dated.server.url)).toMatchObject({ text: "0123456789", code: null });
  });

  test("ends when the connection breaks without giving anything, again and again", async () => {
    const { server } = await serveObject({ content, breaksBehind: [4, ...Array(50).fill(0)] });
    const { text, code } = await read(server.url);
    expect([text, code]).toEqual(["0123", "outbound-failed"]);
    expect(server.asked.length).toBeLessThan(30);
  });

  test.each([
    [401, "source-unreadable", /wants credentials/],
    [403, "source-unreadable", /does not allow/],
    [404, "source-missing", /not there/],
    [410, "source-missing", /gone/],
    [418, "source-unreadable", /answers 418/],
    [503, "source-unreadable", /has trouble \(503\)/],
  ])("that is refused with %d is %s", async (status, code, sentence) => {
    const server = await serve((_request, response) => response.writeHead(status).end("no"));
    const { failure } = await read(server.url);
    expect(failure?.code).toBe(code);
    expect(failure?.message).toMatch(sentence);
  });

  test.each([
    ["nothing", {}],
    ["other bytes", { "content-range": "bytes 5-8/10" }],
    ["nonsense", { "content-range": "bytes x-y/z" }],
  ])("that is answered with a range of %s fails", async (_, headers) => {
    const server = await serve((_request, response) => response.writeHead(206, headers).end("abcd"));
    expect((await read(server.url, { startByte: 3 })).code).toBe("outbound-failed");
  });
});
