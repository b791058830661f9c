/** One request over one connection: sends it, waits for the head of the answer, and gives its body in pieces. */
import { setMaxListeners } from "node:events";
import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { throwIfCancelled } from "../cancel.ts";
import { connectionsOf, guardedLookup, type ResolveHost, SYSTEM_RESOLVER } from "./guarded-connections.ts";
import { connectionCodeOf, connectionFailure, timeoutFailure, tooLargeFailure } from "./outbound-failure.ts";
import type { OutboundPolicy } from "./outbound-policy.ts";
import type { Hop } from "./redirect.ts";

/** One request, and the limits it has. */
export interface Exchange {
  readonly hop: Hop;
  readonly signal: AbortSignal;
  readonly policy: OutboundPolicy;
  /** Null: the resolver of this machine. */
  readonly resolve: ResolveHost | null;
  readonly maxBytes: number;
  readonly connectTimeoutMs: number;
  readonly silenceTimeoutMs: number;
}

/** The answer: its head has come, its body comes while it is read. */
export interface Exchanged {
  readonly response: IncomingMessage;
  readonly body: AsyncIterable<Uint8Array>;
  readonly discard: () => void;
}

/** These may be sent twice when a kept connection turns out to be closed. */
const REPEATABLE = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

/** Sends the request. The host was checked by its name; addresses are checked as they are connected to. */
export async function exchange(wanted: Exchange): Promise<Exchanged> {
  const { hop, signal } = wanted;
  // A run stops all its requests by one signal; Node warns of more than ten.
  setMaxListeners(0, signal);
  const isRepeatable = REPEATABLE.has(hop.method);
  let response: IncomingMessage;
  try {
    response = await headOf(wanted, isRepeatable);
  } catch (error) {
    if (!(error instanceof StaleConnection)) throw error;
    response = await headOf(wanted, false);
  }
  stopWith(signal, response);
  const discard = () => {
    if (response.complete) response.resume();
    else response.destroy();
  };
  return { response, body: bodyOf(response, wanted), discard };
}

/** Closes the connection when the run stops, whether the body is being read or not. */
function stopWith(signal: AbortSignal, response: IncomingMessage): void {
  const stop = () => response.destroy(new Error("stopped"));
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  response.once("close", () => signal.removeEventListener("abort", stop));
}

/** A kept connection was closed by the other side before it took the request. */
class StaleConnection extends Error {}

/** The head of the answer. `mayReuse`: over a connection that was kept, if there is one. */
async function headOf(wanted: Exchange, mayReuse: boolean): Promise<IncomingMessage> {
  const { hop, signal } = wanted;
  throwIfCancelled(signal);
  const request = openRequest(wanted, mayReuse);
  const stop = () => request.destroy(new Error("stopped"));
  const timer = new Timer((error) => request.destroy(error));
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await new Promise<IncomingMessage>((resolve, reject) => {
      request.once("response", resolve);
      request.on("error", reject);
      watchTimes(request, wanted, timer);
      request.end(hop.body ?? undefined);
    });
  } catch (error) {
    throwIfCancelled(signal);
    if (request.reusedSocket && ["ECONNRESET", "EPIPE"].includes(connectionCodeOf(error))) {
      throw new StaleConnection("closed", { cause: error });
    }
    throw connectionFailure(hop.url, error);
  } finally {
    timer.clear();
    signal.removeEventListener("abort", stop);
  }
}

function openRequest({ hop, policy, resolve }: Exchange, mayReuse: boolean): ClientRequest {
  const { protocol } = new URL(hop.url);
  const { http, https } = connectionsOf(policy);
  const lookup = guardedLookup(policy, resolve ?? SYSTEM_RESOLVER);
  const options = { method: hop.method, headers: hop.headers, lookup };
  try {
    return protocol === "https:"
      ? httpsRequest(hop.url, { ...options, agent: mayReuse ? https : false })
      : httpRequest(hop.url, { ...options, agent: mayReuse ? http : false });
  } catch (error) {
    // Headers and methods that cannot be sent.
    throw connectionFailure(hop.url, error);
  }
}

/** First the time to connect runs, then that of silence until the answer's head comes. */
function watchTimes(request: ClientRequest, wanted: Exchange, timer: Timer): void {
  const { hop, connectTimeoutMs, silenceTimeoutMs } = wanted;
  const connected = () =>
    timer.start(silenceTimeoutMs, () => timeoutFailure(hop.url, "silence", silenceTimeoutMs));
  timer.start(connectTimeoutMs, () => timeoutFailure(hop.url, "connect", connectTimeoutMs));
  request.once("socket", (socket) => {
    if (request.reusedSocket || !socket.connecting) connected();
    else socket.once(hop.url.startsWith("https:") ? "secureConnect" : "connect", connected);
  });
}

/** The pieces of the body. Time runs only while one is waited for. */
async function* bodyOf(
  response: IncomingMessage,
  { hop, signal, maxBytes, silenceTimeoutMs }: Exchange,
): AsyncGenerator<Uint8Array, void, undefined> {
  const timer = new Timer((error) => response.destroy(error));
  const pieces: AsyncIterator<Uint8Array> = response[Symbol.asyncIterator]();
  let sizeBytes = 0;
  try {
    for (;;) {
      throwIfCancelled(signal);
      timer.start(silenceTimeoutMs, () => timeoutFailure(hop.url, "silence", silenceTimeoutMs));
      const { done, value } = await pieces.next();
      timer.clear();
      if (done === true) return;
      sizeBytes += value.length;
      if (sizeBytes > maxBytes) throw tooLargeFailure(hop.url, maxBytes);
      yield value;
    }
  } catch (error) {
    throwIfCancelled(signal);
    throw connectionFailure(hop.url, error);
  } finally {
    timer.clear();
    response.destroy();
  }
}

/** Runs out once unless it is cleared or started anew. */
class Timer {
  readonly #end: (error: Error) => void;
  #timeout: NodeJS.Timeout | undefined;

  constructor(end: (error: Error) => void) {
    this.#end = end;
  }

  start(limitMs: number, failure: () => Error): void {
    this.clear();
    this.#timeout = setTimeout(() => this.#end(failure()), limitMs);
  }

  clear(): void {
    clearTimeout(this.#timeout);
  }
}
