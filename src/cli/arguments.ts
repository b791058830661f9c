/** Takes a command's arguments apart, by its list of options. */
import { parseArgs } from "node:util";
import { Failure, nearestName } from "#text";
import type { Option } from "./option.ts";

/** What a command was called with. Every value is one that the command's options allow. */
export interface Arguments {
  readonly positionals: readonly string[];
  /** Values by option name, in order; a switch has one empty value. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** The last value of an option, or null when it was not given. */
export function lastValue(parsed: Arguments, name: string): string | null {
  return parsed.values.get(name)?.at(-1) ?? null;
}

/** The arguments by their names. Throws a `usage` failure that suggests what was meant. */
export function parseArguments(argv: readonly string[], options: readonly Option[]): Arguments {
  const { tokens } = parseArgs({
    args: spellOutOptionalValues(argv, options),
    options: Object.fromEntries(options.map((option) => [option.name, shapeOf(option)])),
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  const positionals: string[] = [];
  const values = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const option = options.find((candidate) => candidate.name === token.name);
    if (option === undefined) throw unknownOption(token.rawName, options);
    const list = values.get(option.name) ?? [];
    list.push(valueOfToken(option, token));
    values.set(option.name, list);
  }
  return { positionals, values };
}

function shapeOf(option: Option): { type: "string" | "boolean"; multiple: true; short?: string } {
  const takesValue = option.placeholder !== null || option.optionalValues !== null;
  const type = takesValue ? "string" : "boolean";
  return option.letter === null ? { type, multiple: true } : { type, multiple: true, short: option.letter };
}

/** `--stats json` and `--stats` become `--stats=json` and `--stats=text`: the parser knows no values that may be missing. */
function spellOutOptionalValues(argv: readonly string[], options: readonly Option[]): string[] {
  const spelled: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? "";
    if (argument === "--") return [...spelled, ...argv.slice(index)];
    const allowed = options.find((option) => argument === `--${option.name}`)?.optionalValues ?? null;
    const next = argv[index + 1];
    if (allowed === null) spelled.push(argument);
    else if (next !== undefined && allowed.includes(next)) {
      spelled.push(`${argument}=${next}`);
      index++;
    } else spelled.push(`${argument}=${allowed[0] ?? ""}`);
  }
  return spelled;
}

interface OptionToken {
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function valueOfToken(option: Option, token: OptionToken): string {
  const { rawName, value, inlineValue } = token;
  if (option.optionalValues !== null) {
    if (value !== undefined && option.optionalValues.includes(value)) return value;
    throw new Failure(
      "usage",
      `${rawName} takes ${quoteAll(option.optionalValues)}, or nothing, not "${value ?? ""}".`,
    );
  }
  if (option.placeholder === null) {
    if (value === undefined) return "";
    throw new Failure("usage", `${rawName} takes no value.`);
  }
  if (value === undefined || (inlineValue !== true && value.startsWith("--"))) {
    throw new Failure("usage", `${rawName} needs a value: ${rawName} ${option.placeholder}.`);
  }
  return value;
}

function quoteAll(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(" or ");
}

function unknownOption(rawName: string, options: readonly Option[]): Failure {
  const names = options.map((option) => `--${option.name}`);
  const nearest = nearestName(rawName, names);
  return new Failure("usage", `There is no option "${rawName}" here.`, {
    help: nearest === null ? `Options: ${names.join(", ")}.` : `Did you mean "${nearest}"?`,
  });
}
