/** What `trawl about` does; loaded by it alone. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describeGeo, type ListDefinition, snapshotsOf } from "#enrichment";
import { packageFolder } from "#sources";
import type { Invocation } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { geoFolder, listDefinitions, listFolder } from "./places.ts";
import { printRows } from "./rows.ts";

interface PackageFile {
  readonly version: string;
  readonly license: string;
  readonly dependencies: readonly string[];
}

/** Runs the command. */
export function runAbout({ surroundings }: Invocation): Promise<number> {
  const own = readPackage(new URL("package.json", packageFolder()));
  const sections = [
    printRows([
      ["trawl", own.version, own.license],
      ["Node.js", process.version.slice(1), "MIT"],
      ...packages(own),
    ]),
    data(surroundings),
    lists(surroundings),
  ];
  surroundings.stdout.write(sections.filter((section) => section !== "").join("\n"));
  return Promise.resolve(EXIT.done.code);
}

function packages({ dependencies }: PackageFile): readonly (readonly string[])[] {
  const { resolve } = createRequire(import.meta.url);
  return dependencies.map((name) => {
    try {
      const { version, license } = readPackage(resolve(`${name}/package.json`));
      return [name, version, license];
    } catch {
      return [name, "", "part of the built package, see NOTICE"];
    }
  });
}

function data(surroundings: Invocation["surroundings"]): string {
  const databases = describeGeo({ folder: geoFolder(surroundings) });
  return databases
    .map(({ kind, title, builtMs, licence, attribution }) => {
      const date = builtMs === null ? "no date" : new Date(builtMs).toISOString().slice(0, 10);
      return printRows([[`${kind}: ${title}, ${date}, ${licence}`], [`  ${attribution}`]]);
    })
    .join("");
}

function lists(surroundings: Invocation["surroundings"]): string {
  const folder = listFolder(surroundings);
  const rows = listDefinitions(surroundings).flatMap(({ definition }) => rowOf(definition, folder));
  return printRows(rows);
}

function rowOf({ name, source, licence }: ListDefinition, folder: string): readonly (readonly string[])[] {
  const last = snapshotsOf(folder, name).at(-1);
  if (last === undefined) return [];
  return [
    [`list ${name}`, new Date(last.atMs).toISOString().slice(0, 10), licence ?? "licence not known", source],
  ];
}

function readPackage(file: URL | string): PackageFile {
  const content: unknown = JSON.parse(readFileSync(file, "utf8"));
  const members = new Map<string, unknown>(
    typeof content === "object" && content !== null ? Object.entries(content) : [],
  );
  const dependencies = members.get("dependencies");
  return {
    version: String(members.get("version") ?? ""),
    license: String(members.get("license") ?? ""),
    dependencies: typeof dependencies === "object" && dependencies !== null ? Object.keys(dependencies) : [],
  };
}
