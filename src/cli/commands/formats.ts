/** `trawl formats`: the shipped formats. */
import { typeName } from "#language";
import { loadFormats, type ShippedFormat } from "#records";
import { Failure, nearestName } from "#text";
import type { Command, Invocation } from "../command.ts";
import { EXIT } from "../exit-codes.ts";

/** Shows the shipped formats, or one of them. */
export const FORMATS_COMMAND: Command = {
  name: "formats",
  sentence: "Lists the log formats that are known by themselves, or shows the pattern and fields of one.",
  usage: "[NAME]",
  positionals: { min: 0, max: 1 },
  options: [],
  examples: ["trawl formats", "trawl formats combined"],
  run,
};

function run({ arguments: parsed, surroundings }: Invocation): Promise<number> {
  const [name] = parsed.positionals;
  const formats = loadFormats();
  surroundings.stdout.write(
    name === undefined ? printFormats(formats) : printFormat(formatOf(name, formats)),
  );
  return Promise.resolve(EXIT.done.code);
}

function formatOf(name: string, formats: readonly ShippedFormat[]): ShippedFormat {
  const format = formats.find((candidate) => candidate.name === name.toLowerCase());
  if (format !== undefined) return format;
  const names = formats.map((candidate) => candidate.name);
  const nearest = nearestName(name, names);
  throw new Failure("usage", `There is no shipped format "${name}".`, {
    help: nearest === null ? `Formats: ${names.join(", ")}.` : `Did you mean "${nearest}"?`,
  });
}

function printFormats(formats: readonly ShippedFormat[]): string {
  const width = Math.max(...formats.map(({ name }) => name.length));
  const widthOfCategory = Math.max(...formats.map(({ category }) => category.length));
  return formats
    .map(
      ({ name, category, title }) => `${name.padEnd(width)}  ${category.padEnd(widthOfCategory)}  ${title}\n`,
    )
    .join("");
}

function printFormat({ name, title, description, pattern }: ShippedFormat): string {
  const { fields, source } = pattern();
  const width = Math.max(...fields.map((field) => field.name.length));
  const lines = fields.map((field) => `  ${field.name.padEnd(width)}  ${typeName(field.type)}`);
  return `${[`${name}: ${title}`, description, "", "Fields:", ...lines, "", "Pattern:", source.text.trim()].join("\n")}\n`;
}
