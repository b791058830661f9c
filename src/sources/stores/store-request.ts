/** What a store is opened from: an address or a definition, and the world of a run. */
import { Failure } from "#text";
import type { StoreScheme } from "../address.ts";
import type { OutboundPolicy } from "../outbound/outbound-policy.ts";
import { outboundRequestWithRetry, type RetryWorld } from "../outbound/retry.ts";
import type { SendPlain, SendSigned } from "./signed-request.ts";
import type { StoreOption } from "./store-definition.ts";

/** What stores need of the world. */
export interface StoreSurroundings {
  readonly policy: OutboundPolicy;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly world: RetryWorld;
  /** Ends what listings ask. */
  readonly signal: AbortSignal;
  /** Told of what is in a store and cannot be named. */
  readonly onProblem: (problem: Failure) => void;
}

/** A store to be opened. */
export interface StoreRequest extends StoreSurroundings {
  readonly scheme: StoreScheme;
  /** What the root, or the address, begins with: a bucket, a host with its port. */
  readonly place: string;
  /** What stands before the "@" of the address; null: nothing does. */
  readonly userInfo: string | null;
  /** The path behind the place that a definition's root holds; empty: none. */
  readonly prefix: string;
  readonly options: ReadonlyMap<StoreOption, string>;
}

/** Sends requests that are made anew for each attempt. */
export function sendBy(policy: OutboundPolicy, world: RetryWorld): SendSigned {
  return (make, signal) =>
    outboundRequestWithRetry(async () => ({ ...(await make()), signal, policy, maxRedirects: 0 }), world);
}

/** Asks for tokens. */
export function sendPlainBy(policy: OutboundPolicy, world: RetryWorld): SendPlain {
  return (request, signal) => outboundRequestWithRetry({ ...request, signal, policy }, world);
}

/**
 * The address of an endpoint, which may be written without its scheme.
 *
 * @throws Failure store-unknown: it is none
 */
export function endpointUrl(endpoint: string, isSecure: boolean): string {
  const url = /^https?:\/\//i.test(endpoint) ? endpoint : `${isSecure ? "https" : "http"}://${endpoint}`;
  if (URL.canParse(url)) return url;
  throw new Failure("store-unknown", `"${endpoint}" is no endpoint such as https://s3.example.com.`);
}

/** Whether an option says yes. */
export function isTrue(options: ReadonlyMap<StoreOption, string>, option: StoreOption): boolean {
  return options.get(option) === "true";
}
