/** Asks a store which fields its objects have. */
import { Failure } from "#text";
import { parseAddress } from "../address.ts";
import type { MappedField } from "./elastic-answers.ts";
import type { Stores } from "./stores.ts";

/**
 * The fields of the objects that an address names, wildcards in it.
 *
 * @throws Failure source-scheme-unknown: what is there has bytes and no fields; and those of asking
 */
export async function mappedFields(
  uri: string,
  stores: Stores,
  signal: AbortSignal,
): Promise<readonly MappedField[]> {
  const address = parseAddress(uri);
  const place = address.kind === "store" ? await stores.place(address, uri) : null;
  const fields = await place?.remote?.fields?.(place.absolute(place.path), signal);
  if (fields !== undefined) return fields;
  throw new Failure("source-scheme-unknown", `"${uri}" names no index of a cluster.`, {
    help: "Addresses of indices begin with es:// or ess://.",
    place: { uri },
  });
}
