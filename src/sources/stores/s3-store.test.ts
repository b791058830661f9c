import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { Failure } from "#text";
import { openFakeS3 as open } from "./fake-containers.testing.ts";
import { type Asked, type FakeS3, refuse, SECRET_KEY, startFakeS3 } from "./fake-s3.testing.ts";
import { openSigner } from "./s3-signer.ts";
import { bytesOf, failureOf, namesIn, never } from "./try-store.testing.ts";

const fakes: FakeS3[] = [];
afterEach(async () => {
  await Promise.all(fakes.splice(0).map(({ server }) => server.close()));
});

async function bucketOf(objects: Readonly<Record<string, string | Buffer>>): Promise<FakeS3> {
  const fake = await startFakeS3(objects);
  fakes.push(fake);
  return fake;
}

describe("a listing of S3", () => {
  test("tells of an object that is where a directory is", async () => {
    const { store, problems } = open(await bucketOf({ "d/": "data", "d/a": "" }));
    expect(await namesIn(store, "d")).toEqual(["a"]);
    expect(problems).toHaveLength(1);
  });
});

describe("what stands at a path of S3", () => {
  test("is found out by reading when HEAD is refused, as only then the store says why", async () => {
    const fake = await bucketOf({ a: "hello" });
    const { store } = open(fake);
    fake.fault = ({ method }, response) => method === "HEAD" && refuse(response, 403, "");
    expect((await store.status("a", never))?.sizeBytes).toBe(5);
    fake.fault = ({ method }, response) =>
      method === "HEAD" ? refuse(response, 400, "") : refuse(response, 400, "ExpiredToken");
    const failure = await failureOf(store.status("a", never));
    expect(failure.message).toBe('"s3://bucket/a" cannot be read: the session token has expired.');
  });
});

describe("reading from S3", () => {
  test("asks for many objects at once, and keeps the connections for the next", async () => {
    const fake = await bucketOf(
      Object.fromEntries(Array.from({ length: 64 }, (_, at) => [`o${at}`, `${at}`])),
    );
    const { store } = open(fake);
    const held: (() => void)[] = [];
    // Nobody is answered before all have asked.
    fake.fault = async () => {
      await new Promise<void>((resolve) => {
        held.push(resolve);
        if (held.length % 64 === 0) for (const release of held) release();
      });
      return false;
    };
    for (let round = 0; round < 3; round++) {
      const all = await Promise.all([...fake.objects.keys()].map((key) => bytesOf(store, key)));
      expect(all.map(String)).toEqual(Array.from({ length: 64 }, (_, at) => `${at}`));
    }
    expect(fake.server.connections()).toBe(64);
  });
});

describe("what S3 refuses", () => {
  const refusals: readonly (readonly [number, string, string, string])[] = [
    [403, "InvalidAccessKeyId", "access-denied", "the access key is not known there"],
    [403, "SignatureDoesNotMatch", "access-denied", "the secret key is wrong"],
    [400, "ExpiredToken", "access-denied", "the session token has expired"],
    [400, "InvalidToken", "access-denied", "the session token is wrong"],
    [403, "RequestTimeTooSkewed", "access-denied", "the clock of this machine is wrong"],
    [403, "AccessDenied", "access-denied", "these credentials may not read it"],
    [403, "KMS.DisabledException", "access-denied", "its key of encryption may not be used"],
    [403, "Odd", "access-denied", 'the store answers 403 Odd It is "so"'],
    [401, "", "access-denied", 'the store answers 401 It is "so"'],
    [403, "InvalidObjectState", "source-unreadable", "it is archived"],
    [400, "constructor", "source-unreadable", 'the store answers 400 constructor It is "so"'],
  ];
  test.each(refusals)("%i %s is told", async (status, code, failureCode, sentence) => {
    const fake = await bucketOf({});
    const { store } = open(fake);
    fake.fault = (_asked, response) => refuse(response, status, code);
    const expected = { code: failureCode, place: { uri: "s3://bucket/a" } };
    const message = `"s3://bucket/a" cannot be read: ${sentence}.`;
    for (const way of [() => bytesOf(store, "a"), () => store.status("a", never)]) {
      expect(await failureOf(way())).toMatchObject({ ...expected, message });
    }
  });

  test("an answer without a body is told by its status", async () => {
    const fake = await bucketOf({});
    const { store } = open(fake);
    fake.fault = (_asked, response) => {
      response.writeHead(403).end();
      return true;
    };
    expect((await failureOf(bytesOf(store, "a"))).message).toMatch(/the store answers 403\.$/);
  });
});

describe("where a bucket is", () => {
  test("is learnt from the store, once", async () => {
    const fake = await bucketOf({ a: "hello" });
    const { store } = open(fake);
    const regionOf = ({ headers }: Asked) => /\/([a-z0-9-]+)\/s3\//.exec(headers.authorization ?? "")?.[1];
    fake.fault = (asked, response) => {
      if (regionOf(asked) === "eu-north-1") return false;
      response.setHeader("x-amz-bucket-region", "eu-north-1");
      return refuse(response, 301, "PermanentRedirect");
    };
    expect((await bytesOf(store, "a")).toString()).toBe("hello");
    expect((await store.status("a", never))?.sizeBytes).toBe(5);
    expect(fake.headers).toHaveLength(3);
  });

  test("is learnt from the body where no header says it", async () => {
    const fake = await bucketOf({ a: "hello" });
    const { store } = open(fake);
    fake.fault = ({ headers }, response) =>
      !headers.authorization?.includes("/garage/s3/") &&
      refuse(response, 400, "AuthorizationHeaderMalformed", "<Region>garage</Region>");
    expect((await bytesOf(store, "a")).toString()).toBe("hello");
  });

  test("is told when the store sends on and on", async () => {
    const fake = await bucketOf({ a: "hello" });
    const { store } = open(fake);
    fake.fault = (_asked, response, count) => {
      response.setHeader("x-amz-bucket-region", `region-${count}`);
      return refuse(response, 301, "PermanentRedirect");
    };
    const failure = await failureOf(bytesOf(store, "a"));
    expect(failure.help).toBe('The bucket is in the region "region-1": write it before the bucket.');
    expect(fake.headers).toHaveLength(2);
  });

  test.each([
    ["bucket", "us-east-1", null, false, "https://bucket.s3.us-east-1.amazonaws.com/k"],
    ["bucket", "cn-north-1", null, false, "https://bucket.s3.cn-north-1.amazonaws.com.cn/k"],
    ["my.bucket", "eu-west-1", null, false, "https://s3.eu-west-1.amazonaws.com/my.bucket/k"],
    ["Old_Bucket", "us-east-1", null, false, "https://s3.us-east-1.amazonaws.com/Old_Bucket/k"],
    ["bucket", "r", "https://s3.example.com:9000/base/", false, "https://bucket.s3.example.com:9000/base/k"],
    ["bucket", "r", "http://s3.example.com", true, "http://s3.example.com/bucket/k"],
    ["bucket", "r", "http://192.0.2.7:9000", false, "http://192.0.2.7:9000/bucket/k"],
    ["bucket", "r", "http://[2001:db8::7]:9000", false, "http://[2001:db8::7]:9000/bucket/k"],
  ] as const)("%s in %s at %s", async (bucket, region, endpoint, isPathStyle, url) => {
    const asked: string[] = [];
    const { store } = open(await bucketOf({}), {
      bucket,
      region,
      endpoint,
      isPathStyle,
      send: async (make) => {
        asked.push((await make()).url);
        throw new Failure("cancelled", "enough");
      },
    });
    await failureOf(bytesOf(store, "k"));
    expect(asked).toEqual([url]);
  });

  test("has a name that is one", async () => {
    const fake = await bucketOf({});
    for (const bucket of ["", "a", "evil.example/#", "a b", "../x", "a@b"]) {
      expect(() => open(fake, { bucket })).toThrow("is no name of a bucket");
    }
    for (const region of ["", "evil.example/", "-", "a.b", "EU"]) {
      expect(() => open(fake, { region })).toThrow("is no name of a region");
    }
  });
});

describe("who asks S3", () => {
  // The example of "Signature Calculations for the Authorization Header" in the Amazon S3 API Reference.
  test("signs as the maker's document does", async () => {
    const sign = await openSigner({
      credentials: {
        kind: "keys",
        accessKey: "AKIAIOSFODNN7EXAMPLE",
        secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        sessionToken: null,
      },
      region: "us-east-1",
      sendPlain: () => expect.unreachable(),
      wallClockMs: () => Date.UTC(2013, 4, 24),
    });
    const { headers } = await sign({
      method: "GET",
      protocol: "https:",
      host: "examplebucket.s3.amazonaws.com",
      path: "/test.txt",
      query: {},
      headers: { range: "bytes=0-9" },
    });
    expect(headers["authorization"]).toBe(
      "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, " +
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, " +
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    );
  });

  test("is refused with a wrong secret", async () => {
    const credentials = {
      kind: "keys",
      accessKey: "AKIDEXAMPLE",
      secretKey: "x",
      sessionToken: null,
    } as const;
    const { store } = open(await bucketOf({ a: "x" }), { credentials });
    expect((await failureOf(bytesOf(store, "a"))).message).toMatch("the secret key is wrong");
  });

  test("signs with a session, or not at all", async () => {
    const fake = await bucketOf({ a: "x" });
    const session = {
      kind: "keys",
      accessKey: "AKIDEXAMPLE",
      secretKey: SECRET_KEY,
      sessionToken: "t-1",
    } as const;
    await bytesOf(open(fake, { credentials: session }).store, "a");
    await bytesOf(open(fake, { credentials: { kind: "anonymous" } }).store, "a");
    expect(fake.headers[0]).toMatchObject({ "x-amz-security-token": "t-1" });
    expect(fake.headers[0]?.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\//);
    expect(fake.headers[1]?.authorization).toBeUndefined();
  });

  /** Without what the environment of this machine says. */
  async function withEnvironment(values: Readonly<Record<string, string>>, work: () => Promise<void>) {
    const kept = { ...process.env };
    for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
    Object.assign(process.env, {
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      AWS_SHARED_CREDENTIALS_FILE: "/nonexistent/credentials",
      AWS_CONFIG_FILE: "/nonexistent/config",
      ...values,
    });
    try {
      await work();
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in kept)) delete process.env[name];
      Object.assign(process.env, kept);
    }
  }
  const chain = { kind: "chain", profile: null } as const;

  test("is told when the vendor's chain finds no credentials, which is asked once", async () => {
    await withEnvironment({}, async () => {
      const { store } = open(await bucketOf({}), { credentials: chain });
      const failure = await failureOf(bytesOf(store, "a"));
      expect(failure.code).toBe("access-denied");
      expect(failure.message).toMatch(/^There are no credentials for S3: /);
      expect(await failureOf(bytesOf(store, "a"))).toBe(failure);
    });
  });

  test("is found by the vendor's chain in the environment", async () => {
    const keys = { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: SECRET_KEY };
    await withEnvironment(keys, async () => {
      const { store } = open(await bucketOf({ a: "x" }), { credentials: chain });
      expect((await bytesOf(store, "a")).toString()).toBe("x");
    });
  });

  test("gets roles of the vendor's chain through the one client", async () => {
    const folder = await mkdtemp(join(tmpdir(), "trawl-role-"));
    await writeFile(join(folder, "token"), "token-of-a-pod");
    const role = {
      AWS_REGION: "eu-west-1",
      AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/reader",
      AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, "token"),
    };
    const asked: string[] = [];
    const body = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>${SECRET_KEY}</SecretAccessKey><SessionToken>t-2</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;
    await withEnvironment(role, async () => {
      const fake = await bucketOf({ a: "x" });
      const { store } = open(fake, {
        credentials: chain,
        sendPlain: async ({ url, method, body: sent }) => {
          asked.push(`${method} ${url} ${sent}`);
          const pieces = (async function* () {
            yield Buffer.from(body);
          })();
          return { status: 200, headers: new Map(), url, body: pieces, discard: () => {} };
        },
      });
      expect((await bytesOf(store, "a")).toString()).toBe("x");
      expect(fake.headers[0]?.["x-amz-security-token"]).toBe("t-2");
      expect(asked).toHaveLength(1);
      expect(asked[0]).toMatch(/^POST https:\/\/sts\.eu-west-1\.amazonaws\.com\/ .*token-of-a-pod/);
    });
    await rm(folder, { recursive: true });
  });
});
