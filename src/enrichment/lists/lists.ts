/** Which lists an address stands on, now and then: look-ups in the snapshots on this machine, at once. */
import { readFileSync } from "node:fs";
import { Failure, nearestName } from "#text";
import type { Address } from "../tables/address-words.ts";
import type { ListDefinition } from "./definition.ts";
import { countIn, type ListTable, readList } from "./read-list.ts";
import { type Snapshot, snapshotsOf } from "./snapshots.ts";

/** An entry of a list about an address. */
export interface Listing {
  readonly list: string;
  readonly kind: ListDefinition["kind"];
  /** What the list says, such as on how many lists it stands; 1 for lists without counts. */
  readonly count: number;
  /** When the snapshot was fetched; milliseconds since 1970 UTC. */
  readonly atMs: number;
}

/** A list that was asked. */
export interface UsedList {
  readonly name: string;
  /** The snapshots that were asked. */
  readonly snapshots: readonly number[];
  /** Of the newest of them. */
  readonly entries: number;
  readonly wrongLines: number;
}

/** Look-ups in lists. All answers come at once, out of memory; a snapshot is read when it is asked for the first time. */
export interface Lists {
  /** All definitions. */
  readonly definitions: readonly ListDefinition[];
  /**
   * The list's entry about an address; null: it is not on the list. `atMs`: as the list was then; undefined, when nothing was fetched
   * by then, so that nobody knows. Throws a `list-missing` failure: nobody defined the list, or it was never fetched.
   */
  find(name: string, address: Address, atMs?: number): Listing | null | undefined;
  /** As `find`, for the name of a host. Names below a listed name are not listed by it. */
  findHost(name: string, host: string, atMs?: number): Listing | null | undefined;
  /** The entries of all fetched lists about an address, in the order of the definitions. */
  findAll(address: Address, atMs?: number): readonly Listing[];
  findAllOfHost(host: string, atMs?: number): readonly Listing[];
  /** Names of the lists that have been fetched. */
  fetched(): readonly string[];
  /** The lists that were asked so far. */
  used(): readonly UsedList[];
}

/** Opens lists: the snapshots in a folder, by their definitions. Nothing is read yet. */
export function openLists(options: {
  readonly folder: string;
  readonly definitions: readonly ListDefinition[];
}): Lists {
  return new StoredLists(options.folder, options.definitions);
}

class StoredLists implements Lists {
  readonly definitions: readonly ListDefinition[];
  readonly #folder: string;
  readonly #snapshots = new Map<string, readonly Snapshot[]>();
  readonly #tables = new Map<string, ListTable>();
  readonly #used = new Map<string, Set<Snapshot>>();
  #fetched: readonly ListDefinition[] | null = null;

  constructor(folder: string, definitions: readonly ListDefinition[]) {
    this.#folder = folder;
    this.definitions = definitions;
  }

  find(name: string, address: Address, atMs?: number): Listing | null | undefined {
    return this.#ask(this.#definition(name), atMs, (table) => countIn(table, address));
  }

  findHost(name: string, host: string, atMs?: number): Listing | null | undefined {
    return this.#ask(this.#definition(name), atMs, (table) => (table.hosts.has(host) ? 1 : null));
  }

  findAll(address: Address, atMs?: number): readonly Listing[] {
    return this.#askAll(atMs, (table) => countIn(table, address));
  }

  findAllOfHost(host: string, atMs?: number): readonly Listing[] {
    return this.#askAll(atMs, (table) => (table.hosts.has(host) ? 1 : null));
  }

  fetched(): readonly string[] {
    return this.#fetchedLists().map(({ name }) => name);
  }

  used(): readonly UsedList[] {
    return [...this.#used].map(([name, snapshots]) => {
      const asked = [...snapshots].sort((left, right) => left.atMs - right.atMs);
      const newest = this.#tables.get(asked.at(-1)?.path ?? "");
      const { entries = 0, wrongLines = 0 } = newest ?? {};
      return { name, snapshots: asked.map(({ atMs }) => atMs), entries, wrongLines };
    });
  }

  #askAll(atMs: number | undefined, find: (table: ListTable) => number | null): readonly Listing[] {
    return this.#fetchedLists().flatMap((definition) => this.#ask(definition, atMs, find) ?? []);
  }

  #ask(
    definition: ListDefinition,
    atMs: number | undefined,
    find: (table: ListTable) => number | null,
  ): Listing | null | undefined {
    const snapshots = this.#snapshotsOf(definition.name);
    if (snapshots.length === 0) throw neverFetched(definition.name);
    const snapshot = atMs === undefined ? snapshots.at(-1) : lastUntil(snapshots, atMs);
    if (snapshot === undefined) return undefined;
    const count = find(this.#table(definition, snapshot));
    return count === null
      ? null
      : { list: definition.name, kind: definition.kind, count, atMs: snapshot.atMs };
  }

  #definition(name: string): ListDefinition {
    const definition = this.definitions.find((one) => one.name === name);
    if (definition !== undefined) return definition;
    const names = this.definitions.map((one) => one.name);
    const nearest = nearestName(name, names);
    throw new Failure("list-missing", `There is no list "${name}".`, {
      help: nearest === null ? `Lists: ${names.join(", ")}.` : `Did you mean "${nearest}"?`,
    });
  }

  #fetchedLists(): readonly ListDefinition[] {
    this.#fetched ??= this.definitions.filter(({ name }) => this.#snapshotsOf(name).length > 0);
    return this.#fetched;
  }

  #snapshotsOf(name: string): readonly Snapshot[] {
    let snapshots = this.#snapshots.get(name);
    if (snapshots === undefined) {
      snapshots = snapshotsOf(this.#folder, name);
      this.#snapshots.set(name, snapshots);
    }
    return snapshots;
  }

  #table(definition: ListDefinition, snapshot: Snapshot): ListTable {
    const known = this.#tables.get(snapshot.path);
    if (known !== undefined) return known;
    const table = readList(readFileSync(snapshot.path), definition);
    this.#tables.set(snapshot.path, table);
    const used = this.#used.get(definition.name) ?? new Set();
    this.#used.set(definition.name, used.add(snapshot));
    return table;
  }
}

function lastUntil(snapshots: readonly Snapshot[], atMs: number): Snapshot | undefined {
  let [first, behind] = [0, snapshots.length];
  while (first < behind) {
    const middle = (first + behind) >>> 1;
    if ((snapshots[middle]?.atMs ?? 0) <= atMs) first = middle + 1;
    else behind = middle;
  }
  return snapshots[first - 1];
}

function neverFetched(name: string): Failure {
  return new Failure("list-missing", `The list "${name}" was never fetched.`, {
    help: `Fetch it: trawl lists update ${name}.`,
  });
}
