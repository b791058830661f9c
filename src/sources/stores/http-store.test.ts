import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { listObjects } from "../listing.ts";
import {
  breakConnection,
  type FaultServer,
  LOOPBACK_POLICY,
  startServer,
} from "../outbound/fault-server.testing.ts";
import { outboundRequest } from "../outbound/outbound-request.ts";
import type { RetryWorld } from "../outbound/retry.ts";
import { httpStore } from "./http-store.ts";
import { OpenStores } from "./open-stores.ts";
import { remoteFileSystem } from "./remote-file-system.ts";
import type { RemoteRange, RemoteStore } from "./remote-store.ts";
import { readStoreDefinition, type StoreDefinition } from "./store-definition.ts";
import type { Stores } from "./stores.ts";

const never = new AbortController().signal;
const WHOLE: RemoteRange = { startByte: 0, endByte: null, version: null };
const servers: FaultServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** Waiting takes no time. */
const world: RetryWorld = { wallClockMs: () => 0, random: () => 0, sleep: () => Promise.resolve() };

async function serve(answer: RequestListener): Promise<FaultServer> {
  const server = await startServer(answer);
  servers.push(server);
  return server;
}

function storeAt(baseUrl: string, headers: Readonly<Record<string, string>> = {}): RemoteStore {
  return httpStore({ baseUrl, policy: LOOPBACK_POLICY, headers, world });
}

async function textOf(store: RemoteStore, path: string, range: Partial<RemoteRange> = {}): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.open(path, { ...WHOLE, ...range }, never)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function namesOf(store: RemoteStore, path: string, namePrefix = ""): Promise<string[]> {
  const names: string[] = [];
  for await (const page of store.list(path, { namePrefix, signal: never })) {
    names.push(...page.map(({ name, kind }) => (kind === "directory" ? `${name}/` : name)));
  }
  return names;
}

/** What the listing finds in a store. */
async function listed(store: RemoteStore, origin: string, path: string): Promise<string[]> {
  const stores: Stores = {
    fileAccess: "off",
    place: (address) =>
      Promise.resolve({
        fileSystem: remoteFileSystem(store, never),
        path: address.path,
        absolute: (one) => one,
        uriOf: (one) => one,
        remote: store,
      }),
  };
  const found: string[] = [];
  for await (const objects of listObjects([`${origin}/${path}`], { stores, signal: never })) {
    found.push(...objects.map(({ uri }) => uri));
  }
  return found;
}

describe("the status of an address", () => {
  test("is what the server says of it", async () => {
    const server = await serve((_request, response) => {
      response.setHeader("last-modified", "Thu, 01 Oct 2026 00:00:01 GMT");
      response.writeHead(200, { etag: '"a"', "content-length": 7 }).end("7 bytes");
    });
    expect(await storeAt(`${server.url}/`).status("logs/a%20b.log?sig=x&y", never)).toEqual({
      kind: "file",
      sizeBytes: 7,
      lastModifiedMs: BigInt(Date.UTC(2026, 9, 1, 0, 0, 1)),
      version: '"a"',
    });
    expect(server.asked).toEqual(["HEAD /logs/a%20b.log?sig=x&y"]);
  });

  test("may tell neither size nor time nor version", async () => {
    const server = await serve((_request, response) => response.end());
    expect(await storeAt(`${server.url}/`).status("x", never)).toEqual({
      kind: "file",
      sizeBytes: null,
      lastModifiedMs: null,
      version: null,
    });
  });

  test.each([403, 405, 501])("is asked with GET when HEAD is refused with %d", async (status) => {
    const server = await serve((request, response) => {
      if (request.method === "HEAD") response.writeHead(status).end();
      else if (request.url === "/empty") response.writeHead(416, { "content-range": "bytes */0" }).end();
      else if (request.url === "/no") response.writeHead(403).end("no");
      else response.writeHead(206, { "content-range": "bytes 0-0/1234" }).end("x");
    });
    const store = storeAt(`${server.url}/`);
    expect(await store.status("x", never)).toMatchObject({ sizeBytes: 1234 });
    expect(await store.status("empty", never)).toMatchObject({ sizeBytes: 0 });
    await expect(store.status("no", never)).rejects.toMatchObject({ code: "source-unreadable" });
  });

  test("is null when nothing is there, and a failure when the server says no", async () => {
    const server = await serve((request, response) =>
      response.writeHead(Number(request.url?.slice(1))).end(),
    );
    const store = storeAt(`${server.url}/`);
    expect(await store.status("404", never)).toBeNull();
    expect(await store.status("410", never)).toBeNull();
    await expect(store.status("401", never)).rejects.toMatchObject({
      code: "source-unreadable",
      message: `"${server.url}/401" cannot be read: the server wants credentials, or others than were given (401).`,
    });
    await expect(store.status("500", never)).rejects.toMatchObject({
      message: `"${server.url}/500" cannot be read: the server has trouble (500).`,
    });
  });

  test("needs the right credentials, which do not go to where the server redirects", async () => {
    const seen: unknown[] = [];
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(403).end();
    });
    const server = await serve((request, response) => {
      if (request.headers.authorization !== "Basic bWU6c2VjcmV0") response.writeHead(401).end();
      else if (request.url === "/away") response.writeHead(302, { location: `${other.url}/` }).end();
      else response.end("yes");
    });
    const base = server.url.replace("//", "//me:secret@");
    expect(await textOf(storeAt(`${base}/`), "x")).toBe("yes");
    const wrong = storeAt(`${server.url}/`, { authorization: "Basic wrong" });
    await expect(textOf(wrong, "x")).rejects.toMatchObject({ code: "source-unreadable" });
    await expect(textOf(storeAt(`${base}/`), "away")).rejects.toMatchObject({ code: "source-unreadable" });
    expect(seen).toEqual([undefined]);
  });

  test("is not asked elsewhere: above the store, or inside by a redirect", async () => {
    const server = await serve((_request, response) =>
      response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data/" }).end(),
    );
    const store = storeAt(`${server.url}/logs/`);
    await expect(store.status("%2e%2e/secret", never)).rejects.toMatchObject({ code: "access-denied" });
    expect(server.asked).toEqual([]);
    await expect(store.status("x", never)).rejects.toMatchObject({ code: "outbound-denied" });
  });
});

describe("the bytes at an address", () => {
  test("come whole, though the server is busy at first and the connection breaks", async () => {
    const content = "0123456789".repeat(1000);
    let requests = 0;
    const server = await serve((request, response) => {
      requests++;
      if (requests === 1) return response.writeHead(503, { "retry-after": "3600" }).end();
      const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
      const rest = content.slice(start);
      const range = `bytes ${start}-${content.length - 1}/${content.length}`;
      response.writeHead(start > 0 ? 206 : 200, {
        etag: '"1"',
        "content-length": rest.length,
        ...(start > 0 ? { "content-range": range } : {}),
      });
      if (requests > 4) return response.end(rest);
      response.write(rest.slice(0, 1111), () => breakConnection(response));
      return response;
    });
    expect(await textOf(storeAt(`${server.url}/`), "a.log")).toBe(content);
    expect(requests).toBeGreaterThan(4);
  });

  test("are not those of two versions", async () => {
    const server = await serve((_request, response) => response.writeHead(200, { etag: '"2"' }).end("new"));
    const store = storeAt(`${server.url}/`);
    await expect(textOf(store, "a.log", { version: '"1"' })).rejects.toMatchObject({
      code: "source-changed",
    });
  });
});

describe("names below an address", () => {
  test("are those of its index page", async () => {
    const server = await serve((request, response) => {
      response.setHeader("content-type", "text/html; charset=utf-8");
      if (request.url === "/logs/")
        response.end(`<a href="../">..</a><a href="a.log">a</a><a href="b/">b</a>`);
      else if (request.url === "/empty/") response.end("<title>Index of /empty/</title>");
      else response.writeHead(404).end();
    });
    const store = storeAt(`${server.url}/`);
    expect(await namesOf(store, "logs")).toEqual(["a.log", "b/"]);
    expect(await namesOf(store, "logs/", "a")).toEqual(["a.log"]);
    expect(await namesOf(store, "empty")).toEqual([]);
    expect(await namesOf(store, "none")).toEqual([]);
  });

  test("cannot be known where there is no such page", async () => {
    const server = await serve((request, response) => {
      if (request.url === "/forbidden/") response.writeHead(403).end();
      else if (request.url === "/login/") response.writeHead(302, { location: "/welcome" }).end();
      else if (request.url === "/json/") response.setHeader("content-type", "application/json").end("[]");
      else response.setHeader("content-type", "text/html").end("<h1>Hello</h1>");
    });
    const store = storeAt(`${server.url}/`);
    for (const path of ["forbidden", "login", "json", "page"]) {
      await expect(namesOf(store, path)).rejects.toMatchObject({
        code: "source-unreadable",
        message: expect.stringContaining(`The names below "${server.url}/${path}/" cannot be listed: `),
      });
    }
  });
});

describe("an address of the web in a run", () => {
  function storesWith(definition: StoreDefinition | null): OpenStores {
    return new OpenStores({
      definitions: () => Promise.resolve(definition === null ? [] : [definition]),
      fileAccess: "unmanaged",
      cacheFolder: null,
      reachesOut: true,
      policy: LOOPBACK_POLICY,
      environment: {},
      onProblem: (problem) => expect.unreachable(problem.message),
      world,
      signal: never,
    });
  }

  async function urisOf(uri: string, stores: Stores): Promise<string[]> {
    const uris: string[] = [];
    for await (const objects of listObjects([uri], { stores })) uris.push(...objects.map((one) => one.uri));
    return uris;
  }

  test("keeps its query with wildcards, and looks for none in it", async () => {
    const server = await serve((request, response) => {
      response.setHeader("content-type", "text/html");
      if (request.url?.endsWith("?token=*x*") !== true) response.writeHead(403).end();
      else response.end('<a href="a.log">a</a><a href="b.txt">b</a>');
    });
    expect(await urisOf(`${server.url}/logs/*.log?token=*x*`, storesWith(null))).toEqual([
      `${server.url}/logs/a.log?token=*x*`,
    ]);
    expect(await urisOf(`${server.url}/logs/a.log?token=*x*`, storesWith(null))).toHaveLength(1);
    expect(server.asked).toEqual(["GET /logs/?token=*x*", "HEAD /logs/a.log?token=*x*"]);
  });

  test("may name a datastore, which knows host, port, path and password", async () => {
    const server = await serve((request, response) => {
      const isMe = request.headers.authorization === "Basic bWU6c2VjcmV0";
      response.writeHead(isMe && request.url === "/var/log/a.log" ? 200 : 401).end();
    });
    const text = `protocol: http\nroot: 127.0.0.1/var/log\nport: ${server.port}\nuser: me\npassword: secret\n`;
    const stores = storesWith(readStoreDefinition("web1", text, "web1.yaml"));
    expect(await urisOf("http://web1/a.log", stores)).toEqual(["http://web1/a.log"]);
    await expect(urisOf("http://web1/../secret", stores)).rejects.toMatchObject({ code: "access-denied" });
    await expect(urisOf("http://192.0.2.1:x/a", stores)).rejects.toMatchObject({ code: "store-unknown" });
  });
});

const hasNginx = spawnSync("nginx", ["-v"]).status === 0;

test.skipIf(hasNginx)("nginx is not here, so it is not tried", () => {
  console.warn("nginx is not installed, and was not tried as a store: apt-get install nginx");
});

describe.skipIf(!hasNginx)("nginx", () => {
  let folder = "";
  let origin = "";
  let stop = () => Promise.resolve();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "trawl-nginx-"));
    mkdirSync(join(folder, "logs/2026/10"), { recursive: true });
    for (const day of ["01", "02", "03"]) {
      writeFileSync(join(folder, `logs/2026/10/access-${day}.log`), `day ${day}\n`);
    }
    writeFileSync(join(folder, "logs/a b&'c' <d>%20.log"), "odd\n");
    writeFileSync(join(folder, "logs/large.log"), "0123456789".repeat(100_000));
    const port = await freePort();
    origin = `http://127.0.0.1:${port}`;
    writeFileSync(join(folder, "nginx.conf"), configuration(folder, port));
    const nginx = spawn("nginx", ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const exited = once(nginx, "exit");
    stop = async () => {
      nginx.kill("SIGKILL");
      await exited;
    };
    for await (const line of createInterface({ input: nginx.stderr })) {
      if (line.includes("event method")) break;
    }
    nginx.stderr.resume();
  });
  afterAll(async () => {
    await stop();
    rmSync(folder, { recursive: true });
  });

  test("gives ranges of bytes, of the version that is wanted alone", async () => {
    const store = storeAt(`${origin}/`);
    const status = await store.status("logs/large.log", never);
    expect(status).toMatchObject({ kind: "file", sizeBytes: 1_000_000 });
    expect(status?.version).toMatch(/^"[0-9a-f]+-f4240"$/);
    expect(await textOf(store, "logs/large.log", { startByte: 999_995 })).toBe("56789");
    const range = { startByte: 15, endByte: 20, version: status?.version ?? null };
    expect(await textOf(store, "logs/large.log", range)).toBe("56789");
    await expect(textOf(store, "logs/large.log", { ...range, version: '"x"' })).rejects.toMatchObject({
      code: "source-changed",
    });
    expect(await textOf(store, "logs/large.log", { startByte: 1_000_000 })).toBe("");
    expect((await textOf(store, "logs/large.log")).length).toBe(1_000_000);
  });

  test("says that something has not changed", async () => {
    const url = `${origin}/logs/large.log`;
    const first = await outboundRequest({ url, method: "HEAD", signal: never, policy: LOOPBACK_POLICY });
    first.discard();
    const headers = { "If-None-Match": first.headers.get("etag") ?? "" };
    const second = await outboundRequest({ url, headers, signal: never, policy: LOOPBACK_POLICY });
    second.discard();
    expect(second.status).toBe(304);
  });

  test("lists directories, so that wildcards work", async () => {
    const store = storeAt(`${origin}/`);
    expect(await store.status("logs", never)).toMatchObject({ kind: "directory" });
    expect(await store.status("none.log", never)).toBeNull();
    expect(await listed(store, origin, "logs/2026/*/access-0*.log")).toEqual([
      "logs/2026/10/access-01.log",
      "logs/2026/10/access-02.log",
      "logs/2026/10/access-03.log",
    ]);
    expect(await listed(store, origin, "logs/$yyyy$/$MM$/access-$dd$.log")).toHaveLength(3);
    const [odd = ""] = await listed(store, origin, "logs/a*.log");
    expect(await textOf(store, odd)).toBe("odd\n");
    await expect(namesOf(store, "closed")).rejects.toMatchObject({ code: "source-unreadable" });
  });

  test("is asked for a password", async () => {
    expect(await textOf(storeAt(`${origin.replace("//", "//me:secret@")}/`), "closed/x.log")).toBe("in\n");
    await expect(textOf(storeAt(`${origin}/`), "closed/x.log")).rejects.toMatchObject({
      message: expect.stringContaining("wants credentials"),
    });
  });

  async function freePort(): Promise<number> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    server.close();
    await once(server, "close");
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  function configuration(root: string, port: number): string {
    mkdirSync(join(root, "closed"));
    writeFileSync(join(root, "closed/x.log"), "in\n");
    writeFileSync(join(root, "passwords"), "me:{PLAIN}secret\n");
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (name) => `${name}_temp_path ${root}/temporary-${name};`,
    );
    return `daemon off; master_process off; pid ${root}/nginx.pid; error_log stderr notice;
events {}
http {
  access_log off; ${temporary.join(" ")}
  types { text/plain log; text/html html; }
  server {
    listen 127.0.0.1:${port}; root ${root};
    location /logs/ { autoindex on; }
    location /closed/ { auth_basic "closed"; auth_basic_user_file ${root}/passwords; }
  }
}
`;
  }
});
