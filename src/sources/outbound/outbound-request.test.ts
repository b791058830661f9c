import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  breakConnection,
  type FaultServer,
  LOOPBACK_POLICY,
  resolvesTo,
  startServer,
} from "./fault-server.testing.ts";
import { type OutboundRequest, outboundRequest } from "./outbound-request.ts";
import { readBody } from "./read-body.ts";
import { type Hop, nextHop } from "./redirect.ts";

const never = new AbortController().signal;
const servers: FaultServer[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(answer: RequestListener): Promise<FaultServer> {
  const server = await startServer(answer);
  servers.push(server);
  return server;
}

type Wish = Omit<OutboundRequest, "signal" | "policy"> & Partial<OutboundRequest>;

async function ask(wish: Wish) {
  return await outboundRequest({ signal: never, policy: LOOPBACK_POLICY, ...wish });
}

async function textOf(wish: Wish): Promise<string> {
  return Buffer.from(await readBody(await ask(wish), 1 << 20)).toString();
}

describe("a request", () => {
  test("asks for bytes as they are, and gives status, headers and body", async () => {
    const { url } = await serve((request, response) => {
      response.writeHead(418, { "X-Seen": request.headers["accept-encoding"], "Set-Cookie": ["a=1", "b=2"] });
      response.end(`${request.method} ${request.url} ${request.headers["user-agent"]}`);
    });
    const answer = await ask({ url: `${url}/a%20b?c=d` });
    expect(answer.status).toBe(418);
    expect(answer.headers.get("x-seen")).toBe("identity");
    const packed = await ask({ url, headers: { "Accept-Encoding": "gzip" } });
    expect(packed.headers.get("x-seen")).toBe("gzip");
    packed.discard();
    expect(answer.headers.get("set-cookie")).toBe("a=1, b=2");
    expect(Buffer.from(await readBody(answer, 100)).toString()).toBe("GET /a%20b?c=d trawl");
  });

  test("sends a body with its length", async () => {
    const { url } = await serve((request, response) => {
      response.setHeader("x-length", request.headers["content-length"] ?? "none");
      request.pipe(response);
    });
    const answer = await ask({ url, method: "POST", body: "grüße" });
    expect(answer.headers.get("x-length")).toBe("7");
    expect(Buffer.from(await readBody(answer, 100)).toString()).toBe("grüße");
  });

  test("keeps its connection for the next one, and opens another when that was closed meanwhile", async () => {
    const policy = { ...LOOPBACK_POLICY };
    let closesNext = false;
    const server = await serve((_request, response) => {
      if (closesNext) {
        closesNext = false;
        breakConnection(response);
      } else response.end("ok");
    });
    expect(await textOf({ url: server.url, policy })).toBe("ok");
    expect(await textOf({ url: server.url, policy })).toBe("ok");
    expect(server.connections()).toBe(1);
    closesNext = true;
    expect(await textOf({ url: server.url, policy })).toBe("ok");
    expect(server.connections()).toBe(2);
    expect(await textOf({ url: server.url, policy: { ...LOOPBACK_POLICY } })).toBe("ok");
    expect(server.connections()).toBe(3);
  });

  test("makes a user and a password of the address a header, and shows them nowhere", async () => {
    const { url } = await serve((request, response) => response.end(request.headers.authorization));
    const withUser = url.replace("//", "//me:p%40ss@");
    const answer = await ask({ url: withUser });
    expect(answer.url).toBe(`${url}/`);
    const text = Buffer.from(await readBody(answer, 100)).toString();
    expect(text).toBe(`Basic ${Buffer.from("me:p@ss").toString("base64")}`);
    await expect(ask({ url: withUser, policy: { allow: [], deny: [] } })).rejects.not.toThrow(/p%40ss|p@ss/);
  });

  test.each([
    ["no address", "outbound-failed"],
    ["ftp://ftp.example/a", "outbound-denied"],
    ["file:///etc/passwd", "outbound-denied"],
    ["http://x:%@example.com/", "outbound-failed"],
  ])('for "%s" is refused', async (url, code) => {
    await expect(ask({ url })).rejects.toMatchObject({ code });
  });

  test("with a header that cannot be sent fails", async () => {
    const { url } = await serve((_request, response) => response.end());
    await expect(ask({ url, headers: { "x-a": "a\r\nx-b: b" } })).rejects.toMatchObject({
      code: "outbound-failed",
    });
  });
});

describe("where connections go", () => {
  const nothing = { allow: [], deny: [] };

  test.each([
    "http://127.0.0.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://[::1]/",
    "http://[::ffff:7f00:1]/",
    "http://0/",
    "http://169.254.169.254/latest/meta-data/",
    "http://１２７.0.0.1/",
  ])("%s is denied before anything is sent", async (url) => {
    await expect(ask({ url, policy: nothing })).rejects.toMatchObject({ code: "outbound-denied" });
  });

  test("a name is denied when it has addresses inside alone", async () => {
    const server = await serve((_request, response) => response.end());
    const url = `http://innocent.example:${server.port}/`;
    for (const address of ["127.0.0.1", "::ffff:127.0.0.1", "::1", "fe80::1%lo"]) {
      const wish = { url, policy: nothing, resolve: resolvesTo(address) };
      await expect(ask(wish)).rejects.toMatchObject({ code: "outbound-denied" });
    }
    expect(server.connections()).toBe(0);
    await expect(ask({ url, policy: nothing, resolve: resolvesTo("127.0.0.1") })).rejects.toMatchObject({
      message:
        '"innocent.example" has the address 127.0.0.1, which is no address of the internet, so no connection is made to it.',
      help: "Whoever runs Trawl allows it: --outbound-allow innocent.example, or TRAWL_OUTBOUND_ALLOW=innocent.example.",
    });
  });

  test("a name is resolved once, and connected to where it was checked", async () => {
    const server = await serve((_request, response) => response.end("ok"));
    let asked = 0;
    const resolve = () => {
      asked++;
      // Of several addresses those inside are left out; a second answer would lead there.
      const address = asked === 1 ? "127.0.0.1" : "127.0.0.2";
      return Promise.resolve([
        { address: "10.255.255.1", family: 4 },
        { address, family: 4 },
      ]);
    };
    const policy = { allow: ["127.0.0.1"], deny: [] };
    const url = `http://rebinding.example:${server.port}/`;
    expect(await textOf({ url, policy, resolve })).toBe("ok");
    expect(asked).toBe(1);
    await expect(ask({ url, policy: { ...policy }, resolve })).rejects.toMatchObject({
      code: "outbound-denied",
    });
  });

  test("a redirect is checked like a first address", async () => {
    const server = await serve((request, response) => {
      response.writeHead(302, { location: String(request.headers["x-to"]) }).end();
    });
    for (const to of ["http://169.254.169.254/latest/", "http://[fd00:ec2::254]/", "gopher://127.0.0.1/"]) {
      const wish = { url: server.url, headers: { "x-to": to } };
      await expect(ask(wish)).rejects.toMatchObject({ code: "outbound-denied" });
    }
  });
});

describe("redirects", () => {
  test("are followed, credentials only within their origin", async () => {
    const other = await serve((request, response) => response.end(JSON.stringify(request.headers)));
    const server = await serve((request, response) => {
      if (request.url === "/here") response.writeHead(307, { location: "/there" }).end();
      else if (request.url === "/there") response.end(JSON.stringify(request.headers));
      else response.writeHead(302, { location: `${other.url}/x` }).end();
    });
    const headers = { Authorization: "Bearer secret", Cookie: "a=b", "X-Api-Key": "k", Range: "bytes=0-9" };
    const within: unknown = JSON.parse(await textOf({ url: `${server.url}/here`, headers }));
    expect(within).toMatchObject({ authorization: "Bearer secret", cookie: "a=b", "x-api-key": "k" });
    const across: unknown = JSON.parse(await textOf({ url: `${server.url}/away`, headers }));
    expect(across).toMatchObject({ range: "bytes=0-9", "user-agent": "trawl" });
    expect(across).not.toHaveProperty("authorization");
    expect(across).not.toHaveProperty("cookie");
    expect(across).not.toHaveProperty("x-api-key");
  });

  test("end after a number of them", async () => {
    const server = await serve((_request, response) => response.writeHead(302, { location: "/" }).end());
    await expect(ask({ url: server.url })).rejects.toMatchObject({
      code: "outbound-failed",
      message: `"${server.url}/" cannot be fetched: it redirects more than 5 times.`,
    });
    expect(server.asked).toHaveLength(6);
  });

  test("are the answer when none is followed", async () => {
    const server = await serve((_request, response) => response.writeHead(301, { location: "/b" }).end());
    const answer = await ask({ url: server.url, maxRedirects: 0 });
    answer.discard();
    expect([answer.status, answer.headers.get("location")]).toEqual([301, "/b"]);
  });

  const hop: Hop = {
    url: "https://a.example/x?q#f",
    method: "POST",
    headers: { "content-type": "a/b" },
    body: "b",
  };

  test.each([
    [303, "/y", "GET https://a.example/y#f", null],
    [302, "/y#g", "GET https://a.example/y#g", null],
    [307, "//a.example/y", "POST https://a.example/y#f", "b"],
    [308, "y", "POST https://a.example/y#f", "b"],
    [302, "https://me:secret@b.example/", "GET https://b.example/#f", null],
  ])("with %d to %s ask %s", (status, location, asked, body) => {
    const next = nextHop(hop, status, location);
    expect([`${next.method} ${next.url}`, next.body]).toEqual([asked, body]);
    expect(Object.keys(next.headers)).toEqual(body === null ? [] : ["content-type"]);
  });

  test("from https to http are not followed, nor with a body to another origin", () => {
    const denied = expect.objectContaining({ code: "outbound-denied" });
    expect(() => nextHop(hop, 302, "http://a.example/")).toThrow(denied);
    expect(() => nextHop(hop, 307, "https://a.example:8443/")).toThrow(denied);
    expect(() => nextHop(hop, 302, "https://[")).toThrow(
      expect.objectContaining({ code: "outbound-failed" }),
    );
  });
});

describe("limits", () => {
  test("a body that is too large fails, by its announced length or while it comes", async () => {
    const server = await serve((request, response) => {
      if (request.url === "/told") response.setHeader("content-length", 11);
      response.write("0123456789");
      response.end("x");
    });
    const tooLarge = { code: "outbound-too-large" };
    await expect(ask({ url: `${server.url}/told`, maxBytes: 10 })).rejects.toMatchObject(tooLarge);
    const answer = await ask({ url: server.url, maxBytes: 10 });
    await expect(readBody(answer, 100)).rejects.toMatchObject(tooLarge);
    await expect(readBody(await ask({ url: server.url }), 10)).rejects.toMatchObject(tooLarge);
    expect(Buffer.from(await readBody(await ask({ url: server.url, maxBytes: 11 }), 11)).length).toBe(11);
  });

  test("a body that was packed unasked is unpacked, up to the limit", async () => {
    const packed = gzipSync("0123456789".repeat(1000));
    const server = await serve((request, response) => {
      response.setHeader("content-encoding", request.url?.slice(1) ?? "");
      response.end(packed);
    });
    const read = async (encoding: string, most: number) =>
      await readBody(await ask({ url: `${server.url}/${encoding}` }), most);
    expect((await read("gzip", 10_000)).length).toBe(10_000);
    await expect(read("gzip", 9999)).rejects.toMatchObject({ code: "outbound-too-large" });
    await expect(read("br", 9999)).rejects.toMatchObject({ code: "outbound-failed" });
    await expect(read("zstd", 9999)).rejects.toMatchObject({ code: "outbound-failed" });
  });

  test("a server that takes the connection and says nothing", async () => {
    let seen = () => {};
    const asked = new Promise<void>((resolve) => {
      seen = resolve;
    });
    const server = await serve(() => seen());
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const answer = ask({ url: server.url, silenceTimeoutMs: 5000 });
    const outcome = expect(answer).rejects.toMatchObject({
      code: "outbound-timeout",
      message: `Nothing came from "${server.url}/" for 5 s.`,
    });
    await asked;
    vi.advanceTimersByTime(5000);
    await outcome;
  });

  test("a name that is not resolved in time", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    let seen = () => {};
    const asked = new Promise<void>((done) => {
      seen = done;
    });
    const resolve = () => {
      seen();
      return new Promise<never>(() => {});
    };
    const answer = ask({ url: "http://slow.example/", resolve, connectTimeoutMs: 2000 });
    const outcome = expect(answer).rejects.toMatchObject({
      code: "outbound-timeout",
      message: 'No connection for "http://slow.example/" came about within 2 s.',
    });
    await asked;
    vi.advanceTimersByTime(2000);
    await outcome;
  });

  test("a body that stops coming; the time of whoever reads does not count", async () => {
    const server = await serve((_request, response) => response.write("first"));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { body } = await ask({ url: server.url, silenceTimeoutMs: 5000 });
    const pieces = body[Symbol.asyncIterator]();
    expect(Buffer.from((await pieces.next()).value ?? []).toString()).toBe("first");
    vi.advanceTimersByTime(60_000);
    const outcome = expect(pieces.next()).rejects.toMatchObject({ code: "outbound-timeout" });
    vi.advanceTimersByTime(5000);
    await outcome;
  });

  test("a signal ends the waiting and the reading", async () => {
    const server = await serve((request, response) => {
      if (request.url === "/body") response.write("first");
    });
    const cancelled = { code: "cancelled" };
    const first = new AbortController();
    const head = expect(ask({ url: server.url, signal: first.signal })).rejects.toMatchObject(cancelled);
    first.abort();
    await head;
    const second = new AbortController();
    const { body } = await ask({ url: `${server.url}/body`, signal: second.signal });
    const pieces = body[Symbol.asyncIterator]();
    await pieces.next();
    const next = expect(pieces.next()).rejects.toMatchObject(cancelled);
    second.abort();
    await next;
    await expect(ask({ url: server.url, signal: AbortSignal.abort() })).rejects.toMatchObject(cancelled);
  });

  test("leaving the loop closes the connection, as discarding does", async () => {
    const closed: Promise<unknown>[] = [];
    const server = await serve((_request, response) => {
      closed.push(once(response, "close"));
      response.write("x");
    });
    for await (const piece of (await ask({ url: server.url })).body) {
      expect(piece.length).toBe(1);
      break;
    }
    (await ask({ url: server.url })).discard();
    await Promise.all(closed);
    expect(closed).toHaveLength(2);
  });
});

describe("failures", () => {
  test("are told by what the other side did", async () => {
    const server = await serve((_request, response) => breakConnection(response));
    await expect(ask({ url: server.url })).rejects.toMatchObject({
      code: "outbound-failed",
      message: `"${server.url}/" cannot be fetched: "127.0.0.1:${server.port}" broke the connection.`,
    });
    await expect(ask({ url: server.url.replace("http", "https") })).rejects.toMatchObject({
      code: "outbound-failed",
    });
    await server.close();
    await expect(ask({ url: server.url })).rejects.toMatchObject({
      message: `"${server.url}/" cannot be fetched: "127.0.0.1:${server.port}" takes no connections on this port.`,
    });
  });

  test("a body that ends early is no whole body", async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write("x".repeat(10), () => breakConnection(response));
    });
    await expect(readBody(await ask({ url: server.url }), 1000)).rejects.toMatchObject({
      code: "outbound-failed",
    });
  });

  test("what is not HTTP is told so", async () => {
    const server = createTcpServer((socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    await expect(ask({ url: `http://127.0.0.1:${port}/?token=secret` })).rejects.toMatchObject({
      message: `"http://127.0.0.1:${port}/?…" cannot be fetched: what "127.0.0.1:${port}" answers is not HTTP as it should be.`,
    });
    server.close();
  });

  const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

  test.skipIf(!hasOpenssl)(
    "certificates that nobody vouches for are refused, and it is said what helps",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "trawl-tls-"));
      const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
      const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
      const subject = ["-keyout", key, "-out", cert, "-days", "1", "-subj", "/CN=127.0.0.1"];
      spawnSync("openssl", ["req", "-x509", ...curve, ...subject]);
      const asked: (string | undefined)[] = [];
      const options = { key: readFileSync(key), cert: readFileSync(cert) };
      const server = createTlsServer(options, (request, response) => {
        asked.push(request.url);
        response.end();
      });
      rmSync(folder, { recursive: true });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const address = server.address();
      const port = typeof address === "object" ? address?.port : 0;
      await expect(ask({ url: `https://127.0.0.1:${port}/` })).rejects.toMatchObject({
        code: "outbound-failed",
        message: expect.stringContaining("nobody known vouches for the certificate"),
        help: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
      });
      expect(asked).toEqual([]);
      server.close();
    },
  );

  test("names without addresses are told", async () => {
    const resolve = () => Promise.reject(Object.assign(new Error("none"), { code: "ENOTFOUND" }));
    await expect(ask({ url: "http://nowhere.example/", resolve })).rejects.toMatchObject({
      message: '"http://nowhere.example/" cannot be fetched: there is no machine "nowhere.example".',
    });
  });
});
