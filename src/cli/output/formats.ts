/** The formats of output. */
import { Failure, nearestName } from "#text";
import { ARROW_FORMAT } from "./arrow.ts";
import { JSON_FORMAT, NDJSON_FORMAT } from "./json.ts";
import { MARKDOWN_FORMAT } from "./markdown.ts";
import type { OutputFormat } from "./output-format.ts";
import { PARQUET_FORMAT } from "./parquet.ts";
import { CSV_FORMAT, TSV_FORMAT } from "./separated.ts";
import { TABLE_FORMAT } from "./table.ts";

/** All formats of output, in the order help shows them. */
export const OUTPUT_FORMATS: readonly OutputFormat[] = [
  TABLE_FORMAT,
  JSON_FORMAT,
  NDJSON_FORMAT,
  CSV_FORMAT,
  TSV_FORMAT,
  MARKDOWN_FORMAT,
  PARQUET_FORMAT,
  ARROW_FORMAT,
];

/** The format of that name. Throws a `usage` failure for a name that is none. */
export function outputFormatOf(name: string): OutputFormat {
  const format = OUTPUT_FORMATS.find((candidate) => candidate.name === name.toLowerCase());
  if (format !== undefined) return format;
  const names = OUTPUT_FORMATS.map((candidate) => candidate.name);
  const nearest = nearestName(name, names);
  throw new Failure("usage", `There is no output format "${name}".`, {
    help: nearest === null ? `Formats: ${names.join(", ")}.` : `Did you mean "${nearest}"?`,
  });
}

/** The format that the end of a file's name asks for, or null: `out.csv` is CSV. */
export function outputFormatOfPath(path: string): OutputFormat | null {
  const extension = /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase();
  return OUTPUT_FORMATS.find((format) => format.name === extension) ?? null;
}
