/** The kinds of stores: how each is opened from an address or a definition. */
import { Failure } from "#text";
import type { StoreScheme } from "../address.ts";
import type { OutboundPolicy } from "../outbound/outbound-policy.ts";
import { outboundRequestWithRetry, type RetryWorld } from "../outbound/retry.ts";
import type { GcsCredentials } from "./gcs-credentials.ts";
import type { RemoteStore } from "./remote-store.ts";
import type { S3Credentials } from "./s3-signer.ts";
import type { SendSigned } from "./signed-request.ts";
import type { StoreOption } from "./store-definition.ts";

/** What stores need of the world. */
export interface StoreSurroundings {
  readonly policy: OutboundPolicy;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly world: RetryWorld;
  /** Ends what listings ask. */
  readonly signal: AbortSignal;
  /** Told of what is in a store and cannot be named. */
  readonly onProblem: (problem: Failure) => void;
}

/** A store to be opened. */
export interface StoreRequest extends StoreSurroundings {
  readonly scheme: StoreScheme;
  /** What the root, or the address, begins with: a bucket, a host with its port. */
  readonly place: string;
  /** What stands before the "@" of the address; null: nothing does. */
  readonly userInfo: string | null;
  readonly options: ReadonlyMap<StoreOption, string>;
}

interface StoreKind {
  open(request: StoreRequest): Promise<RemoteStore>;
}

/** All kinds but files of this machine. */
export const STORE_KINDS: Readonly<Record<Exclude<StoreScheme, "file">, StoreKind>> = {
  http: { open: openHttp },
  https: { open: openHttp },
  s3: { open: openS3 },
  s3s: { open: openS3 },
  gs: { open: openGcs },
  gss: { open: openGcs },
};

/** A user and a password stand in the address or in the definition. */
async function openHttp({
  scheme,
  place,
  userInfo,
  options,
  policy,
  world,
}: StoreRequest): Promise<RemoteStore> {
  const { httpStore } = await import("./http-store.ts");
  const [port, user, password] = [options.get("port"), options.get("user"), options.get("password")];
  const host = port === undefined ? place : `${place}:${port}`;
  const baseUrl = `${scheme}://${userInfo === null ? "" : `${userInfo}@`}${host}/`;
  if (!URL.canParse(baseUrl)) {
    throw new Failure("store-unknown", `"${host}" is no host such as logs.example.com or 192.0.2.1:8080.`);
  }
  const credentials = Buffer.from(`${user ?? ""}:${password ?? ""}`).toString("base64");
  const headers = user === undefined ? {} : { authorization: `Basic ${credentials}` };
  return httpStore({ baseUrl, policy, headers, world });
}

/** AWS means this one where nothing else is said. */
const USUAL_REGION = "us-east-1";

async function openS3({
  scheme,
  place,
  userInfo,
  options,
  environment,
  policy,
  world,
  onProblem,
}: StoreRequest): Promise<RemoteStore> {
  const { openS3Store } = await import("./s3-store.ts");
  const endpoint =
    options.get("endpoint") ?? environment["AWS_ENDPOINT_URL_S3"] ?? environment["AWS_ENDPOINT_URL"];
  const region =
    userInfo ??
    options.get("region") ??
    environment["AWS_REGION"] ??
    environment["AWS_DEFAULT_REGION"] ??
    USUAL_REGION;
  return openS3Store({
    bucket: place,
    region,
    endpoint: endpoint === undefined ? null : endpointUrl(endpoint, scheme === "s3s"),
    isPathStyle: isTrue(options, "path_style"),
    credentials: s3Credentials(options),
    send: sendBy(policy, world),
    world,
    onProblem,
  });
}

function sendBy(policy: OutboundPolicy, world: RetryWorld): SendSigned {
  return (make, signal) =>
    outboundRequestWithRetry(async () => ({ ...(await make()), signal, policy, maxRedirects: 0 }), world);
}

function endpointUrl(endpoint: string, isSecure: boolean): string {
  const url = /^https?:\/\//i.test(endpoint) ? endpoint : `${isSecure ? "https" : "http"}://${endpoint}`;
  if (URL.canParse(url)) return url;
  throw new Failure("store-unknown", `"${endpoint}" is no endpoint such as https://s3.example.com.`);
}

function s3Credentials(options: ReadonlyMap<StoreOption, string>): S3Credentials {
  if (isTrue(options, "anonymous")) return { kind: "anonymous" };
  const [accessKey, secretKey] = [options.get("access_key"), options.get("secret_key")];
  if (accessKey === undefined || secretKey === undefined) {
    return { kind: "chain", profile: options.get("profile") ?? null };
  }
  return { kind: "keys", accessKey, secretKey, sessionToken: options.get("session_token") ?? null };
}

async function openGcs({
  scheme,
  place,
  options,
  environment,
  policy,
  world,
  onProblem,
}: StoreRequest): Promise<RemoteStore> {
  const { openGcsStore } = await import("./gcs-store.ts");
  const endpoint = options.get("endpoint") ?? environment["STORAGE_EMULATOR_HOST"];
  return openGcsStore({
    bucket: place,
    endpoint: endpoint === undefined ? null : endpointUrl(endpoint, scheme === "gss"),
    credentials: await gcsCredentials(options),
    send: sendBy(policy, world),
    sendPlain: (request, signal) => outboundRequestWithRetry({ ...request, signal, policy }, world),
    world,
    onProblem,
  });
}

/** The key is the text of a service account's file, or the key in it with the account as user. */
async function gcsCredentials(options: ReadonlyMap<StoreOption, string>): Promise<GcsCredentials> {
  if (isTrue(options, "anonymous")) return { kind: "anonymous" };
  const [privateKey, clientEmail] = [options.get("private_key"), options.get("user")];
  if (privateKey === undefined) return { kind: "chain" };
  if (clientEmail !== undefined) return { kind: "key", clientEmail, privateKey };
  const { readServiceAccountKey } = await import("./gcs-credentials.ts");
  return readServiceAccountKey(privateKey, "The private_key of the datastore");
}

function isTrue(options: ReadonlyMap<StoreOption, string>, option: StoreOption): boolean {
  return options.get(option) === "true";
}
