/** Google Cloud Storage, as addresses and definitions say it: `gss://bucket/path`. */
import { type GcsCredentials, readServiceAccountKey } from "./gcs-credentials.ts";
import { openGcsStore } from "./gcs-store.ts";
import type { RemoteStore } from "./remote-store.ts";
import type { StoreOption } from "./store-definition.ts";
import { endpointUrl, isTrue, type StoreRequest, sendBy, sendPlainBy } from "./store-request.ts";

/** Opens a bucket. */
export function openGcs({
  scheme,
  place,
  options,
  environment,
  policy,
  world,
  onProblem,
}: StoreRequest): RemoteStore {
  const endpoint = options.get("endpoint") ?? environment["STORAGE_EMULATOR_HOST"];
  return openGcsStore({
    bucket: place,
    endpoint: endpoint === undefined ? null : endpointUrl(endpoint, scheme === "gss"),
    credentials: gcsCredentials(options, endpoint === undefined),
    send: sendBy(policy, world),
    sendPlain: sendPlainBy(policy, world),
    world,
    onProblem,
  });
}

/**
 * The key is the text of a service account's file, or the key in it with the account as user. The machine's own credentials are tokens that
 * whoever gets them can use: they go to Google alone, and to no endpoint that somebody named.
 */
function gcsCredentials(options: ReadonlyMap<StoreOption, string>, isGoogle: boolean): GcsCredentials {
  if (isTrue(options, "anonymous")) return { kind: "anonymous" };
  const [privateKey, clientEmail] = [options.get("private_key"), options.get("user")];
  if (privateKey === undefined) return isGoogle ? { kind: "chain" } : { kind: "anonymous" };
  if (clientEmail !== undefined) return { kind: "key", clientEmail, privateKey };
  return readServiceAccountKey(privateKey, "The private_key of the datastore");
}
