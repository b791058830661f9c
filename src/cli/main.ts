/** The command line's entry: finds the command, reads its arguments, runs it, tells failures. */
import { readSettings, SETTINGS } from "#config";
import { Failure } from "#text";
import { type Arguments, lastValue, parseArguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { loadCommand, loadCommands } from "./commands.ts";
import { EXIT, exitCodeOf } from "./exit-codes.ts";
import { printCommandHelp, printOverview, unknownCommand } from "./help-text.ts";
import { openMessages, wantsColor } from "./messages.ts";
import { switchOption } from "./option.ts";
import { processSurroundings, type Surroundings, type Terminal } from "./surroundings.ts";

const HELP_OPTION = switchOption("help", "Show what the command takes.", "h");

/** What people write for a command out of habit. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  "--help": "help",
  "-h": "help",
  "--version": "version",
};

/** Runs the command line `argv` (without program name) and gives the exit code. */
export async function main(
  argv: readonly string[],
  surroundings: Surroundings = processSurroundings(),
): Promise<number> {
  for (const stream of [surroundings.stdout, surroundings.stderr]) forgiveClosedPipe(stream);
  try {
    return await runCommand(argv, surroundings);
  } catch (error) {
    const { stderr, environment } = surroundings;
    const messages = openMessages(stderr, wantsColor(stderr, "auto", environment));
    if (error instanceof Failure) {
      messages.failure(error);
      return exitCodeOf(error.code);
    }
    messages.lines(`error: Trawl itself failed. Please report this.\n${stackOf(error)}`);
    return EXIT.broken.code;
  }
}

async function runCommand(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const [word, ...rest] = argv;
  if (word === undefined) {
    surroundings.stderr.write(printOverview(await loadCommands()));
    return EXIT.usage.code;
  }
  const name = OTHER_NAMES[word] ?? word;
  const command = await loadCommand(name);
  if (command === null) throw unknownCommand(word, await loadCommands());
  const parsed = parseArguments(rest, [...command.options, HELP_OPTION]);
  if (parsed.values.has(HELP_OPTION.name)) {
    surroundings.stdout.write(printCommandHelp(command));
    return EXIT.done.code;
  }
  checkPositionals(command, parsed);
  const settings = readSettings(flagsOf(parsed), surroundings.environment);
  const hasColor = wantsColor(surroundings.stderr, settings.color, surroundings.environment);
  return command.run({
    arguments: parsed,
    settings,
    surroundings,
    messages: openMessages(surroundings.stderr, hasColor),
    loadCommands,
    startedMs: surroundings.clockMs(),
  });
}

function flagsOf(parsed: Arguments): ReadonlyMap<string, string> {
  const flags = new Map<string, string>();
  for (const { flag } of Object.values(SETTINGS)) {
    const value = lastValue(parsed, flag);
    if (value !== null) flags.set(flag, value);
  }
  return flags;
}

function checkPositionals({ name, usage, positionals }: Command, parsed: Arguments): void {
  const { min, max } = positionals;
  const count = parsed.positionals.length;
  if (count >= min && count <= max) return;
  const message =
    count < min
      ? `trawl ${name} needs more: ${usage}.`
      : `trawl ${name} does not know what to do with "${parsed.positionals[max]}".`;
  throw new Failure("usage", message, { help: `Usage: trawl ${name} [OPTIONS] ${usage}` });
}

/** A reader that goes is no error; what else goes wrong with a stream is told by whoever writes to it. */
function forgiveClosedPipe(stream: Terminal): void {
  if (stream.listenerCount("error") === 0) stream.on("error", () => {});
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
