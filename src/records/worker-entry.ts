/** Where a worker thread starts, from source as well as from `dist`. */

/** What `new Worker` needs to start a module of this package. */
export interface WorkerEntry {
  readonly url: URL;
  readonly workerData: Readonly<Record<string, unknown>>;
}

/**
 * The entry of the module `name` (without extension) beside the module at `importMetaUrl`. From source, Node cannot start a
 * `.ts` file in a worker; `boot.mjs` registers a loader there and imports it. In `dist` all entries lie beside each other.
 */
export function workerEntry(name: string, importMetaUrl: string, workerData: object): WorkerEntry {
  const isSource = importMetaUrl.endsWith(".ts");
  const entry = new URL(`./${name}${isSource ? ".ts" : ".js"}`, importMetaUrl);
  if (!isSource) return { url: entry, workerData: { ...workerData } };
  return { url: new URL("./boot.mjs", import.meta.url), workerData: { ...workerData, entry: entry.href } };
}
