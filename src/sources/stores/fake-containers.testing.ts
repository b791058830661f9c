/** Containers of all kinds of stores that have keys, started and opened alike. */
import type { ServerResponse } from "node:http";
import type { Failure } from "#text";
import { type FaultServer, LOOPBACK_POLICY } from "../outbound/fault-server.testing.ts";
import { outboundRequestWithRetry, type RetryWorld } from "../outbound/retry.ts";
import { type AzureStoreOptions, openAzureStore } from "./azure-store.ts";
import {
  ACCOUNT_KEY,
  azureEtagOf,
  type FakeAzure,
  refuseAzure,
  startFakeAzure,
} from "./fake-azure.testing.ts";
import { type FakeGcs, refuseJson, startFakeGcs } from "./fake-gcs.testing.ts";
import { etagOf, type FakeS3, refuse, SECRET_KEY, startFakeS3 } from "./fake-s3.testing.ts";
import { type GcsStoreOptions, openGcsStore } from "./gcs-store.ts";
import type { RemoteStore } from "./remote-store.ts";
import { openS3Store, type S3StoreOptions } from "./s3-store.ts";
import type { SendSigned } from "./signed-request.ts";
import { patientWorld } from "./try-store.testing.ts";

/** A store, and what its work came to. */
export interface Opened {
  readonly store: RemoteStore;
  readonly waits: readonly number[];
  readonly problems: readonly Failure[];
}

interface OpeningWorld {
  readonly world: RetryWorld;
  readonly send: SendSigned;
  readonly onProblem: (problem: Failure) => void;
}

function opened(open: (world: OpeningWorld) => RemoteStore): Opened {
  const problems: Failure[] = [];
  const world = patientWorld();
  const send: SendSigned = (make, signal) =>
    outboundRequestWithRetry(
      async () => ({ ...(await make()), signal, policy: LOOPBACK_POLICY, maxRedirects: 0 }),
      world,
    );
  const store = open({ world, send, onProblem: (problem) => problems.push(problem) });
  return { store, waits: world.waits, problems };
}

/** Opens a bucket of S3. */
export function openFakeS3({ server }: FakeS3, more: Partial<S3StoreOptions> = {}): Opened {
  return opened((world) =>
    openS3Store({
      ...world,
      bucket: "bucket",
      region: "us-east-1",
      endpoint: server.url,
      isPathStyle: true,
      credentials: { kind: "keys", accessKey: "AKIDEXAMPLE", secretKey: SECRET_KEY, sessionToken: null },
      sendPlain: () => Promise.reject(new Error("nobody asks for a role")),
      ...more,
    }),
  );
}

/** Opens a bucket of Google Cloud Storage. `tokens`: where tokens were asked for. */
export function openFakeGcs(
  { server }: FakeGcs,
  more: Partial<GcsStoreOptions> = {},
): Opened & { readonly tokens: readonly string[] } {
  const tokens: string[] = [];
  const found = opened(({ world, ...rest }) =>
    openGcsStore({
      ...rest,
      world,
      bucket: "bucket",
      endpoint: server.url,
      credentials: { kind: "anonymous" },
      sendPlain: (request, signal) => {
        tokens.push(request.url);
        const url = `${server.url}/token`;
        return outboundRequestWithRetry({ ...request, url, signal, policy: LOOPBACK_POLICY }, world);
      },
      ...more,
    }),
  );
  return { ...found, tokens };
}

/** Opens a container of Azure. */
export function openFakeAzure({ server }: FakeAzure, more: Partial<AzureStoreOptions> = {}): Opened {
  return opened((world) =>
    openAzureStore({
      ...world,
      account: "example",
      container: "logs",
      endpoint: `${server.url}/example/`,
      credentials: { kind: "key", accountKey: ACCOUNT_KEY },
      ...more,
    }),
  );
}

/** Answers a request in place of the container, or lets it through. `isListing`: it is about the container. */
export type ContainerFault = (response: ServerResponse, count: number, isListing: boolean) => boolean;

/** A container of some kind, as laws need it. */
export interface FakeContainer {
  readonly server: FaultServer;
  /** What addresses of its objects begin with. */
  readonly uri: string;
  open(): Opened;
  /** One that is not there. */
  openAnother(): Opened;
  /** Puts an object in the place of another one. */
  replace(key: string, bytes: Buffer): void;
  clear(): void;
  setFault(fault: ContainerFault): void;
  /** The versions that requests named so far; null: none. */
  askedVersions(): readonly (string | null)[];
}

/** A kind of stores. */
export interface ContainerKind {
  readonly name: string;
  readonly keysPerPage: number;
  readonly lastModifiedMs: bigint;
  /** Headers that tell the version of an object. */
  readonly versionHeaders: (bytes: Buffer) => Readonly<Record<string, string>>;
  readonly versionOf: (bytes: Buffer) => string;
  /** Answers that are no page of a listing; the last sends back to where it came from. */
  readonly oddPages: readonly string[];
  readonly refuse: Readonly<Record<"busy" | "forbidden", (response: ServerResponse) => true>>;
  readonly start: (objects: Readonly<Record<string, string | Buffer>>) => Promise<FakeContainer>;
}

const NOON_MS = BigInt(Date.UTC(2026, 9, 1, 12));

const ifMatch = (headers: FakeS3["headers"]) => headers.map((each) => each["if-match"] ?? null);

/** All kinds of stores that have keys. */
export const CONTAINER_KINDS: readonly ContainerKind[] = [
  {
    name: "S3",
    keysPerPage: 1000,
    lastModifiedMs: NOON_MS,
    versionHeaders: (bytes) => ({ etag: etagOf(bytes) }),
    versionOf: etagOf,
    oddPages: [
      "",
      "{}",
      "<html></html>",
      "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
      "<ListBucketResult><IsTruncated>true</IsTruncated><Next",
      "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken></ListBucketResult>",
    ],
    refuse: {
      busy: (response) => refuse(response, 503, "SlowDown"),
      forbidden: (response) => refuse(response, 403, "AccessDenied"),
    },
    start: async (objects) => {
      const fake = await startFakeS3(objects);
      return {
        server: fake.server,
        uri: "s3://bucket",
        open: () => openFakeS3(fake),
        openAnother: () => {
          fake.fault = (_asked, response) => refuse(response, 404, "NoSuchBucket");
          return openFakeS3(fake);
        },
        replace: (key, bytes) => fake.objects.set(key, bytes),
        clear: () => fake.objects.clear(),
        setFault: (fault) => {
          fake.fault = ({ key }, response, count) => fault(response, count, key === "");
        },
        askedVersions: () => ifMatch(fake.headers),
      };
    },
  },
  {
    name: "Google Cloud Storage",
    keysPerPage: 1000,
    lastModifiedMs: NOON_MS + 123n,
    versionHeaders: () => ({ etag: "etag-1700", "x-goog-generation": "1700" }),
    versionOf: () => "1700",
    oddPages: ["", "[]", "null", "<html>", '{"items":[{}]}', '{"prefixes":[1]}', '{"nextPageToken":"t"}'],
    refuse: {
      busy: (response) => refuseJson(response, 429, "rateLimitExceeded"),
      forbidden: (response) => refuseJson(response, 403, "no storage.objects.list access"),
    },
    start: async (objects) => {
      const fake = await startFakeGcs(objects);
      return {
        server: fake.server,
        uri: "gs://bucket",
        open: () => openFakeGcs(fake),
        openAnother: () => openFakeGcs(fake, { bucket: "other" }),
        replace: (key, bytes) => fake.objects.set(key, { bytes, generation: "1701" }),
        clear: () => fake.objects.clear(),
        setFault: (fault) => {
          fake.fault = (response, count, { pathname }) => fault(response, count, pathname.endsWith("/o"));
        },
        askedVersions: () =>
          fake.server.asked.map((line) => /ifGenerationMatch=(\d+)/.exec(line)?.[1] ?? null),
      };
    },
  },
  {
    name: "Azure Blob Storage",
    keysPerPage: 5000,
    lastModifiedMs: NOON_MS,
    versionHeaders: (bytes) => ({ etag: azureEtagOf(bytes) }),
    versionOf: azureEtagOf,
    oddPages: [
      "",
      "{}",
      "<html/>",
      "<EnumerationResults/>",
      "<EnumerationResults><Blobs/><NextMarker>t</NextMarker></EnumerationRes",
      "<EnumerationResults><Blobs/><NextMarker>t</NextMarker></EnumerationResults>",
    ],
    refuse: {
      busy: (response) => refuseAzure(response, 503, "ServerBusy"),
      forbidden: (response) => refuseAzure(response, 403, "AuthorizationPermissionMismatch"),
    },
    start: async (objects) => {
      const fake = await startFakeAzure(objects);
      return {
        server: fake.server,
        uri: `wasb://logs@127.0.0.1:${fake.server.port}`,
        open: () => openFakeAzure(fake),
        openAnother: () => openFakeAzure(fake, { container: "other" }),
        replace: (key, bytes) => fake.blobs.set(key, bytes),
        clear: () => fake.blobs.clear(),
        setFault: (fault) => {
          fake.fault = (response, count, { searchParams }) =>
            fault(response, count, searchParams.has("comp"));
        },
        askedVersions: () => ifMatch(fake.headers),
      };
    },
  },
];
