/** Asks Elasticsearch or OpenSearch: credentials, patience, and what it means when they say no. */
import { Failure } from "#text";
import type { OutboundPolicy } from "../outbound/outbound-policy.ts";
import { type OutboundAnswer, outboundRequest } from "../outbound/outbound-request.ts";
import { readBody } from "../outbound/read-body.ts";
import {
  backOffMs,
  isPassing,
  MOST_ATTEMPTS,
  pause,
  type RetryWorld,
  retryAfterMs,
} from "../outbound/retry.ts";
import { readErrorType, readReason } from "./elastic-answers.ts";
import { errorTextOf } from "./read-object.ts";

/** Where a cluster is, and how it is entered. */
export interface ElasticOptions {
  /** `http://host:9200/`, with a slash at the end. */
  readonly baseUrl: string;
  /** The path of the base, as paths of the store begin with it; empty: none. */
  readonly prefix: string;
  /** The address without credentials, for messages. */
  readonly shownAddress: string;
  /** The Authorization header; null: none. */
  readonly authorization: string | null;
  readonly policy: OutboundPolicy;
  readonly world: RetryWorld;
  /** A longer answer is asked for in smaller parts; 64 MiB when absent. */
  readonly mostAnswerBytes?: number;
}

/** A question. All of them only read, or open and close what is read, and may be repeated. */
export interface ElasticRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** Behind the base, without a slash at its beginning. */
  readonly path: string;
  readonly body?: unknown;
  /** What is asked for, as users name it. */
  readonly uri: string;
}

/** The cluster says no. */
export class ElasticRefusal extends Error {
  readonly status: number;
  /** The kinds of its errors, such as `index_not_found_exception`. */
  readonly type: string;
  readonly failure: Failure;

  constructor(status: number, type: string, failure: Failure) {
    super(failure.message, { cause: failure });
    this.name = "ElasticRefusal";
    this.status = status;
    this.type = type;
    this.failure = failure;
  }
}

const BUSY_STATUSES = new Set([429, 502, 503, 504]);
const MOST_ANSWER_BYTES = 64 << 20;
/** A search over many shards may take its time. */
const SILENCE_TIMEOUT_MS = 120_000;
/** Questions under way at once, for all that is read from a cluster: it has other work. */
const MOST_AT_ONCE = 8;

/** Asks one cluster. */
export class ElasticClient {
  readonly options: ElasticOptions;
  #underWay = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(options: ElasticOptions) {
    this.options = options;
  }

  get #mostBytes(): number {
    return this.options.mostAnswerBytes ?? MOST_ANSWER_BYTES;
  }

  /**
   * The bytes of an answer.
   *
   * @throws ElasticRefusal; Failure of the way there
   */
  async bytes(request: ElasticRequest, signal: AbortSignal): Promise<Uint8Array> {
    await this.#enter();
    try {
      return await this.#repeated(request, signal);
    } finally {
      this.#leave();
    }
  }

  /** The value of an answer. */
  async value(request: ElasticRequest, signal: AbortSignal): Promise<unknown> {
    const bytes = await this.bytes(request, signal);
    try {
      return JSON.parse(Buffer.from(bytes).toString());
    } catch (cause) {
      throw noElastic(request.uri, cause);
    }
  }

  async #enter(): Promise<void> {
    while (this.#underWay >= MOST_AT_ONCE) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    this.#underWay++;
  }

  #leave(): void {
    this.#underWay--;
    this.#waiting.shift()?.();
  }

  async #repeated(request: ElasticRequest, signal: AbortSignal): Promise<Uint8Array> {
    const { world } = this.options;
    for (let attempt = 1; ; attempt++) {
      let delayMs = backOffMs(attempt, world);
      try {
        const answer = await this.#send(request, signal);
        const isOver = attempt >= MOST_ATTEMPTS || !BUSY_STATUSES.has(answer.status);
        if (answer.status === 200 || answer.status === 201) {
          return await readBody(answer, this.#mostBytes);
        }
        if (isOver) throw await this.#refusalOf(answer, request);
        answer.discard();
        delayMs = retryAfterMs(answer.headers.get("retry-after"), world.wallClockMs()) ?? delayMs;
      } catch (error) {
        if (attempt >= MOST_ATTEMPTS || !isPassing(error)) throw error;
      }
      await pause(delayMs, signal, world);
    }
  }

  #send({ method, path, body }: ElasticRequest, signal: AbortSignal): Promise<OutboundAnswer> {
    const { baseUrl, authorization, policy } = this.options;
    return outboundRequest({
      url: baseUrl + path,
      method,
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(authorization === null ? {} : { authorization }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal,
      policy,
      maxBytes: this.#mostBytes,
      silenceTimeoutMs: SILENCE_TIMEOUT_MS,
      maxRedirects: 0,
    });
  }

  async #refusalOf(answer: OutboundAnswer, { uri }: ElasticRequest): Promise<ElasticRefusal> {
    const { status } = answer;
    const text = await errorTextOf(answer);
    const type = readErrorType(text);
    return new ElasticRefusal(status, type, failureOf(uri, status, readReason(text)));
  }
}

function failureOf(uri: string, status: number, reason: string): Failure {
  const details = { place: { uri } };
  const words = reason === "" ? "" : ` It says: ${reason}`;
  if (status === 401) {
    return new Failure(
      "access-denied",
      `"${uri}" cannot be read: the user or the password is wrong.${words}`,
      {
        ...details,
        help: "Credentials stand in a datastore: user and password, or api_key.",
      },
    );
  }
  if (status === 403) {
    return new Failure("access-denied", `"${uri}" cannot be read: this user may not.${words}`, {
      ...details,
      help: "It needs the privileges read, view_index_metadata and monitor for the index.",
    });
  }
  if (status === 404) return new Failure("source-missing", `There is no "${uri}".${words}`, details);
  if (status === 429 || status >= 500) {
    const message = `"${uri}" cannot be read: the cluster has trouble (${status}).${words}`;
    return new Failure("source-unreadable", message, { ...details, help: "Try again later." });
  }
  return new Failure(
    "source-unreadable",
    `"${uri}" cannot be read: the cluster answers ${status}.${words}`,
    details,
  );
}

/** The failure of something that answers, and is no Elasticsearch. */
export function noElastic(uri: string, cause: unknown): Failure {
  const message = `"${uri}" cannot be read: what is there does not answer as Elasticsearch does.`;
  return new Failure("source-unreadable", message, { place: { uri }, cause });
}
