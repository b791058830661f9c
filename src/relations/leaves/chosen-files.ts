/** Finds the files that a scan or a listing reads. */
import { type ListedObject, type ListOptions, listMembers, listObjects, openingOf } from "#sources";
import { Failure } from "#text";
import type { QueryOptions } from "../options.ts";
import type { FileChoice } from "../plan/tree.ts";
import { fieldsOf } from "./file-table.ts";
import { evaluate, pathTimeRangeOf } from "./listing-filter.ts";

/** What files are found with. */
export interface ChoiceContext {
  readonly options: Pick<
    QueryOptions,
    "workingDirectory" | "timeZone" | "stores" | "listObjects" | "openingOf"
  >;
  readonly signal: AbortSignal;
  /** Told of what a wildcard meets and cannot look at. */
  readonly onProblem: (problem: Failure) => void;
  readonly onWalked?: ListOptions["onWalked"];
  /** Told how many files the filter left out. */
  readonly onLeftOut?: (files: number) => void;
}

/** The files that are read, in order. Filters are applied before files are looked into. */
export async function chosenFiles(
  files: FileChoice,
  context: ChoiceContext,
  opens: boolean,
): Promise<ListedObject[]> {
  const chosen: ListedObject[] = [];
  for await (const objects of chosenObjects(files, context, opens)) chosen.push(...objects);
  return chosen;
}

/** The files that are chosen, as they are found. `opens`: they are looked into, to see how they are opened. */
export async function* chosenObjects(
  files: FileChoice,
  { options, signal, onProblem, onWalked, onLeftOut }: ChoiceContext,
  opens: boolean,
): AsyncGenerator<readonly ListedObject[], void, undefined> {
  const range = pathTimeRangeOf(files.filter);
  const isEarly = opens && files.filter === null;
  const list = (options.listObjects ?? listObjects)(files.uris, {
    workingDirectory: options.workingDirectory,
    timeZone: files.timeZone ?? options.timeZone,
    looksInside: isEarly,
    ...(options.stores === undefined ? {} : { stores: options.stores }),
    signal,
    onProblem,
    ...(range === null ? {} : { pathTimeRange: range }),
    ...(onWalked === undefined ? {} : { onWalked }),
  });
  const { members } = files;
  const seen = { archives: 0, members: 0 };
  const open = options.openingOf ?? openingOf;
  for await (const objects of list) {
    const { filter } = files;
    const chosen =
      filter === null ? objects : objects.filter((object) => evaluate(filter, fieldsOf(object)) === true);
    if (chosen.length < objects.length) onLeftOut?.(objects.length - chosen.length);
    const opened =
      isEarly || !opens ? chosen : await Promise.all(chosen.map((object) => looked(object, open)));
    if (members === null) yield opened;
    else {
      for (const object of opened) {
        seen.archives++;
        for await (const found of membersOf(object, members, { signal, onProblem })) {
          seen.members += found.length;
          yield found;
        }
      }
    }
  }
  if (members !== null && seen.archives > 0 && seen.members === 0) throw noMembers(files.uris, members);
}

/** Members of an archive have its fields, but for the address. */
async function* membersOf(
  object: ListedObject,
  pattern: string,
  context: Pick<ChoiceContext, "signal" | "onProblem">,
): AsyncGenerator<readonly ListedObject[], void, undefined> {
  for await (const found of listMembers(object, pattern, context))
    yield found.map(({ uri, opening }) => ({ ...object, uri, opening }));
}

function noMembers(uris: readonly string[], members: string): Failure {
  const archives = uris.map((uri) => `"${uri}"`).join(", ");
  return new Failure("source-missing", `No member of ${archives} fits "${members}".`, {
    help: 'LIST("ARCHIVE!/*") lists the members of an archive.',
  });
}

async function looked(
  object: ListedObject,
  open: (path: string) => Promise<ListedObject["opening"]>,
): Promise<ListedObject> {
  if (object.isOneTime || object.opening.kind !== "stream") return object;
  const { uri, root } = object.opening;
  try {
    return { ...object, opening: { ...(await open(uri)), ...(root === undefined ? {} : { root }) } };
  } catch {
    // Whoever reads it learns why it cannot be read, and can go on with the next.
    return object;
  }
}
