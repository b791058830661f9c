/** Reads the shipped formats from `packs/`. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Pattern, parsePattern } from "#language";
import { packageFolder } from "#sources";
import { invariant } from "#text";
import { readFieldNames, readFormatFile } from "./format-file.ts";
import { headerPattern } from "./header-pattern.ts";
import { usualHeader } from "./read-header.ts";
import type { ShippedFormat } from "./shipped-format.ts";

/** The folder of the shipped formats; the same way from the sources and from what is built of them. */
const PACKS = fileURLToPath(new URL("packs/", packageFolder()));

/**
 * All shipped formats, by name. Cost: a few small files; patterns are read and parsed only when asked for, once per list. Call it once
 * per run.
 */
export function loadFormats(): readonly ShippedFormat[] {
  const folders = readdirSync(PACKS, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders
    .map(({ name }) => name)
    .sort()
    .map(loadFormat);
}

/** The names in the Elastic Common Schema that fields of formats have, but for exceptions of single formats. */
export function ecsFieldNames(): ReadonlySet<string> {
  return new Set(Object.values(readFieldNames(readFileSync(`${PACKS}fields.json`, "utf8"))));
}

function loadFormat(name: string): ShippedFormat {
  const format = readFormatFile(name, readFileSync(`${PACKS}${name}/format.json`, "utf8"));
  const { header } = format;
  let known: Pattern | null = null;
  const pattern = () => {
    known ??= header === null ? loadPattern(name) : headerPattern(name, header, usualHeader(header));
    return known;
  };
  return {
    ...format,
    pattern,
    ecs: (own) => ecsNames(own, format.ecsExceptions),
    sample: () => readFileSync(`${PACKS}${name}/sample.log`, "utf8"),
  };
}

function ecsNames(
  { fields }: Pattern,
  exceptions: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const common = readFieldNames(readFileSync(`${PACKS}fields.json`, "utf8"));
  const named = fields.flatMap(({ name }) => {
    const ecs = exceptions[name] ?? common[name];
    return ecs === undefined ? [] : [[name, ecs] as const];
  });
  const names = new Set(fields.map(({ name }) => name));
  const members = Object.entries(exceptions).filter(([name]) => names.has(name.split("[", 1)[0] ?? ""));
  return Object.fromEntries([...named, ...members]);
}

function loadPattern(name: string): Pattern {
  const path = `packs/${name}/pattern.sxp`;
  const { pattern, diagnostics } = parsePattern({
    name: path,
    text: readFileSync(`${PACKS}${name}/pattern.sxp`, "utf8"),
  });
  invariant(pattern !== null, `${path} has no mistakes, such as: ${diagnostics[0]?.message ?? ""}`);
  return pattern;
}
