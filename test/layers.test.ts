import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { PROJECT } from "./build.ts";

const SOURCES = join(PROJECT, "src");
const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".ts"),
);
const contents = new Map(files.map((name) => [name, readFileSync(join(SOURCES, name), "utf8")]));

/** The table of stations in ARCHITECTURE.md: what each may import. */
const allowed = new Map(
  [
    ...readFileSync(join(PROJECT, "ARCHITECTURE.md"), "utf8").matchAll(/^\| `(\w+)` \|.*\| ([^|]*) \|$/gm),
  ].map(([, station = "", imports = ""]) => [station, new Set(imports.match(/\w+/g) ?? [])]),
);

const PURE = ["text", "language"];
const stationOf = (name: string) => name.split("/")[0] ?? "";
const isTest = (name: string) => /\.(test|testing)\.ts$/.test(name);
/** Files that are built; tests may look behind doors. */
const own = files.filter((name) => !isTest(name));

function importsOf(name: string): readonly string[] {
  const found = (contents.get(name) ?? "").matchAll(/(?:^|[\s;])(?:from|import)\s*\(?\s*"([^"\n]+)"/g);
  return [...found].map(([, specifier = ""]) => specifier);
}

/** Comments and texts are not code. */
function codeOf(name: string): string {
  return (contents.get(name) ?? "")
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, '""')
    .replace(/\/\/.*$/gm, "");
}

describe("stations", () => {
  test("are those of ARCHITECTURE.md and of the package's imports", () => {
    const folders = [...new Set(files.map(stationOf))].sort();
    const { imports } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8"));
    expect(folders).toEqual([...allowed.keys()].sort());
    expect(Object.keys(imports).sort()).toEqual(folders.map((station) => `#${station}`));
  });

  test("import only what the table allows", () => {
    const wrong = files.flatMap((name) =>
      importsOf(name)
        .filter((specifier) => specifier.startsWith("#"))
        .filter((specifier) => !(isTest(name) && specifier === `#${stationOf(name)}`))
        .filter((specifier) => !allowed.get(stationOf(name))?.has(specifier.slice(1)))
        .map((specifier) => `${name} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  test("are entered by their door only, and never by their own", () => {
    const wrong = own.flatMap((name) =>
      importsOf(name)
        .filter((specifier) => specifier.startsWith("."))
        .map((specifier) => relative(SOURCES, resolve(SOURCES, dirname(name), specifier)))
        .filter((target) => stationOf(target) !== stationOf(name) || target === `${stationOf(name)}/index.ts`)
        .map((target) => `${name} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test("list what they give by name", () => {
    expect([...allowed.keys()].filter((station) => /export \*/.test(codeOf(`${station}/index.ts`)))).toEqual(
      [],
    );
  });

  test.each(PURE)("%s knows neither Node nor a browser", (station) => {
    const ofStation = own.filter((name) => stationOf(name) === station);
    const packages = ofStation.flatMap((name) =>
      importsOf(name)
        .filter((specifier) => !/^[.#]/.test(specifier))
        .map((specifier) => `${name} imports ${specifier}`),
    );
    const globals = ofStation.filter((name) =>
      /\b(process|Buffer|window|document|globalThis|setTimeout|fetch)\s*[.(]/.test(codeOf(name)),
    );
    expect(packages).toEqual([]);
    expect(globals).toEqual([]);
  });

  test("ask other machines through one client, which knows where it may go", () => {
    const others = own.filter((name) => !name.startsWith("sources/outbound/"));
    const wrong = others.filter(
      (name) =>
        importsOf(name).some((specifier) => /^node:https?2?$/.test(specifier)) ||
        /(?<![.#\w])fetch\s*\(/.test(codeOf(name)),
    );
    expect(wrong).toEqual([]);
  });

  test("import in no circle, types included", () => {
    const doors = new Map([...allowed.keys()].map((station) => [`#${station}`, `${station}/index.ts`]));
    const targetsOf = (name: string) =>
      importsOf(name).flatMap((specifier) => {
        if (specifier.startsWith("#")) return doors.get(specifier) ?? [];
        if (!specifier.startsWith(".")) return [];
        return relative(SOURCES, resolve(SOURCES, dirname(name), specifier));
      });
    expect(findCircle(files, targetsOf)).toBe(null);
  });
});

/** The first circle of a graph as text, or null. */
function findCircle(nodes: readonly string[], targetsOf: (node: string) => readonly string[]): string | null {
  const state = new Map<string, "open" | "done">();
  const visit = (node: string, way: readonly string[]): string | null => {
    if (state.get(node) === "done") return null;
    if (state.get(node) === "open") return [...way.slice(way.indexOf(node)), node].join(" → ");
    state.set(node, "open");
    for (const target of targetsOf(node)) {
      const circle = visit(target, [...way, node]);
      if (circle !== null) return circle;
    }
    state.set(node, "done");
    return null;
  };
  for (const node of nodes) {
    const circle = visit(node, []);
    if (circle !== null) return circle;
  }
  return null;
}
