/** What stores that speak HTTP say of what they hold. */
import type { OutboundAnswer } from "../outbound/outbound-request.ts";
import type { RemoteStatus } from "./remote-store.ts";

/** What is known of a directory: that it is one. */
export const DIRECTORY: RemoteStatus = {
  kind: "directory",
  sizeBytes: null,
  lastModifiedMs: null,
  version: null,
};

/** What an answer says of an object; its size in digits stands in a header of the caller's choice. What is no size is not known. */
export function objectStatus({ headers }: OutboundAnswer, sizeText: string | undefined): RemoteStatus {
  const modifiedMs = Date.parse(headers.get("last-modified") ?? "");
  return {
    kind: "file",
    sizeBytes: /^\d{1,15}$/.test(sizeText ?? "") ? Number(sizeText) : null,
    lastModifiedMs: Number.isNaN(modifiedMs) ? null : BigInt(modifiedMs),
    version: headers.get("etag") ?? null,
  };
}
