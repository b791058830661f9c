/** What a command is. */
import type { Settings } from "#config";
import type { Arguments } from "./arguments.ts";
import type { Messages } from "./messages.ts";
import type { Option } from "./option.ts";
import type { Surroundings } from "./surroundings.ts";

/** What a command gets to do its work. */
export interface Invocation {
  readonly arguments: Arguments;
  readonly settings: Settings;
  readonly surroundings: Surroundings;
  readonly messages: Messages;
  /** Gives all commands, for those that speak about them. */
  readonly loadCommands: () => Promise<readonly Command[]>;
  /** On the surroundings' clock: when the command line was understood. */
  readonly startedMs: number;
}

/** A command of the command line. */
export interface Command {
  readonly name: string;
  /** What it does, in one sentence. */
  readonly sentence: string;
  /** What follows its name, without options: `[FILE]`. */
  readonly usage: string;
  /** How many positional arguments it takes. */
  readonly positionals: { readonly min: number; readonly max: number };
  readonly options: readonly Option[];
  readonly examples: readonly string[];
  /** Does it, and gives the exit code. A `Failure` that is thrown is told to the user by the caller. */
  readonly run: (invocation: Invocation) => Promise<number>;
}
