/** Asks a CTIM server: gets a token and renews it, and waits when the server wants to be asked less often. */
import { Failure } from "#text";
import type { CtimAnswer, CtimPlace, CtimRequest, SendRequest } from "./ctim-request.ts";

/** Who asks. The secret is revealed where it is sent, and nowhere else. */
export interface CtimCredentials {
  readonly clientId: string;
  readonly clientSecret: Secret;
}

/** A text that is never shown: printed, it is `***`. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return "***";
  }

  toJSON(): string {
    return "***";
  }
}

/** What a session does besides reckoning; tests give their own. */
export interface CtimWorld {
  readonly send: SendRequest;
  readonly sleep: (durationMs: number) => Promise<void>;
  /** Milliseconds since some fixed moment. */
  readonly clockMs: () => number;
  /** Told before a long wait. */
  readonly onWait: (durationMs: number) => void;
}

interface Token {
  readonly text: string;
  readonly endsMs: number;
}

/** Requests in all, for one answer. */
const MOST_ATTEMPTS = 5;
const FIRST_WAIT_MS = 500;
/** A server that wants more patience is not waited for: it says when to come back. */
const LONGEST_WAIT_MS = 120_000;
/** So long before its end a token is renewed. */
const TOKEN_MARGIN_MS = 30_000;
const TOKEN_LIFETIME_MS = 600_000;

/** The server has not done what was asked, so that it may be asked again. */
const UNDONE = new Set([429, 503]);
/** Nobody knows whether it has: what may be done twice is asked again. */
const UNKNOWN = new Set([500, 502, 504]);

/** A series of requests with one client's token. */
export class CtimSession {
  readonly place: CtimPlace;
  readonly #credentials: CtimCredentials;
  readonly #world: CtimWorld;
  #token: Token | null = null;

  constructor(place: CtimPlace, credentials: CtimCredentials, world: CtimWorld) {
    this.place = place;
    this.#credentials = credentials;
    this.#world = world;
  }

  /**
   * The answer of the server, whatever its status but 401, 403, 429 and 5xx.
   *
   * @throws Failure incident-refused, and what sending throws
   */
  async ask(request: CtimRequest): Promise<CtimAnswer> {
    const answer = await this.#withToken(request);
    if (answer.status === 401 || answer.status === 403 || answer.status === 429 || answer.status >= 500)
      throw refused(request, answer);
    return answer;
  }

  /** As `ask`, for answers that are of no use but with this status; gives the JSON of the body. */
  async askFor(status: number, request: CtimRequest): Promise<{ content: unknown; answer: CtimAnswer }> {
    const answer = await this.ask(request);
    if (answer.status !== status) throw refused(request, answer);
    return { content: jsonOf(request, answer), answer };
  }

  async #withToken(request: CtimRequest): Promise<CtimAnswer> {
    const isFresh = this.#token === null;
    const answer = await this.#patiently(await this.#signed(request));
    if (answer.status !== 401 || isFresh) return answer;
    // It may have ended on the server's clock: once it is renewed.
    this.#token = null;
    return await this.#patiently(await this.#signed(request));
  }

  async #signed(request: CtimRequest): Promise<CtimRequest> {
    if (this.#token !== null && this.#token.endsMs <= this.#world.clockMs()) this.#token = null;
    this.#token ??= await this.#getToken();
    const headers = {
      ...request.headers,
      accept: "application/json",
      authorization: `Bearer ${this.#token.text}`,
    };
    return { ...request, headers };
  }

  /** See RFC 6749, sections 2.3.1 and 4.4. */
  async #getToken(): Promise<Token> {
    const { clientId, clientSecret } = this.#credentials;
    const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret.reveal())}`;
    const request: CtimRequest = {
      method: "POST",
      url: this.place.tokenUrl,
      headers: {
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded",
        authorization: `Basic ${Buffer.from(pair).toString("base64")}`,
      },
      body: "grant_type=client_credentials",
      purpose: "asks for a token",
    };
    const askedMs = this.#world.clockMs();
    const answer = await this.#patiently(request);
    // A server may repeat in its answer what it was sent.
    const hidden = answer.body.replaceAll(clientSecret.reveal(), "***");
    if (answer.status !== 200) throw refused(request, { ...answer, body: hidden });
    const content = jsonOf(request, answer);
    const text = memberOf(content, "access_token");
    if (typeof text !== "string" || !/^[\x21-\x7e]+$/.test(text)) throw unclear(request, "no token");
    const seconds = memberOf(content, "expires_in");
    const lifetimeMs = typeof seconds === "number" && seconds > 0 ? seconds * 1000 : TOKEN_LIFETIME_MS;
    return { text, endsMs: askedMs + Math.max(lifetimeMs - TOKEN_MARGIN_MS, lifetimeMs / 2) };
  }

  async #patiently(request: CtimRequest): Promise<CtimAnswer> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#world.send(request);
      const mayRepeat =
        UNDONE.has(answer.status) || (request.method !== "POST" && UNKNOWN.has(answer.status));
      if (!mayRepeat || attempt >= MOST_ATTEMPTS) return answer;
      const waitMs = waitAfter(answer) ?? FIRST_WAIT_MS * 2 ** (attempt - 1);
      if (waitMs > LONGEST_WAIT_MS) throw refused(request, answer);
      this.#world.onWait(waitMs);
      await this.#world.sleep(waitMs);
    }
  }
}

/** What `Retry-After` asks for, in seconds as this server writes it; null: nothing that can be read. */
function waitAfter({ headers }: CtimAnswer): number | null {
  const text = headers.get("retry-after")?.trim() ?? "";
  return /^\d{1,9}$/.test(text) ? Number(text) * 1000 : null;
}

/** A member of an object of JSON; undefined: it has none, or it is no object. */
export function memberOf(content: unknown, name: string): unknown {
  if (typeof content !== "object" || content === null) return undefined;
  return new Map<string, unknown>(Object.entries(content)).get(name);
}

function jsonOf(request: CtimRequest, { body }: CtimAnswer): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw unclear(request, "no JSON", cause);
  }
}

/** The failure of an answer that cannot be what the API gives. */
export function unclear({ method, url }: CtimRequest, what: string, cause?: unknown): Failure {
  return new Failure("incident-refused", `${method} ${url}: the server answers with ${what}.`, {
    help: "Is this the address of a CTIM server?",
    place: { uri: url },
    cause,
  });
}

const LONGEST_REASON = 300;

/** What a server says of a request that it did not carry out, in one line. */
export function reasonOf({ status, body }: CtimAnswer): string {
  const said = body.replace(/\s+/g, " ").trim().slice(0, LONGEST_REASON);
  return said === "" ? `it answers ${status}` : `it answers ${status}, ${said}`;
}

const HELP: Readonly<Record<number, string>> = {
  400: "Look whether the client is one of this region.",
  401: "Look whether the client's id and secret are those of this server, and not taken back.",
  403: 'Give the client the scope "private-intel", and "global-intel:read" where the server asks for it.',
  404: "Look for a mistake in the address.",
};

function refused(request: CtimRequest, answer: CtimAnswer): Failure {
  const { method, url } = request;
  const seconds = answer.status === 429 ? waitAfter(answer) : null;
  const help =
    seconds === null
      ? HELP[answer.status]
      : `It takes requests again in ${Math.ceil(seconds / 60_000)} minutes.`;
  return new Failure("incident-refused", `${method} ${url}: the server refuses, ${reasonOf(answer)}.`, {
    ...(help === undefined ? {} : { help }),
    place: { uri: url },
  });
}
