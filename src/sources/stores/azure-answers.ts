/** What Azure Blob Storage answers: pages of a listing in XML, and errors (Blob Storage REST, "List Blobs", "Error codes"). */
import { Failure } from "#text";
import type { OutboundAnswer } from "../outbound/outbound-request.ts";
import type { KeyPage, ListedKey } from "./listing-pages.ts";
import { childIn, childrenOf, readXml, textIn, type XmlElement } from "./read-xml.ts";
import { type RefusalReason, refusalByCode } from "./store-refusal.ts";

/**
 * The names on a page of a listing. `uri` is for messages.
 *
 * @throws Failure source-unreadable: the text is no page of a listing
 */
export function readAzurePage(xml: string, uri: string): KeyPage {
  const page = readXml(xml);
  const blobs = page?.name === "EnumerationResults" ? childIn(page, "Blobs") : null;
  if (page === null || blobs === null) {
    throw new Failure("source-unreadable", `What the store answers for "${uri}" is no listing.`, {
      help: "Is the endpoint right? It must speak the protocol of Azure Blob Storage.",
      place: { uri },
    });
  }
  return {
    prefixes: childrenOf(blobs, "BlobPrefix").map(nameOf),
    objects: childrenOf(blobs, "Blob").flatMap(objectsOf),
    nextToken: textIn(page, "NextMarker") || null,
  };
}

/** Names that XML cannot hold are escaped, and say so. */
function nameOf(element: XmlElement): string {
  const name = childIn(element, "Name");
  if (name === null || !/\sEncoded=["']true["']/i.test(name.attributes)) return name?.text ?? "";
  try {
    return decodeURIComponent(name.text);
  } catch {
    return name.text;
  }
}

/** Accounts with real directories list these as blobs too. */
function objectsOf(element: XmlElement): readonly ListedKey[] {
  const properties = childIn(element, "Properties");
  const textOf = (name: string) => (properties === null ? "" : (textIn(properties, name) ?? ""));
  if (textOf("ResourceType") === "directory") return [];
  const [size, etag] = [textOf("Content-Length"), textOf("Etag")];
  const modifiedMs = Date.parse(textOf("Last-Modified"));
  return [
    {
      key: nameOf(element),
      sizeBytes: /^\d{1,15}$/.test(size) ? Number(size) : null,
      lastModifiedMs: Number.isNaN(modifiedMs) ? null : BigInt(modifiedMs),
      // Headers have the quotes, listings have not.
      version: etag === "" ? null : etag.startsWith('"') ? etag : `"${etag}"`,
    },
  ];
}

const KEYS = "Give account_key or sas_token in a datastore; containers that everybody may read need none.";
const denied = (sentence: string, help: string = KEYS): RefusalReason => ({
  code: "access-denied",
  sentence,
  help,
});
const NOT_ENOUGH = denied(
  "these credentials may not read it",
  "A signature needs the permissions r (read) and l (list).",
);
const NOT_PUBLIC = denied("it is not public");
const ARCHIVED: RefusalReason = {
  code: "source-unreadable",
  sentence: "it is archived",
  help: "Bring it to another access tier first.",
};

const REASONS: Readonly<Record<string, RefusalReason>> = {
  AuthenticationFailed: denied("the key or the signature is wrong or has expired"),
  InvalidAuthenticationInfo: denied("the key or the signature is wrong"),
  NoAuthenticationInformation: NOT_PUBLIC,
  PublicAccessNotPermitted: NOT_PUBLIC,
  AuthorizationFailure: denied(
    "the account does not allow it",
    "The key or the signature may be wrong, or the rules of the account's network leave this machine out.",
  ),
  AuthorizationPermissionMismatch: NOT_ENOUGH,
  AuthorizationResourceTypeMismatch: NOT_ENOUGH,
  AuthorizationServiceMismatch: NOT_ENOUGH,
  AuthorizationProtocolMismatch: denied("it may be read over TLS only", "Write wasbs:// instead of wasb://."),
  AuthorizationSourceIPMismatch: denied("it may not be read from this address"),
  InsufficientAccountPermissions: NOT_ENOUGH,
  KeyBasedAuthenticationNotPermitted: denied(
    "the account takes no keys",
    "Give a sas_token of a user's delegation.",
  ),
  AccountIsDisabled: denied("the account is disabled", "Ask its owner."),
  AccountRequiresHttps: denied("it may be read over TLS only", "Write wasbs:// instead of wasb://."),
  BlobArchived: ARCHIVED,
  BlobBeingRehydrated: ARCHIVED,
};

/** What an answer says went wrong; empty where it says nothing. */
export interface AzureError {
  readonly code: string;
  readonly message: string;
}

/** The code of an error: in a header, which answers to HEAD have too, or in the body. */
export function azureErrorOf({ headers }: OutboundAnswer, body: string): AzureError {
  const page = body === "" ? null : readXml(body);
  const textOf = (name: string) => (page?.name === "Error" ? (textIn(page, name) ?? "") : "");
  const message = textOf("Message").split("\n")[0] ?? "";
  return { code: headers.get("x-ms-error-code") ?? textOf("Code"), message };
}

/** The failure that an answer means, which is neither 200 nor 206. */
export function azureRefusal(status: number, { code, message }: AzureError, uri: string): Failure {
  if (code === "ContainerNotFound" || (status === 404 && uri.endsWith("/"))) {
    return new Failure("source-missing", `There is no container for "${uri}", or it is not public.`, {
      help: "Look for a mistake in its name and that of the account.",
      place: { uri },
    });
  }
  return refusalByCode({ status, code, message }, { byCode: REASONS, aboutKeys: KEYS }, uri);
}
