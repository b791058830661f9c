/** Runs the built command line in a child process. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { PROJECT } from "./build.ts";

/** What a command printed, and how it ended. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

/** Where a command runs. */
export interface Place {
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const BIN = join(PROJECT, "bin/trawl.js");

/** Runs `trawl` with these arguments. */
export function runTrawl(argv: readonly string[], place: Place): Promise<Outcome> {
  return outcomeOf(startTrawl(argv, place));
}

/** Starts `trawl`; its standard input is open. */
export function startTrawl(argv: readonly string[], place: Place): ChildProcess {
  return spawn(process.execPath, [BIN, ...argv], { cwd: place.folder, env: environmentOf(place) });
}

/** Runs a line of shell in which `trawl` is a command. */
export async function runShell(line: string, place: Place): Promise<Outcome> {
  const bin = join(place.folder, ".bin");
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, "trawl"), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`);
  await chmod(join(bin, "trawl"), 0o755);
  const env = environmentOf(place);
  const child = spawn("bash", ["-c", line], {
    cwd: place.folder,
    env: { ...env, PATH: `${bin}${delimiter}${env["PATH"] ?? ""}` },
  });
  child.stdin.end();
  return outcomeOf(child);
}

/** What a child printed, when it has ended. */
export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const closed = once(child, "close");
  const [stdout, stderr] = await Promise.all(
    [child.stdout, child.stderr].map((stream) => (stream === null ? "" : text(stream))),
  );
  await closed;
  return { stdout: stdout ?? "", stderr: stderr ?? "", exitCode: child.exitCode };
}

/** Nothing of the tester's own settings reaches the command. */
function environmentOf({ folder, environment = {} }: Place): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(TRAWL_|NO_COLOR$|FORCE_COLOR$|NODE_OPTIONS$|VITEST)/.test(name),
  );
  const own = { XDG_DATA_HOME: join(folder, ".data"), XDG_CONFIG_HOME: join(folder, ".config") };
  return { ...Object.fromEntries(kept), TZ: "UTC", ...own, ...environment };
}
