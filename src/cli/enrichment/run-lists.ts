/** What `trawl lists` does; loaded by it alone. */
import { copyFile, mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type ListDefinition, readState, snapshotsOf, updateList } from "#enrichment";
import { countOf, Failure, nearestName } from "#text";
import type { Invocation } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { policyOf } from "../outside.ts";
import { printSize } from "../sizes.ts";
import { watchForStop } from "../stop.ts";
import { downloadUnder } from "./download.ts";
import {
  listDefinitions,
  listFolder,
  ownDefinitionFolder,
  type PlacedDefinition,
  readDefinitionFile,
} from "./places.ts";
import { printRows } from "./rows.ts";

interface UpdateWish {
  readonly invocation: Invocation;
  readonly isForced: boolean;
}

/** Runs the command. `isForced`: asks sources that were asked a short time ago too. */
export async function runLists(invocation: Invocation, isForced: boolean): Promise<number> {
  const [action = "list", ...names] = invocation.arguments.positionals;
  switch (action) {
    case "list":
      return listAll(invocation);
    case "update":
      return updateAll(names, { invocation, isForced });
    case "show":
      return show(onlyName(names, "show NAME"), invocation);
    case "add":
      return add(onlyName(names, "add FILE"), invocation);
    default:
      throw new Failure("usage", `trawl lists takes list, update, show or add, not "${action}".`);
  }
}

function onlyName(names: readonly string[], usage: string): string {
  const [name] = names;
  if (name === undefined || names.length > 1)
    throw new Failure("usage", `The usage is: trawl lists ${usage}.`);
  return name;
}

function listAll({ surroundings }: Invocation): number {
  const folder = listFolder(surroundings);
  const rows = listDefinitions(surroundings).map(({ definition: { name, kind, description } }) => {
    const last = snapshotsOf(folder, name).at(-1);
    return [name, kind, last === undefined ? "never fetched" : timeOf(last.atMs), description];
  });
  surroundings.stdout.write(printRows(rows));
  return EXIT.done.code;
}

/** Updates the named lists; without names, those that were fetched before. */
async function updateAll(names: readonly string[], wish: UpdateWish): Promise<number> {
  const { invocation } = wish;
  const { surroundings, settings, messages } = invocation;
  const definitions = listDefinitions(surroundings);
  const folder = listFolder(surroundings);
  const isFetched = ({ definition }: PlacedDefinition) => snapshotsOf(folder, definition.name).length > 0;
  const chosen =
    names.length > 0 ? names.map((name) => named(name, definitions)) : definitions.filter(isFetched);
  if (chosen.length === 0) {
    throw new Failure("usage", "No list was fetched so far, and none is named.", {
      help: `Name some: trawl lists update ${definitions[0]?.definition.name ?? "NAME"}.`,
    });
  }
  const stop = watchForStop(surroundings, settings.timeoutMs);
  let isComplete = true;
  try {
    for (const { definition } of chosen) {
      try {
        surroundings.stdout.write(`${definition.name}: ${await update(definition, wish, stop.signal)}\n`);
      } catch (error) {
        if (!(error instanceof Failure) || stop.signal.aborted) throw stop.signal.reason ?? error;
        messages.failure(error);
        isComplete = false;
      }
    }
  } finally {
    stop.release();
  }
  return isComplete ? EXIT.done.code : EXIT.unreachable.code;
}

async function update(
  definition: ListDefinition,
  { invocation, isForced }: UpdateWish,
  signal: AbortSignal,
): Promise<string> {
  const { surroundings } = invocation;
  const world = {
    folder: listFolder(surroundings),
    get: downloadUnder(policyOf(invocation.settings)),
    resolvePath: (path: string) => resolve(surroundings.workingDirectory, path),
    nowMs: surroundings.wallClockMs(),
    signal,
  };
  const done = await updateList(definition, world, isForced);
  if (done.kind === "unchanged") return "unchanged";
  if (done.kind === "fresh") return `asked at ${timeOf(done.checkedMs)} already; --force asks again`;
  const { entries, wrongLines, firstWrong } = done.table;
  const wrong =
    firstWrong === null
      ? ""
      : `; ${countOf(wrongLines, "line")} not understood, first line ${firstWrong.line}: ${JSON.stringify(firstWrong.text)}`;
  return `${entries === 1 ? "1 entry" : `${entries} entries`}, ${printSize(done.sizeBytes)}${wrong}`;
}

function show(name: string, { surroundings }: Invocation): number {
  const { definition, path } = named(name, listDefinitions(surroundings));
  const folder = listFolder(surroundings);
  const state = readState(folder, name);
  const snapshots = snapshotsOf(folder, name);
  const rows = [
    ["name", definition.name],
    ["kind", definition.kind],
    ["source", definition.source],
    ["format", definition.format],
    ["refresh", `${definition.refreshMs / 3_600_000} h`],
    ["description", definition.description],
    ["licence", definition.licence ?? "not known"],
    ["defined", path ?? "by Trawl"],
    ["asked", state === null ? "never" : timeOf(state.checkedMs)],
    ["snapshots", String(snapshots.length)],
    ...snapshots.map(({ atMs, path: file }) => ["", `${timeOf(atMs)}  ${file}`]),
  ];
  surroundings.stdout.write(printRows(rows));
  return EXIT.done.code;
}

/** Puts a definition where definitions of the user are found, when it is one. */
async function add(file: string, { surroundings }: Invocation): Promise<number> {
  const path = resolve(surroundings.workingDirectory, file);
  const { name } = readDefinitionFile(path);
  const folder = ownDefinitionFolder(surroundings);
  const target = join(folder, `${name}.${path.endsWith(".json") ? "json" : "yaml"}`);
  await mkdir(folder, { recursive: true });
  await copyFile(path, target);
  surroundings.stdout.write(`${name} is defined in ${target}; fetch it with: trawl lists update ${name}\n`);
  return EXIT.done.code;
}

function named(name: string, definitions: readonly PlacedDefinition[]): PlacedDefinition {
  const found = definitions.find(({ definition }) => definition.name === name);
  if (found !== undefined) return found;
  const names = definitions.map(({ definition }) => definition.name);
  const nearest = nearestName(name, names);
  throw new Failure("list-missing", `There is no list "${name}".`, {
    help: nearest === null ? `Lists: ${names.join(", ")}.` : `Did you mean "${nearest}"?`,
  });
}

function timeOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
