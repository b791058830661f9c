/** Definitions of datastores: YAML, or JSON as SpectX keeps it in `.sxds` files. */
import { parse } from "yaml";
import { Failure } from "#text";
import { STORE_SCHEMES, type StoreScheme } from "../address.ts";

/** What a store may be told, by the names of YAML. */
export type StoreOption =
  | "root"
  | "region"
  | "endpoint"
  | "path_style"
  | "access_key"
  | "secret_key"
  | "session_token"
  | "profile"
  | "anonymous"
  | "account"
  | "account_key"
  | "sas_token"
  | "private_key"
  | "user"
  | "password"
  | "port"
  | "identity_file"
  | "known_hosts"
  | "cache"
  | "api_key";

/** Other names of the options, as SpectX's files have them; without case and underscores. */
const OTHER_NAMES: Readonly<Record<StoreOption, readonly string[]>> = {
  root: ["bucket", "container", "host", "path", "rootpath", "basepath", "url", "baseuri"],
  region: [],
  endpoint: ["endpointuri", "endpointurisuffix"],
  path_style: ["pathstyleaccess", "ispathstyleaccess", "usepathstyleaccess"],
  access_key: ["accesskeyid", "awsaccesskey", "awsaccesskeyid"],
  secret_key: ["secretaccesskey", "awssecretkey", "awssecretaccesskey"],
  session_token: [],
  profile: [],
  anonymous: [],
  account: ["accountname"],
  account_key: ["key"],
  sas_token: ["token", "sharedaccesstoken", "sharedaccesssignature"],
  private_key: [],
  user: ["username", "login"],
  password: [],
  port: [],
  identity_file: ["keyfile", "privatekeyfile"],
  known_hosts: [],
  cache: [],
  api_key: [],
};

/** Options that are never shown. Each may refer to where the secret is: `env:NAME`, `file:PATH`. */
const SECRETS: ReadonlySet<StoreOption> = new Set([
  "secret_key",
  "session_token",
  "account_key",
  "sas_token",
  "private_key",
  "password",
  "api_key",
]);

/** Whether an option is a secret. */
export function isSecret(option: StoreOption): boolean {
  return SECRETS.has(option);
}

/** A store as its definition says; secrets are as written, references among them. */
export interface StoreDefinition {
  readonly name: string;
  readonly protocol: StoreScheme;
  /** A directory, a bucket, or a host, with what comes behind it: `/var/log`, `my-bucket/waf`, `web1.example.com/var/log`. */
  readonly root: string;
  readonly options: ReadonlyMap<StoreOption, string>;
  /** Where it was read, for messages; null: nowhere, an address said all. */
  readonly file: string | null;
}

/** Options of SpectX's files that mean nothing here. */
const IGNORED = new Set([
  "acl",
  "iscacheable",
  "hotcacheperiod",
  "connecttimeout",
  "readtimeout",
  "maxerrorretries",
  "maxredirects",
  "useragent",
  "anonymousttl",
  "useiamrole",
  "iamrole",
  "name",
  "id",
  "description",
]);

/** A datastore's name stands where hosts stand in addresses. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** An option's name without case and underscores. */
function folded(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, "");
}

const OPTION_OF: ReadonlyMap<string, StoreOption> = new Map(
  Object.keys(OTHER_NAMES)
    .filter(isOption)
    .flatMap((option) => [option, ...OTHER_NAMES[option]].map((name) => [folded(name), option] as const)),
);

function isOption(name: string): name is StoreOption {
  return Object.hasOwn(OTHER_NAMES, name);
}

/**
 * The definition in a file's text. JSON is YAML.
 *
 * @param name  of the store: the file's name without its ending
 * @throws Failure store-unknown: the text is no definition
 */
export function readStoreDefinition(name: string, text: string, file: string): StoreDefinition {
  if (!NAME.test(name)) throw unusable(file, `"${name}" is no name that can stand in an address`);
  const told = recordOf(parsed(text, file));
  if (told === null) throw unusable(file, "it holds no names with values");
  const inner = [...told].find(([key, value]) => /^[a-z0-9]+store$/i.test(key) && recordOf(value) !== null);
  const fields = new Map([...told, ...(inner === undefined ? [] : (recordOf(inner[1]) ?? []))]);
  const written = fields.get("protocol") ?? fields.get("type");
  const protocol = STORE_SCHEMES.find((scheme) => scheme === String(written).toLowerCase());
  if (protocol === undefined) {
    throw unusable(file, `its protocol must be one of ${STORE_SCHEMES.join(", ")}`);
  }
  const options = new Map<StoreOption, string>();
  for (const [key, value] of fields) {
    if (key === "protocol" || key === "type" || key === inner?.[0] || IGNORED.has(folded(key))) continue;
    const option = OPTION_OF.get(folded(key));
    if (option === undefined) throw unusable(file, `it says "${key}", which means nothing for a store`);
    if (value === null || value === "") continue;
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
      throw unusable(file, `"${key}" must be a text, a number or true or false`);
    }
    options.set(option, String(value));
  }
  const root = options.get("root") ?? "";
  if (root === "") throw unusable(file, 'it says no "root": a directory, a bucket or a host');
  return { name, protocol, root, options, file };
}

function parsed(text: string, file: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0 });
  } catch (cause) {
    const why = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
    throw unusable(file, `it is no YAML: ${why}`);
  }
}

function recordOf(value: unknown): ReadonlyMap<string, unknown> | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  return new Map(Object.entries(value));
}

function unusable(file: string, what: string): Failure {
  return new Failure("store-unknown", `The datastore in "${file}" cannot be used: ${what}.`, {
    place: { uri: file },
  });
}
