/** The bytes of an object, taken up again where the connection broke, as long as it is the same object. */
import { Failure, type FailureCode } from "#text";
import { outboundFailure, shownUrl } from "./outbound-failure.ts";
import type { OutboundAnswer } from "./outbound-request.ts";
import { backOffMs, isPassing, MOST_ATTEMPTS, pause, type RetryWorld } from "./retry.ts";

/** Which bytes are wanted, and how they are asked for. */
export interface RangedRead {
  readonly startByte: number;
  /** Behind the last byte; null: up to the end. */
  readonly endByte: number | null;
  /** The ETag that the object must have still; null: any. */
  readonly version: string | null;
  readonly signal: AbortSignal;
  readonly world: RetryWorld;
  /** Asks with these headers beside its own, with retries if it likes. Statuses are judged here. */
  readonly ask: (headers: Readonly<Record<string, string>>) => Promise<OutboundAnswer>;
  /** Says why there is nothing, when the answer is no; may read its body. */
  readonly refusal?: (answer: OutboundAnswer) => Failure | Promise<Failure>;
}

/** What tells one version of an object from another. */
interface Identity {
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly totalBytes: number | null;
}

/** A connection that breaks more often than this is none. */
const MOST_BREAKS = 100;

/**
 * The bytes as they are stored. When the connection breaks, the rest is asked for, and must be of the same object. Servers that know no
 * ranges are read from the start, and what is not wanted is left out.
 *
 * @throws Failure source-changed, source-missing, source-unreadable (or what `refusal` says), and those of `ask` and of reading a body
 */
export async function* readRanges(read: RangedRead): AsyncGenerator<Uint8Array, void, undefined> {
  let at = read.startByte;
  let known: Identity | null = null;
  let fruitless = 0;
  for (let breaks = 0; ; breaks++) {
    if (read.endByte !== null && at >= read.endByte) return;
    const answer = await read.ask(headersFor(at, read, known));
    const part = await partOf(answer, at, read, known);
    if (part === null) return;
    known ??= part.identity;
    const before = at;
    try {
      for await (const piece of piecesOf(answer, part, at, read.endByte)) {
        at += piece.length;
        yield piece;
      }
      if (isWhole(at, part, read.endByte)) return;
      if (at >= (part.endByte ?? 0) && at > before) continue;
      throw outboundFailure(answer.url, "the answer ends early", { cause: { code: "ECONNRESET" } });
    } catch (error) {
      fruitless = at > before ? 1 : fruitless + 1;
      if (!isPassing(error) || fruitless >= MOST_ATTEMPTS || breaks >= MOST_BREAKS) throw error;
      if (!isRecognisable(known)) throw error;
    } finally {
      answer.discard();
    }
    await pause(backOffMs(fruitless, read.world), read.signal, read.world);
  }
}

/** Whether all is there that is wanted. Servers may give less of a range than was asked for. */
function isWhole(at: number, { endByte, identity }: Part, wantedEnd: number | null): boolean {
  const end = identity.totalBytes ?? endByte;
  return end === null || at >= Math.min(end, wantedEnd ?? end);
}

/** Of an object that has neither a version nor a time nobody can say whether the rest is of the same. */
function isRecognisable({ etag, lastModified }: Identity): boolean {
  return etag !== null || lastModified !== null;
}

function headersFor(at: number, read: RangedRead, known: Identity | null): Record<string, string> {
  const headers: Record<string, string> = {};
  if (at > 0 || read.endByte !== null) {
    headers["range"] = `bytes=${at}-${read.endByte === null ? "" : read.endByte - 1}`;
  }
  const version = read.version ?? known?.etag ?? null;
  // Weak ones never match, by the rules; they are compared when the answer comes.
  if (version?.startsWith('"')) headers["if-match"] = version;
  return headers;
}

/** What of the object an answer holds. */
interface Part {
  readonly startByte: number;
  /** Null: not known. */
  readonly endByte: number | null;
  readonly identity: Identity;
}

/** The part that the answer holds; null: nothing is there behind `at`. The answer is discarded when there is none. */
async function partOf(
  answer: OutboundAnswer,
  at: number,
  read: RangedRead,
  known: Identity | null,
): Promise<Part | null> {
  const { status } = answer;
  const range = contentRange(answer.headers.get("content-range"));
  if (status === 416 && range?.totalBytes === at) {
    answer.discard();
    return null;
  }
  try {
    if (status === 412) throw changed(answer);
    if (status === 416 && (known !== null || read.version !== null)) throw changed(answer);
    if (status !== 200 && status !== 206) throw await (read.refusal ?? refusalOf)(answer);
    const part = status === 206 ? rangePart(answer, range) : wholePart(answer);
    if (part.startByte > at) throw outboundFailure(answer.url, "it gives other bytes than were asked for");
    const { etag } = part.identity;
    if (read.version !== null && etag !== null && etag !== read.version) throw changed(answer);
    if (known !== null && !isSame(known, part.identity)) throw changed(answer);
    return part;
  } catch (error) {
    answer.discard();
    throw error;
  }
}

function rangePart(answer: OutboundAnswer, range: ContentRange | null): Part {
  if (range === null || range.startByte === null || range.endByte === null) {
    throw outboundFailure(answer.url, "it does not say which bytes it gives");
  }
  return {
    startByte: range.startByte,
    endByte: range.endByte,
    identity: identityOf(answer, range.totalBytes),
  };
}

function wholePart(answer: OutboundAnswer): Part {
  const length = answer.headers.get("content-length");
  const totalBytes = length === undefined ? null : Number(length);
  return { startByte: 0, endByte: totalBytes, identity: identityOf(answer, totalBytes) };
}

function identityOf({ headers }: OutboundAnswer, totalBytes: number | null): Identity {
  return {
    etag: headers.get("etag") ?? null,
    lastModified: headers.get("last-modified") ?? null,
    totalBytes,
  };
}

function isSame(known: Identity, now: Identity): boolean {
  const isEqual = (a: unknown, b: unknown) => a === null || b === null || a === b;
  if (known.etag !== null && now.etag !== null) return known.etag === now.etag;
  return isEqual(known.lastModified, now.lastModified) && isEqual(known.totalBytes, now.totalBytes);
}

/** The pieces of the answer from `at` up to the end that is wanted. */
async function* piecesOf(
  answer: OutboundAnswer,
  part: Part,
  at: number,
  endByte: number | null,
): AsyncGenerator<Uint8Array, void, undefined> {
  let place = part.startByte;
  for await (const piece of answer.body) {
    const start = Math.max(at - place, 0);
    const end = endByte === null ? piece.length : Math.min(endByte - place, piece.length);
    if (start < end) yield start === 0 && end === piece.length ? piece : piece.subarray(start, end);
    place += piece.length;
    // Why not return at the end of an answer too: its connection is kept only when its end was seen.
    if (endByte !== null && place >= endByte && (part.endByte ?? place + 1) > place) return;
  }
}

interface ContentRange {
  readonly startByte: number | null;
  readonly endByte: number | null;
  readonly totalBytes: number | null;
}

// What `bytes 0-99/1000`, `bytes 0-99/*` and `bytes */1000` say.
function contentRange(header: string | undefined): ContentRange | null {
  const match = /^bytes (?:(\d{1,15})-(\d{1,15})|\*)\/(\d{1,15}|\*)$/i.exec(header?.trim() ?? "");
  if (match === null) return null;
  const [, start, last, total] = match;
  return {
    startByte: start === undefined ? null : Number(start),
    endByte: last === undefined ? null : Number(last) + 1,
    totalBytes: total === undefined || total === "*" ? null : Number(total),
  };
}

function changed(answer: OutboundAnswer): Failure {
  const uri = shownUrl(answer.url);
  return new Failure("source-changed", `"${uri}" changed while it was read.`, {
    help: "Run the query again when nothing writes there any more.",
    place: { uri },
  });
}

/** What a status says that is neither 200 nor 206, as the failure of a source. */
export function refusalOf(answer: OutboundAnswer): Failure {
  const uri = shownUrl(answer.url);
  const { status } = answer;
  const [code, sentence, help] = REFUSALS[status] ?? otherRefusal(status);
  return new Failure(code, `"${uri}" cannot be read: ${sentence}.`, {
    place: { uri },
    ...(help === null ? {} : { help }),
  });
}

type Refusal = readonly [code: FailureCode, sentence: string, help: string | null];

const CREDENTIALS_HELP = "Look whether the credentials for this host are there, right, and not expired.";
const REFUSALS: Readonly<Record<number, Refusal>> = {
  401: [
    "source-unreadable",
    "the server wants credentials, or others than were given (401)",
    CREDENTIALS_HELP,
  ],
  403: ["source-unreadable", "the server does not allow it (403)", CREDENTIALS_HELP],
  404: ["source-missing", "the server says that it is not there (404)", "Look for a mistake in the address."],
  410: ["source-missing", "the server says that it is gone (410)", null],
  416: ["source-unreadable", "the server has no such bytes of it (416)", "It may have become shorter."],
  429: ["source-unreadable", "the server wants to be asked less often (429)", "Try again later."],
};

function otherRefusal(status: number): Refusal {
  if (status >= 500) return ["source-unreadable", `the server has trouble (${status})`, "Try again later."];
  if (status >= 300 && status < 400) return ["source-unreadable", `it redirects (${status})`, null];
  return ["source-unreadable", `the server answers ${status}`, null];
}
