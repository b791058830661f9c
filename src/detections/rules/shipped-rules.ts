/** The rules that are part of the project: `rules/`. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { packageFolder } from "#sources";
import type { TextSource } from "#text";

/** The files of the shipped rules, by name. Cost: a few files of some 10 kB each. */
export function shippedRuleSources(): readonly TextSource[] {
  const folder = fileURLToPath(new URL("rules/", packageFolder()));
  return readdirSync(folder)
    .filter((name) => name.endsWith(".yml"))
    .sort()
    .map((name) => ({
      name: `rules/${name}`,
      text: readFileSync(`${folder}${name}`, "utf8"),
    }));
}
