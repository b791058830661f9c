/** What a command touches of the world: streams, the environment, clocks and the wish to stop. */
import type { Writable } from "node:stream";
import type { Environment } from "#config";

/** A stream that may be a terminal. */
export type Terminal = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** The world as the command line sees it; tests give another one. */
export interface Surroundings {
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly environment: Environment;
  readonly workingDirectory: string;
  /** Milliseconds since 1970 UTC. */
  readonly wallClockMs: () => number;
  /** Milliseconds since some fixed moment; never goes back. */
  readonly clockMs: () => number;
  /** Has `stop` called each time the user wants the command to stop; gives back what ends that. */
  readonly onStop: (stop: () => void) => () => void;
  /** Ends the process at once. */
  readonly exitNow: (code: number) => void;
}

/** Cells of a line; of terminals that do not say, 80. */
export function widthOf(terminal: Terminal): number {
  const { columns = 0 } = terminal;
  return columns > 0 ? columns : WIDTH_WHEN_UNKNOWN;
}

/** Lines of a terminal; of terminals that do not say, 24. */
export function heightOf(terminal: Terminal): number {
  const { rows = 0 } = terminal;
  return rows > 0 ? rows : HEIGHT_WHEN_UNKNOWN;
}

const WIDTH_WHEN_UNKNOWN = 80;
const HEIGHT_WHEN_UNKNOWN = 24;
const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The surroundings of this process. */
export function processSurroundings(): Surroundings {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    workingDirectory: process.cwd(),
    wallClockMs: () => Date.now(),
    clockMs: () => performance.now(),
    onStop(stop) {
      for (const signal of STOP_SIGNALS) process.on(signal, stop);
      return () => {
        for (const signal of STOP_SIGNALS) process.off(signal, stop);
      };
    },
    exitNow: (code) => process.exit(code),
  };
}
