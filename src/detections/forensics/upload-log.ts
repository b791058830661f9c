/** Requests that sent data and were accepted, of whoever may have uploaded something. */
import type { Evidence } from "../finding.ts";
import type { ClientRecord } from "../pass/client-table.ts";

/** A request that sent data. */
export interface Upload {
  readonly timeMs: number;
  readonly pageId: number;
  readonly path: string;
  readonly evidence: Evidence;
}

/** An upload and who made it. */
export interface UploadOf extends Upload {
  readonly client: string;
}

/** Clients, and uploads of each, that are kept. */
const KEPT_CLIENTS = 4_096;
const KEPT_UPLOADS = 64;
/** An upload longer ago has nothing to do with it. */
const RECENT_MS = 15 * 60_000;

const UPLOAD_PATH =
  /upload|import|media|filemanager|elfinder|kcfinder|connector|plugin|theme|attach|avatar|editor|admin-ajax|async|fileadmin|ckfinder|tinymce|webdav/i;

/** Whether a page by its name takes files. */
export function isUploadTarget(path: string): boolean {
  return UPLOAD_PATH.test(path);
}

/** The uploads of a log. */
export class UploadLog {
  readonly #ofClient = new Map<number, { readonly client: string; readonly uploads: Upload[] }>();

  add(client: ClientRecord, upload: Upload): void {
    let own = this.#ofClient.get(client.id);
    if (own === undefined) {
      if (this.#ofClient.size >= KEPT_CLIENTS) return;
      own = { client: client.name, uploads: [] };
      this.#ofClient.set(client.id, own);
    }
    own.uploads.push(upload);
    if (own.uploads.length > KEPT_UPLOADS) own.uploads.shift();
  }

  release(client: ClientRecord): void {
    this.#ofClient.delete(client.id);
  }

  /** The last upload to another page shortly before: one of these clients if there is any, else of one that the test lets pass. */
  lastBefore(
    timeMs: number,
    pageId: number,
    clients: readonly string[],
    isSuspect: (client: string) => boolean,
  ): UploadOf | null {
    const own = this.#latest(timeMs, pageId, (client) => clients.includes(client));
    return own ?? this.#latest(timeMs, pageId, isSuspect);
  }

  #latest(timeMs: number, pageId: number, isWanted: (client: string) => boolean): UploadOf | null {
    let latest: UploadOf | null = null;
    for (const { client, uploads } of this.#ofClient.values()) {
      if (!isWanted(client)) continue;
      for (const upload of uploads) {
        const fits =
          upload.pageId !== pageId && upload.timeMs <= timeMs && timeMs - upload.timeMs <= RECENT_MS;
        if (fits && (latest === null || upload.timeMs >= latest.timeMs)) latest = { ...upload, client };
      }
    }
    return latest;
  }
}
