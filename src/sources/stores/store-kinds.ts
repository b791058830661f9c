/** The kinds of stores: how each is opened from an address or a definition. */
import { Failure } from "#text";
import type { StoreScheme } from "../address.ts";
import type { RemoteStore } from "./remote-store.ts";
import type { S3Credentials } from "./s3-credentials.ts";
import type { StoreOption } from "./store-definition.ts";
import { endpointUrl, isTrue, type StoreRequest, sendBy, sendPlainBy } from "./store-request.ts";

interface StoreKind {
  open(request: StoreRequest): Promise<RemoteStore>;
}

/** All kinds but files of this machine. */
export const STORE_KINDS: Readonly<Record<Exclude<StoreScheme, "file">, StoreKind>> = {
  http: { open: openHttp },
  https: { open: openHttp },
  s3: { open: openS3 },
  s3s: { open: openS3 },
  gs: { open: async (request) => (await import("./gcs-kind.ts")).openGcs(request) },
  gss: { open: async (request) => (await import("./gcs-kind.ts")).openGcs(request) },
  wasb: { open: async (request) => (await import("./azure-kind.ts")).openAzure(request) },
  wasbs: { open: async (request) => (await import("./azure-kind.ts")).openAzure(request) },
  ssh: { open: openSsh },
  sftp: { open: openSsh },
  es: { open: openElastic },
  ess: { open: openElastic },
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
    sendPlain: sendPlainBy(policy, world),
    world,
    onProblem,
  });
}

async function openSsh({
  scheme,
  place,
  userInfo,
  prefix,
  options,
  ...rest
}: StoreRequest): Promise<RemoteStore> {
  const [{ openSftpStore }, { connectSsh }, { readSshTarget }] = await Promise.all([
    import("./sftp-store.ts"),
    import("./ssh-connection.ts"),
    import("./ssh-target.ts"),
  ]);
  const user = userInfo === null ? "" : `${userInfo.replace(/:.*/s, "")}@`;
  const shownAddress = `${scheme}://${user}${place}`;
  const target = readSshTarget(
    {
      place,
      userInfo,
      user: options.get("user"),
      port: options.get("port"),
      identityFile: options.get("identity_file"),
      knownHostsFile: options.get("known_hosts"),
      password: options.get("password"),
    },
    shownAddress,
  );
  const { policy, environment, world } = rest;
  return openSftpStore({
    shownAddress,
    root: prefix,
    world,
    connect: () => connectSsh(target, { policy, environment, configFile: null }),
  });
}

/** What stands before an "@" is the name of the datastore whose options these are. */
async function openElastic({
  scheme,
  place,
  prefix,
  options,
  policy,
  world,
}: StoreRequest): Promise<RemoteStore> {
  const { openElasticStore } = await import("./elastic-store.ts");
  const port = options.get("port");
  const host = port === undefined || /:\d+$/.test(place) ? place : `${place}:${port}`;
  const baseUrl = `${scheme === "ess" ? "https" : "http"}://${host}/${prefix === "" ? "" : `${prefix}/`}`;
  if (!URL.canParse(baseUrl) || host.includes("@")) {
    throw new Failure("store-unknown", `"${place}" is no host such as es1.example.com:9200.`);
  }
  const url = new URL(baseUrl);
  // The port of Elasticsearch, where none is told.
  if (!/:\d+$/.test(host)) url.port = "9200";
  const [user, key] = [options.get("user"), options.get("api_key")];
  const basic = Buffer.from(`${user ?? ""}:${options.get("password") ?? ""}`).toString("base64");
  const authorization = key !== undefined ? `ApiKey ${key}` : user === undefined ? null : `Basic ${basic}`;
  return openElasticStore({
    baseUrl: url.href,
    prefix,
    shownAddress: `${scheme}://${place}`,
    authorization,
    policy,
    world,
  });
}

function s3Credentials(options: ReadonlyMap<StoreOption, string>): S3Credentials {
  if (isTrue(options, "anonymous")) return { kind: "anonymous" };
  const [accessKey, secretKey] = [options.get("access_key"), options.get("secret_key")];
  if (accessKey === undefined || secretKey === undefined) {
    return { kind: "chain", profile: options.get("profile") ?? null };
  }
  return { kind: "keys", accessKey, secretKey, sessionToken: options.get("session_token") ?? null };
}
