/** One connection for all who need it, made when it is first needed and again when it broke. */
import { Failure } from "#text";
import type { RetryWorld } from "../outbound/retry.ts";
import { BrokenConnection, type SftpClient } from "./sftp-client.ts";
import { unlessAborted } from "./sftp-read.ts";

/** A machine that was away is asked again only then: many files would wait for it one by one. */
const REMEMBERED_MS = 10_000;

/** Keeps the connection, or why there is none: wrong passwords are tried once. */
export class SharedConnection {
  readonly #connect: () => Promise<SftpClient>;
  readonly #world: RetryWorld;
  #connection: Promise<SftpClient> | null = null;
  #refusal: { readonly error: unknown; readonly untilMs: number } | null = null;
  #isClosed = false;

  constructor(connect: () => Promise<SftpClient>, world: RetryWorld) {
    this.#connect = connect;
    this.#world = world;
  }

  /**
   * The connection, which may have broken since it was given out.
   *
   * @throws Failure, cancelled among them; BrokenConnection: trying again may help
   */
  get(signal: AbortSignal): Promise<SftpClient> {
    return unlessAborted(this.#shared(), signal);
  }

  /** Ends the connection. Nothing is read afterwards. */
  close(): void {
    this.#isClosed = true;
    void this.#connection?.then((client) => client.close()).catch(() => {});
  }

  async #shared(): Promise<SftpClient> {
    for (;;) {
      if (this.#isClosed) throw new Failure("cancelled", "The connection was closed.");
      const refusal = this.#refusal;
      if (refusal !== null && this.#world.wallClockMs() < refusal.untilMs) throw refusal.error;
      this.#connection ??= this.#make();
      const asked = this.#connection;
      const client = await asked;
      if (client.isOpen) return client;
      if (this.#connection === asked) this.#connection = null;
    }
  }

  async #make(): Promise<SftpClient> {
    try {
      const client = await this.#connect();
      if (this.#isClosed) client.close();
      return client;
    } catch (error) {
      this.#connection = null;
      if (!(error instanceof BrokenConnection)) {
        const isFinal = error instanceof Failure && error.code !== "source-unreadable";
        const forMs = isFinal ? Number.POSITIVE_INFINITY : REMEMBERED_MS;
        this.#refusal = { error, untilMs: this.#world.wallClockMs() + forMs };
      }
      throw error;
    }
  }
}
