/** What tests of stores do with a store. */
import { Failure } from "#text";
import type { RetryWorld } from "../outbound/retry.ts";
import type { RemoteEntry, RemoteStore } from "./remote-store.ts";

/** A signal that is never aborted. */
export const never: AbortSignal = new AbortController().signal;

/** A world in which waiting takes no time, and is written down. */
export function patientWorld(): RetryWorld & { readonly waits: number[] } {
  const waits: number[] = [];
  return {
    waits,
    wallClockMs: () => Date.UTC(2026, 9, 1),
    random: () => 0.5,
    sleep: (durationMs) => {
      waits.push(durationMs);
      return Promise.resolve();
    },
  };
}

/** All entries of a directory. */
export async function listed(store: RemoteStore, path: string, namePrefix = ""): Promise<RemoteEntry[]> {
  const entries: RemoteEntry[] = [];
  for await (const page of store.list(path, { namePrefix, signal: never })) entries.push(...page);
  return entries;
}

/** The names in a directory; those of directories have a slash at their end. */
export async function namesIn(store: RemoteStore, path: string, namePrefix = ""): Promise<string[]> {
  const entries = await listed(store, path, namePrefix);
  return entries.map(({ name, kind }) => (kind === "directory" ? `${name}/` : name));
}

/** Which bytes are read; all of any version when absent. */
export interface Wanted {
  readonly startByte?: number;
  readonly endByte?: number | null;
  readonly version?: string | null;
  readonly signal?: AbortSignal;
}

/** Bytes of an object. */
export async function bytesOf(store: RemoteStore, path: string, wanted: Wanted = {}): Promise<Buffer> {
  const { startByte = 0, endByte = null, version = null, signal = never } = wanted;
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.open(path, { startByte, endByte, version }, signal)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** What some work fails with. */
export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const thrown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (thrown instanceof Failure) return thrown;
  throw new Error("no failure", { cause: thrown });
}
