/** Connections that go only where a policy lets them: the address that was checked is the one that is connected to. */
import { lookup as systemLookup } from "node:dns";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { LookupFunction } from "node:net";
import { Failure, readAddress } from "#text";
import { checkAddress, mayReach, type OutboundPolicy } from "./outbound-policy.ts";

/** An address of a host, as `node:dns` gives them. */
export interface HostAddress {
  readonly address: string;
  readonly family: number;
}

/** Resolves a name to all its addresses; rejects with the errors of `node:dns`. Tests give their own. */
export type ResolveHost = (host: string) => Promise<readonly HostAddress[]>;

/** The resolver of this machine, `/etc/hosts` included. */
export const SYSTEM_RESOLVER: ResolveHost = (host) =>
  new Promise((resolve, reject) => {
    systemLookup(host, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
  });

/** Connections that are kept for the next request, each for so long; as many as objects are fetched at once. */
const KEPT_MS = 15_000;
const MOST_KEPT = 64;

/** Connections under one policy. Idle ones do not keep the process. */
export interface Connections {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** Invariant: a connection that one policy lets through is never used under another, so each has its own. */
const CONNECTIONS = new WeakMap<OutboundPolicy, Connections>();

/** The connections that were made under this policy. */
export function connectionsOf(policy: OutboundPolicy): Connections {
  const known = CONNECTIONS.get(policy);
  if (known !== undefined) return known;
  const options = { keepAlive: true, maxFreeSockets: MOST_KEPT, timeout: KEPT_MS };
  const made: Connections = { http: new HttpAgent(options), https: new HttpsAgent(options) };
  CONNECTIONS.set(policy, made);
  return made;
}

/**
 * What `node:net` asks for addresses when it connects: it is given those alone that the policy lets through, and connects to these.
 * Not asked for hosts that are addresses; check these before.
 */
export function guardedLookup(policy: OutboundPolicy, resolve: ResolveHost): LookupFunction {
  return (host, options, callback) => {
    resolve(host).then(
      (addresses) => {
        let usable: readonly HostAddress[];
        try {
          usable = usableAddresses(host, addresses, policy);
        } catch (error) {
          callback(error instanceof Error ? error : new Error(String(error)), []);
          return;
        }
        const wanted = usable.filter(({ family }) => isWanted(family, options.family));
        const [first] = wanted;
        if (first === undefined) callback(notFound(host), []);
        else if (options.all === true) callback(null, [...wanted]);
        else callback(null, first.address, first.family);
      },
      (error) => callback(error, []),
    );
  };
}

/** Those that may be reached. Throws `outbound-denied` when there are addresses, and none may. */
function usableAddresses(
  host: string,
  addresses: readonly HostAddress[],
  policy: OutboundPolicy,
): readonly HostAddress[] {
  const read = addresses.map((one) => ({ one, bits: readAddress(one.address) }));
  const usable = read.flatMap(({ one, bits }) =>
    bits !== null && mayReach(host, bits, policy) ? [one] : [],
  );
  const [denied] = read;
  if (usable.length > 0 || denied === undefined) return usable;
  if (denied.bits === null) {
    throw new Failure(
      "outbound-denied",
      `"${host}" has the address ${denied.one.address}, which is of one link.`,
    );
  }
  checkAddress(host, denied.bits, policy);
  return usable;
}

function isWanted(family: number, wanted: number | "IPv4" | "IPv6" | undefined): boolean {
  if (wanted === undefined || wanted === 0) return true;
  return family === (wanted === "IPv4" ? 4 : wanted === "IPv6" ? 6 : wanted);
}

function notFound(host: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`no address of ${host}`), { code: "ENOTFOUND" });
}
