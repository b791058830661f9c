/** `trawl help`: what the commands are and what they take. */
import type { Command, Invocation } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { printCommandHelp, printOverview, unknownCommand } from "../help-text.ts";

/** Shows help. */
export const HELP_COMMAND: Command = {
  name: "help",
  sentence: "Shows this overview, or what one command takes.",
  usage: "[COMMAND]",
  positionals: { min: 0, max: 1 },
  options: [],
  examples: ["trawl help query"],
  run,
};

function run({ arguments: parsed, commands, surroundings }: Invocation): Promise<number> {
  const [name] = parsed.positionals;
  const command = commands.find((candidate) => candidate.name === name);
  if (name !== undefined && command === undefined) throw unknownCommand(name, commands);
  surroundings.stdout.write(command === undefined ? printOverview(commands) : printCommandHelp(command));
  return Promise.resolve(EXIT.done.code);
}
