/** Who asks Google Cloud Storage: tokens of the vendor's library, which is loaded when it is needed. */
import { Failure, invariant } from "#text";
import { readBody } from "../outbound/read-body.ts";
import { fieldsOf, parsedJson, textAt } from "./json-answers.ts";
import type { SendPlain } from "./signed-request.ts";

/** A service account's key, the vendor's chain (GOOGLE_APPLICATION_CREDENTIALS, gcloud's login, the machine's account), or nobody. */
export type GcsCredentials =
  | { readonly kind: "key"; readonly clientEmail: string; readonly privateKey: string }
  | { readonly kind: "chain" }
  | { readonly kind: "anonymous" };

/** Gives the headers that say who asks. Throws access-denied when there are no credentials. */
export type GcsHeaders = () => Promise<Readonly<Record<string, string>>>;

const SCOPE = "https://www.googleapis.com/auth/devstorage.read_only";
const MOST_TOKEN_BYTES = 1 << 20;

/**
 * The key in a service account's file.
 *
 * @param where  for messages
 * @throws Failure store-unknown: the text is none
 */
export function readServiceAccountKey(text: string, where: string): GcsCredentials {
  const fields = fieldsOf(parsedJson(text));
  const [clientEmail, privateKey] = [textAt(fields, "client_email"), textAt(fields, "private_key")];
  if (clientEmail === null || privateKey === null) {
    throw new Failure("store-unknown", `${where} is no key of a service account.`, {
      help: 'It is a file of JSON with "client_email" and "private_key", made by `gcloud iam service-accounts keys create`.',
    });
  }
  return { kind: "key", clientEmail, privateKey };
}

/** What says who asks, in each request. Tokens are kept, and fetched anew before they end. */
export function openGcsHeaders(credentials: GcsCredentials, send: SendPlain): GcsHeaders {
  if (credentials.kind === "anonymous") return async () => ({});
  let client: Promise<{ getRequestHeaders(): Promise<Headers> }> | null = null;
  let failure: Failure | null = null;
  return async () => {
    // Why kept: to ask a machine for its account takes seconds where there is none, and objects are many.
    if (failure !== null) throw failure;
    try {
      client ??= clientOf(credentials, send);
      return Object.fromEntries(await (await client).getRequestHeaders());
    } catch (cause) {
      if (cause instanceof Failure) throw cause;
      failure = noCredentials(cause);
      throw failure;
    }
  };
}

async function clientOf(credentials: Exclude<GcsCredentials, { kind: "anonymous" }>, send: SendPlain) {
  // Loaded only here: it takes some 40 ms, and most runs read no such store.
  const { GoogleAuth, JWT } = await import("google-auth-library");
  const transporterOptions = { fetchImplementation: fetchBy(send) };
  if (credentials.kind === "chain")
    return new GoogleAuth({ scopes: SCOPE, clientOptions: { transporterOptions } });
  const { clientEmail, privateKey } = credentials;
  return new JWT({ email: clientEmail, key: privateKey, scopes: [SCOPE], transporterOptions });
}

/** The one outbound client in the form that the vendor's library takes. */
function fetchBy(send: SendPlain): typeof fetch {
  return async (input, init) => {
    const body = init?.body ?? undefined;
    invariant(typeof input === "string" || input instanceof URL, "the library asks for addresses");
    invariant(
      body === undefined || typeof body === "string" || body instanceof URLSearchParams,
      "the library sends forms and texts",
    );
    const request = {
      url: String(input),
      method: (init?.method ?? "GET").toUpperCase(),
      headers: Object.fromEntries(new Headers(init?.headers)),
      ...(body === undefined ? {} : { body: String(body) }),
    };
    const answer = await send(request, init?.signal ?? new AbortController().signal);
    const bytes = await readBody(answer, MOST_TOKEN_BYTES);
    return new Response(new Uint8Array(bytes), { status: answer.status, headers: [...answer.headers] });
  };
}

function noCredentials(cause: unknown): Failure {
  const why = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
  return new Failure(
    "access-denied",
    `There are no credentials for Google Cloud Storage: ${why.replace(/\.$/, "")}.`,
    {
      help: "Give a private_key in a datastore, set GOOGLE_APPLICATION_CREDENTIALS, or log in (`gcloud auth application-default login`). Buckets that everybody may read need `anonymous: true`.",
      cause,
    },
  );
}
