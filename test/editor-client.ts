/** An editor as a language server sees it: speaks JSON-RPC with a child process. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { pathToFileURL } from "node:url";

/** A message from the server. */
export interface ServerMessage {
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** Speaks with a server; one per test. */
export class EditorClient {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (message: ServerMessage) => void>();
  readonly #notes: ServerMessage[] = [];
  readonly #noteWatchers: ((message: ServerMessage) => void)[] = [];
  #received = Buffer.alloc(0);
  #nextId = 1;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.on("data", (chunk: Buffer) => this.#receive(chunk));
  }

  /** Writes any text as a message. */
  sendRaw(body: string, header = `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`): void {
    this.#child.stdin?.write(header + body);
  }

  notify(method: string, params: unknown): void {
    this.sendRaw(JSON.stringify({ jsonrpc: "2.0", method, params }));
  }

  /** Asks, and gives all of the answer. */
  ask(method: string, params: unknown): Promise<ServerMessage> & { readonly id: number } {
    const id = this.#nextId++;
    const answer = new Promise<ServerMessage>((resolve) => this.#waiting.set(id, resolve));
    this.sendRaw(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    return Object.assign(answer, { id });
  }

  /** Asks, and gives the result. */
  async request(method: string, params: unknown): Promise<unknown> {
    const { result, error } = await this.ask(method, params);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  /** The next notification that fits, those already there included. */
  note(fits: (message: ServerMessage) => boolean): Promise<ServerMessage> {
    const known = this.#notes.find(fits);
    if (known !== undefined) {
      this.#notes.splice(this.#notes.indexOf(known), 1);
      return Promise.resolve(known);
    }
    return new Promise((resolve) => {
      const watch = (message: ServerMessage) => {
        if (!fits(message)) return;
        this.#noteWatchers.splice(this.#noteWatchers.indexOf(watch), 1);
        this.#notes.splice(this.#notes.indexOf(message), 1);
        resolve(message);
      };
      this.#noteWatchers.push(watch);
    });
  }

  /** Says hello for a folder. */
  async open(folder: string, snippetSupport = true): Promise<unknown> {
    const uri = pathToFileURL(folder).href;
    const result = await this.request("initialize", {
      processId: null,
      rootUri: uri,
      workspaceFolders: [{ uri, name: "logs" }],
      capabilities: { textDocument: { completion: { completionItem: { snippetSupport } } } },
    });
    this.notify("initialized", {});
    return result;
  }

  /** Says goodbye; gives the exit code. */
  async close(): Promise<number | null> {
    await this.request("shutdown", null);
    const closed = once(this.#child, "close");
    this.notify("exit", null);
    await closed;
    return this.#child.exitCode;
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    for (;;) {
      const end = this.#received.indexOf("\r\n\r\n");
      const length = Number(
        /Content-Length: (\d+)/i.exec(this.#received.subarray(0, Math.max(0, end)).toString())?.[1],
      );
      if (end < 0 || this.#received.length < end + 4 + length) return;
      const message: ServerMessage = JSON.parse(
        this.#received.subarray(end + 4, end + 4 + length).toString(),
      );
      this.#received = this.#received.subarray(end + 4 + length);
      this.#take(message);
    }
  }

  #take(message: ServerMessage): void {
    const waiting =
      typeof message.id === "number" && message.method === undefined
        ? this.#waiting.get(message.id)
        : undefined;
    if (waiting !== undefined) {
      waiting(message);
      return;
    }
    this.#notes.push(message);
    for (const watch of [...this.#noteWatchers]) watch(message);
  }
}
