/** Asks again when another machine was only busy, or the way there was. */
import { setTimeout as wait } from "node:timers/promises";
import { Failure } from "#text";
import { throwIfCancelled } from "../cancel.ts";
import { connectionCodeOf } from "./outbound-failure.ts";
import { type OutboundAnswer, type OutboundRequest, outboundRequest } from "./outbound-request.ts";

/** Time and chance, as whoever asks has them; tests give their own. */
export interface RetryWorld {
  /** Milliseconds since 1970 UTC: `Retry-After` may be a date. */
  readonly wallClockMs: () => number;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  /** Ends early, and throws, when the signal is aborted. */
  readonly sleep: (durationMs: number, signal: AbortSignal) => Promise<void>;
}

/** The time of this machine. */
export const SYSTEM_RETRY_WORLD: RetryWorld = {
  wallClockMs: () => Date.now(),
  random: () => Math.random(),
  sleep: async (durationMs, signal) => {
    await wait(durationMs, undefined, { signal });
  },
};

/** Requests in all. */
export const MOST_ATTEMPTS = 5;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 20_000;
/** A server that wants more patience gets asked again all the same, and may say no then. */
const LONGEST_RETRY_AFTER_MS = 60_000;

const REPEATABLE_METHODS = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);
const BUSY_STATUSES = new Set([429, 500, 502, 503, 504]);
const BROKEN_CONNECTIONS = new Set([
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "ERR_STREAM_PREMATURE_CLOSE",
]);

/** A request, or what makes one for each attempt: signatures hold the time they were made. */
export type RequestMaker =
  | OutboundRequest
  | ((attempt: number) => OutboundRequest | Promise<OutboundRequest>);

/**
 * As `outboundRequest`, with up to five attempts, when the method may be repeated: on connections that break, on silence, and on
 * 429, 500, 502, 503 and 504. Waits longer each time, by chance a little less, or as long as `Retry-After` says (up to a minute). What the
 * last attempt gives is given, whatever it is.
 */
export async function outboundRequestWithRetry(
  maker: RequestMaker,
  world: RetryWorld,
): Promise<OutboundAnswer> {
  for (let attempt = 1; ; attempt++) {
    const request = typeof maker === "function" ? await maker(attempt) : maker;
    const isLast = attempt >= MOST_ATTEMPTS || !REPEATABLE_METHODS.has(request.method ?? "GET");
    let delayMs = backOffMs(attempt, world);
    try {
      const answer = await outboundRequest(request);
      if (isLast || !BUSY_STATUSES.has(answer.status)) return answer;
      answer.discard();
      delayMs = retryAfterMs(answer.headers.get("retry-after"), world.wallClockMs()) ?? delayMs;
    } catch (error) {
      if (isLast || !isPassing(error)) throw error;
    }
    await pause(delayMs, request.signal, world);
  }
}

/** How long to wait behind an attempt, the first being 1: twice as long each time, half of it by chance. */
export function backOffMs(attempt: number, world: RetryWorld): number {
  const longestMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
  return Math.round(longestMs * (0.5 + world.random() / 2));
}

/** What a `Retry-After` header asks for (seconds, or a date of HTTP), up to a minute; null without one that can be read. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  const text = header?.trim() ?? "";
  const askedMs = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  if (Number.isNaN(askedMs)) return null;
  return Math.min(Math.max(askedMs, 0), LONGEST_RETRY_AFTER_MS);
}

/** Whether asking again may help: the connection broke, or nothing came. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Failure)) return false;
  if (error.code === "outbound-timeout") return true;
  return error.code === "outbound-failed" && BROKEN_CONNECTIONS.has(connectionCodeOf(error.cause));
}

/** Waits. Throws `cancelled` when the signal is aborted meanwhile. */
export async function pause(durationMs: number, signal: AbortSignal, world: RetryWorld): Promise<void> {
  try {
    await world.sleep(durationMs, signal);
  } finally {
    throwIfCancelled(signal);
  }
}
