import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { typeName } from "#language";
import { loadFormats } from "./load-formats.ts";
import type { ShippedFormat } from "./shipped-format.ts";

const PAGE = fileURLToPath(new URL("../../../docs/formats.md", import.meta.url));
const LONGEST_SAMPLE = 500;

const HEAD = `# Shipped formats

Logs of these kinds are known by themselves: a query that names no pattern looks at the data and chooses among them, and says which one it
took and how much of the data fits it. \`trawl formats\` lists them, \`trawl formats NAME\` shows one with its pattern.

A field has the same name, type and meaning in all formats. \`client_ip\` is the address of who asked; a client that is no address is in
\`client_host\`. What stands for nothing (a dash as a rule) is NULL. What a format has no field for is kept in \`extra\`, \`more\`, \`message\` or
\`request\`, never dropped. The third column says where a field goes in the Elastic Common Schema (ECS).

Some logs name their columns themselves (W3C extended logs such as those of IIS, Zeek, VPC flow logs): their pattern is made from the header
that is found in the data; columns that are not listed here become texts under their own names. Lines of headers are no records. Records
below a header with other columns, in the same file or in another one, stay unmatched, and a warning names the file and the byte where they
begin: query such files by themselves.
`;

function printTable(formats: readonly ShippedFormat[]): string {
  const rows = formats.map(({ name, category, title }) => `| [${name}](#${name}) | ${title} | ${category} |`);
  return ["| name | log | kind |", "|---|---|---|", ...rows].join("\n");
}

function printFormat({ name, title, description, header, pattern, ecs, sample }: ShippedFormat): string {
  const names = ecs(pattern());
  const fields = pattern().fields.map(
    (field) => `| ${field.name} | ${typeName(field.type)} | ${names[field.name] ?? ""} |`,
  );
  const lines = sample().split("\n");
  const isRecord = (line: string) => line.trim() !== "" && (header === null || !line.startsWith("#"));
  const line = (lines.find(isRecord) ?? "").trimEnd();
  const shown = line.length > LONGEST_SAMPLE ? `${line.slice(0, LONGEST_SAMPLE)}…` : line;
  return [
    `## ${name}`,
    `**${title}.** ${description}`,
    ["```log", shown, "```"].join("\n"),
    [
      header === null ? "| field | type | ECS |" : "| field of the usual columns | type | ECS |",
      "|---|---|---|",
      ...fields,
    ].join("\n"),
  ].join("\n\n");
}

test("docs/formats.md shows the shipped formats", () => {
  const formats = loadFormats();
  const page = `${[HEAD.trimEnd(), printTable(formats), ...formats.map(printFormat)].join("\n\n")}\n`;
  if (process.env["UPDATE"] === "1") writeFileSync(PAGE, page);
  expect(readFileSync(PAGE, "utf8")).toBe(page);
});
