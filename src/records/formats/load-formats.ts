/** Reads the shipped formats from `packs/`. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Pattern, parsePattern } from "#language";
import { packageFolder } from "#sources";
import { invariant } from "#text";
import { FORMAT_CATEGORIES, type ShippedFormat } from "./shipped-format.ts";

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

function loadFormat(name: string): ShippedFormat {
  const parts: unknown = JSON.parse(readFileSync(`${PACKS}${name}/format.json`, "utf8"));
  const text = (key: string): string => {
    const value = typeof parts === "object" && parts !== null ? Reflect.get(parts, key) : undefined;
    invariant(typeof value === "string", `packs/${name}/format.json has a text "${key}"`);
    return value;
  };
  const category = FORMAT_CATEGORIES.find((known) => known === text("category"));
  invariant(category !== undefined, `packs/${name}/format.json has a known category`);
  let pattern: Pattern | null = null;
  return {
    name,
    title: text("title"),
    category,
    description: text("description"),
    timestampField: text("timestampField"),
    hint: new RegExp(text("hint"), "m"),
    pattern: () => {
      pattern ??= loadPattern(name);
      return pattern;
    },
  };
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
