/** `trawl formats`: the shipped formats. */
import { type Field, typeName } from "#language";
import { loadFormats, type ShippedFormat } from "#records";
import { Failure, nearestName } from "#text";
import type { Command, Invocation } from "../command.ts";
import { EXIT } from "../exit-codes.ts";

/** Shows the shipped formats, or one of them. */
export const FORMATS_COMMAND: Command = {
  name: "formats",
  sentence:
    "Lists the log formats that are known by themselves, or shows the fields, a sample and the pattern of one.",
  usage: "[NAME]",
  positionals: { min: 0, max: 1 },
  options: [],
  examples: ["trawl formats", "trawl formats combined"],
  run,
};

/** So much of a sample shows what a format looks like. */
const MOST_SAMPLE_LINES = 6;

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

function printFormat({ name, title, description, header, pattern, ecs, sample }: ShippedFormat): string {
  const { source } = pattern();
  const fields = header === null ? "Fields:" : "Fields of the usual columns:";
  const text = header === null ? "Pattern:" : "Pattern for the usual columns:";
  const lines = [
    ...[`${name}: ${title}`, description, "", fields, ...printFields(pattern().fields, ecs(pattern())), ""],
    ...["Sample:", ...sample().split("\n", MOST_SAMPLE_LINES), "", text, source.text.trim()],
  ];
  return `${lines.join("\n")}\n`;
}

/** Names, types, and names in the Elastic Common Schema. */
function printFields(fields: readonly Field[], ecs: Readonly<Record<string, string>>): readonly string[] {
  const rows = fields.map(({ name, type }) => [name, typeName(type), ecs[name] ?? ""] as const);
  const width = Math.max(...rows.map(([name]) => name.length));
  const widthOfType = Math.max(...rows.map(([, type]) => type.length));
  return rows.map(([name, type, schema]) =>
    `  ${name.padEnd(width)}  ${type.padEnd(widthOfType)}  ${schema}`.trimEnd(),
  );
}
