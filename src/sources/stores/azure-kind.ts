/** Azure Blob Storage, as addresses and definitions say it: `wasbs://container@account.blob.core.windows.net/path`. */
import { Failure } from "#text";
import type { AzureCredentials } from "./azure-signer.ts";
import { openAzureStore } from "./azure-store.ts";
import type { RemoteStore } from "./remote-store.ts";
import { endpointUrl, isTrue, type StoreRequest, sendBy } from "./store-request.ts";

/** Where Microsoft keeps blobs: for all, for governments of the United States, in China. */
const AZURE_HOST = /^([a-z0-9]{3,24})\.blob\.core\.(windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)$/;

/** Opens a container: `container@account.blob.core.windows.net`, in the address or as the root; or a container as the root, and an account beside it. */
export function openAzure(request: StoreRequest): RemoteStore {
  const { scheme, options, policy, world, onProblem } = request;
  const { container, host } = azurePlace(request);
  const account = options.get("account") ?? host?.split(/[.:]/)[0] ?? "";
  return openAzureStore({
    account,
    container,
    endpoint: azureEndpoint({
      account,
      host,
      written: options.get("endpoint"),
      isSecure: scheme === "wasbs",
    }),
    credentials: azureCredentials(request, { account, host }),
    send: sendBy(policy, world),
    world,
    onProblem,
  });
}

/** A datastore says the container itself: an address must not lead out of it. */
function azurePlace({ place, userInfo, options }: StoreRequest): {
  readonly container: string;
  readonly host: string | null;
} {
  const isDefined = options.has("root");
  if (isDefined && userInfo !== null) {
    throw new Failure(
      "store-unknown",
      `A datastore names its container itself, so "${userInfo}@" is too much.`,
    );
  }
  if (userInfo !== null) return { container: userInfo, host: place };
  const at = place.lastIndexOf("@");
  return at < 0
    ? { container: place, host: null }
    : { container: place.slice(0, at), host: place.slice(at + 1) };
}

/** Whose blobs, and where. */
export interface AzurePlace {
  readonly account: string;
  /** Null: not said. */
  readonly host: string | null;
}

interface WrittenEndpoint extends AzurePlace {
  readonly written: string | undefined;
  readonly isSecure: boolean;
}

/** An endpoint without `https://` is what stands behind the account's name. Microsoft's own is spoken to over TLS always. */
function azureEndpoint({ account, host, written, isSecure }: WrittenEndpoint): string {
  if (written !== undefined) {
    return endpointUrl(/^https?:\/\//i.test(written) ? written : `${account}.${written}`, isSecure);
  }
  const known = host ?? `${account}.blob.core.windows.net`;
  return endpointUrl(known, isSecure || AZURE_HOST.test(known));
}

/** Those of the environment are for the account that it names, at Microsoft: an address of somebody else must not get them sent elsewhere. */
export function azureCredentials(
  { options, environment }: StoreRequest,
  { account, host }: AzurePlace,
): AzureCredentials {
  if (isTrue(options, "anonymous")) return { kind: "anonymous" };
  const isOwn =
    options.get("endpoint") === undefined &&
    environment["AZURE_STORAGE_ACCOUNT"] === account &&
    (host === null || AZURE_HOST.test(host));
  const known = isOwn ? environment : {};
  const accountKey = options.get("account_key");
  const sasToken = options.get("sas_token");
  if (accountKey !== undefined) return { kind: "key", accountKey };
  if (sasToken !== undefined) return { kind: "signature", sasToken };
  if (known["AZURE_STORAGE_KEY"] !== undefined)
    return { kind: "key", accountKey: known["AZURE_STORAGE_KEY"] };
  if (known["AZURE_STORAGE_SAS_TOKEN"] === undefined) return { kind: "anonymous" };
  return { kind: "signature", sasToken: known["AZURE_STORAGE_SAS_TOKEN"] };
}
