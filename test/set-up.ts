/** Runs once, before all tests: threads that tests start are those that were built, see `boot.mjs`. */
import { ensureBuilt } from "./build.ts";

/** Builds the project if its sources are newer. */
export async function setup(): Promise<void> {
  await ensureBuilt();
}
