/** Rules that name hosts: an address, a network, a name, or all names below one. */
import { type Network, readNetwork } from "./addresses.ts";

/** What a rule names. Names are in lower case, without a dot at their end. */
export type HostRule =
  | { readonly kind: "network"; readonly network: Network }
  | { readonly kind: "name"; readonly name: string }
  /** All names that end with a dot and this one. */
  | { readonly kind: "below"; readonly name: string };

const NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/;

/** The rule that a text such as `127.0.0.1`, `10.0.0.0/8`, `[::1]`, `minio.local` or `*.corp.example` names, or null. */
export function readHostRule(text: string): HostRule | null {
  const bare = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  const network = readNetwork(bare);
  if (network !== null) return { kind: "network", network };
  const isBelow = text.startsWith("*.");
  const name = text.slice(isBelow ? 2 : 0).toLowerCase();
  // Why not names that end with a number: they are addresses that are written wrongly.
  if (!NAME.test(name) || /(^|\.)\d+$/.test(name)) return null;
  return { kind: isBelow ? "below" : "name", name };
}
