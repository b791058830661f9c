/** Builds the project once for tests that run it as users do. */
import { execFile } from "node:child_process";
import { mkdir, readdir, rmdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The project's folder. */
export const PROJECT: string = fileURLToPath(new URL("..", import.meta.url));

const run = promisify(execFile);
const LOCK = join(tmpdir(), `trawl-build-${Buffer.from(PROJECT).toString("hex").slice(-40)}`);
const LOCK_IS_STALE_AFTER_MS = 120_000;
const LOCK_IS_TRIED_EVERY_MS = 100;

/** Makes sure that `dist/` holds what `src/` says. Several test processes may ask at once: one builds, the others wait. */
export async function ensureBuilt(): Promise<void> {
  await takeLock();
  try {
    if (await isStale()) await run("npm", ["run", "build", "--silent"], { cwd: PROJECT });
  } finally {
    await rmdir(LOCK);
  }
}

async function takeLock(): Promise<void> {
  for (;;) {
    try {
      await mkdir(LOCK);
      return;
    } catch {
      const heldMs = await stat(LOCK).then(
        ({ ctimeMs }) => Date.now() - ctimeMs,
        () => 0,
      );
      if (heldMs > LOCK_IS_STALE_AFTER_MS) await rmdir(LOCK).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, LOCK_IS_TRIED_EVERY_MS));
    }
  }
}

async function isStale(): Promise<boolean> {
  const builtMs = await stat(join(PROJECT, "dist/main.js")).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  const entries = await readdir(join(PROJECT, "src"), { recursive: true });
  const sources = [
    ...entries
      .filter((name) => /\.(ts|mjs)$/.test(name) && !/\.(test|testing)\.ts$/.test(name))
      .map((name) => join("src", name)),
    "package.json",
    "build.mjs",
  ];
  for (const name of sources) if ((await stat(join(PROJECT, name))).mtimeMs > builtMs) return true;
  return false;
}
