/** `trawl help`: what the commands are and what they take, and what patterns are made of. */
import { Failure, nearestName } from "#text";
import type { Command, Invocation } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { printCommandHelp, printOverview } from "../help-text.ts";
import {
  matcherOfWord,
  PATTERN_TOPIC,
  patternWords,
  printMatcherHelp,
  printPatternHelp,
} from "../matcher-help.ts";

/** Shows help. */
export const HELP_COMMAND: Command = {
  name: "help",
  sentence: "Shows this overview, what one command takes, or what a matcher of patterns is.",
  usage: "[COMMAND|pattern|MATCHER]",
  positionals: { min: 0, max: 1 },
  options: [],
  examples: ["trawl help query", "trawl help pattern", "trawl help IPADDR"],
  run,
};

async function run({ arguments: parsed, loadCommands, surroundings }: Invocation): Promise<number> {
  const [word] = parsed.positionals;
  const commands = await loadCommands();
  surroundings.stdout.write(word === undefined ? printOverview(commands) : helpAbout(word, commands));
  return EXIT.done.code;
}

/** Commands are small, matchers are found in any case: where both have a name, the command is meant. */
function helpAbout(word: string, commands: readonly Command[]): string {
  const command = commands.find((candidate) => candidate.name === word);
  if (command !== undefined) return printCommandHelp(command);
  if (word === PATTERN_TOPIC) return printPatternHelp();
  const matcher = matcherOfWord(word);
  if (matcher !== null) return printMatcherHelp(matcher);
  const names = commands.map(({ name }) => name);
  const isCapital = word === word.toUpperCase();
  const nearest = nearestName(
    word,
    isCapital ? [...patternWords(), ...names] : [...names, ...patternWords()],
  );
  throw new Failure("usage", `There is no help about "${word}".`, {
    help:
      nearest === null
        ? `Commands: ${names.join(", ")}. Matchers: trawl help ${PATTERN_TOPIC}.`
        : `Did you mean "${nearest}"?`,
  });
}
