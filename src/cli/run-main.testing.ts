/** Runs the command line in this process, in a folder and at a time that a test says. */
import { join } from "node:path";
import { PassThrough } from "node:stream";
import type { Environment } from "#config";
import { main } from "./main.ts";

/** What a command printed, and how it ended. */
export interface MainOutcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Where and when a command runs. Data and configuration of the user are in `data` and `config` of the folder. */
export interface MainPlace {
  readonly folder: string;
  readonly environment?: Environment;
  /** Whether both outputs are terminals, of 100 columns. */
  readonly isTerminal?: boolean;
  readonly wallClockMs?: number;
}

/** So much may be printed before somebody reads it. */
const MOST_PRINTED_BYTES = 1 << 26;

/** Runs a command line (without the program's name). */
export async function runMain(argv: readonly string[], place: MainPlace): Promise<MainOutcome> {
  const { folder, environment = {}, isTerminal = false, wallClockMs = 0 } = place;
  const open = () =>
    Object.assign(new PassThrough({ highWaterMark: MOST_PRINTED_BYTES }), {
      isTTY: isTerminal,
      columns: 100,
    });
  const [stdout, stderr] = [open(), open()];
  const exitCode = await main(argv, {
    stdout,
    stderr,
    environment: {
      NO_COLOR: isTerminal ? "" : "1",
      XDG_DATA_HOME: join(folder, "data"),
      XDG_CONFIG_HOME: join(folder, "config"),
      ...environment,
    },
    workingDirectory: folder,
    wallClockMs: () => wallClockMs,
    clockMs: () => 0,
    onStop: () => () => {},
    exitNow: () => {},
  });
  return { stdout: String(stdout.read() ?? ""), stderr: String(stderr.read() ?? ""), exitCode };
}
