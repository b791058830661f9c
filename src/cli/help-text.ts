/** Help, made from the lists of commands and options. */
import { displayWidth, Failure, nearestName } from "#text";
import type { Command } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import type { Option } from "./option.ts";

/** Cells of a line of help. */
export const LINE_WIDTH = 100;
const SENTENCE_COLUMN = 24;

/** What the program is and what its commands are. */
export function printOverview(commands: readonly Command[]): string {
  const rows = commands.map((command) => row(command.name, command.sentence));
  const codes = Object.values(EXIT).map(({ code, sentence }) => row(String(code), sentence));
  return `${[
    "Trawl reads security logs where they lie, as they are, and answers questions about them.",
    "",
    "Usage: trawl COMMAND [OPTIONS] [ARGUMENTS]",
    "",
    "Commands:",
    ...rows,
    "",
    "Exit codes:",
    ...codes,
    "",
    "More about a command: trawl help COMMAND. About patterns: trawl help pattern, trawl help MATCHER.",
  ].join("\n")}\n`;
}

/** What one command does, takes and is used for. */
export function printCommandHelp(command: Command): string {
  const { name, usage, sentence, options, examples } = command;
  const lines = [
    `Usage: ${["trawl", name, ...(options.length > 0 ? ["[OPTIONS]"] : []), usage].join(" ").trimEnd()}`,
  ];
  lines.push("", ...wrapText(sentence, LINE_WIDTH));
  if (options.length > 0) lines.push("", "Options:");
  for (const option of options) lines.push(row(printOption(option), option.sentence));
  if (examples.length > 0) lines.push("", "Examples:", ...examples.map((example) => `  ${example}`));
  return `${lines.join("\n")}\n`;
}

/** An option as it is written: `-o, --output FILE`. */
export function printOption(option: Option): string {
  const { name, letter, placeholder, optionalValues } = option;
  const value = optionalValues === null ? placeholder : `[${optionalValues.join("|")}]`;
  return `${letter === null ? "" : `-${letter}, `}--${name}${value === null ? "" : ` ${value}`}`;
}

/** The failure of a name that no command has. */
export function unknownCommand(name: string, commands: readonly Command[]): Failure {
  const names = commands.map((command) => command.name);
  const nearest = nearestName(name, names);
  return new Failure("usage", `There is no command "${name}".`, {
    help: nearest === null ? `Commands: ${names.join(", ")}.` : `Did you mean "${nearest}"?`,
  });
}

/** A term at the left, its sentence beside it. */
export function row(term: string, sentence: string): string {
  const lines = wrapText(sentence, LINE_WIDTH - SENTENCE_COLUMN);
  const indent = " ".repeat(SENTENCE_COLUMN);
  const head = `  ${term}`;
  const fits = displayWidth(head) < SENTENCE_COLUMN - 1;
  const rest = lines.map((line) => `${indent}${line}`);
  if (!fits) return [head, ...rest].join("\n");
  return [`${head.padEnd(SENTENCE_COLUMN)}${lines[0] ?? ""}`, ...rest.slice(1)].join("\n");
}

/** The text as lines of at most `width` characters, broken at blanks. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
