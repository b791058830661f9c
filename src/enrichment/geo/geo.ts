/** Where addresses are and whose networks they belong to: look-ups in databases on this machine, at once. */
import { existsSync, readFileSync } from "node:fs";
import type { Address } from "../tables/address-words.ts";
import {
  type DatabaseKind,
  type DatabaseOrigin,
  dayOfVersion,
  findShipped,
  installedFile,
  originOfType,
  SHIPPED_DATABASES,
  type ShippedDatabase,
} from "./databases.ts";
import { Mmdb, NO_RECORD } from "./mmdb.ts";
import { BrokenDatabase } from "./mmdb-values.ts";
import { NetworkTable } from "./network-table.ts";
import { type PlaceRecord, readPlaceRecord } from "./place-record.ts";

/** A database in use. */
export interface GeoDatabase extends DatabaseOrigin {
  readonly kind: DatabaseKind;
  readonly path: string;
  /** Whether the user installed it; else it came with the package. */
  readonly isInstalled: boolean;
  /** When its data was made; milliseconds since 1970 UTC; null: it does not say. */
  readonly builtMs: number | null;
}

/** What is asked of an address. */
export type GeoField = "country" | "city" | "point" | "asn";

/** Look-ups in databases. All answers come at once, out of memory; a database is read when it is asked for the first time. */
export interface Geo {
  /** Whether there is a database that can answer. */
  knows(field: GeoField): boolean;
  /** Two letters, or null. A number is an IPv4 address. */
  country(address: Address): string | null;
  city(address: Address): string | null;
  /** Latitude and longitude in degrees, or null. */
  point(address: Address): readonly [number, number] | null;
  asn(address: Address): number | null;
  asName(address: Address): string | null;
  /** The databases that were asked so far. */
  used(): readonly GeoDatabase[];
  /** Look-ups that damaged databases could not answer; they gave null. */
  damaged(): number;
}

const NOTHING: PlaceRecord = { country: null, city: null, point: null, asn: null, asName: null };

/** Which databases answer what, the best first. */
const ANSWERED_BY: Readonly<Record<GeoField, readonly DatabaseKind[]>> = {
  country: ["country", "city"],
  city: ["city"],
  point: ["city"],
  asn: ["asn"],
};

/** An open database. */
interface Source extends GeoDatabase {
  find(address: Address): PlaceRecord;
}

/** Opens the databases of a folder, and those of the package where the folder has none. Nothing is read yet. */
export function openGeo(options: { readonly folder: string | null; readonly usesShipped?: boolean }): Geo {
  return new Databases(options.folder, options.usesShipped ?? true);
}

class Databases implements Geo {
  readonly #folder: string | null;
  readonly #usesShipped: boolean;
  readonly #sources = new Map<GeoField, Source | null>();
  readonly #opened = new Map<string, Source>();
  #damaged = 0;

  constructor(folder: string | null, usesShipped: boolean) {
    this.#folder = folder;
    this.#usesShipped = usesShipped;
  }

  knows(field: GeoField): boolean {
    return this.#source(field) !== null;
  }

  country(address: Address): string | null {
    return this.#find("country", address).country;
  }

  city(address: Address): string | null {
    return this.#find("city", address).city;
  }

  point(address: Address): readonly [number, number] | null {
    return this.#find("point", address).point;
  }

  asn(address: Address): number | null {
    return this.#find("asn", address).asn;
  }

  asName(address: Address): string | null {
    return this.#find("asn", address).asName;
  }

  used(): readonly GeoDatabase[] {
    return [...this.#opened.values()];
  }

  damaged(): number {
    return this.#damaged;
  }

  #find(field: GeoField, address: Address): PlaceRecord {
    try {
      return this.#source(field)?.find(address) ?? NOTHING;
    } catch (error) {
      if (!(error instanceof BrokenDatabase)) throw error;
      this.#damaged++;
      return NOTHING;
    }
  }

  #source(field: GeoField): Source | null {
    const known = this.#sources.get(field);
    if (known !== undefined) return known;
    const source = this.#open(ANSWERED_BY[field]);
    this.#sources.set(field, source);
    return source;
  }

  /** What the user installed goes before what came with the package. */
  #open(kinds: readonly DatabaseKind[]): Source | null {
    for (const kind of kinds) {
      const path = this.#folder === null ? null : installedFile(this.#folder, kind);
      if (path !== null && existsSync(path)) return this.#once(path, () => installedSource(kind, path));
    }
    if (!this.#usesShipped) return null;
    for (const database of SHIPPED_DATABASES.filter(({ kind }) => kinds.includes(kind))) {
      const found = findShipped(database);
      const [path] = found?.paths ?? [];
      if (found !== null && path !== undefined)
        return this.#once(path, () => shippedSource(database, found.paths, found.version));
    }
    return null;
  }

  #once(path: string, open: () => Source): Source {
    const source = this.#opened.get(path) ?? open();
    this.#opened.set(path, source);
    return source;
  }
}

function installedSource(kind: DatabaseKind, path: string): Source {
  const mmdb = Mmdb.open(readFileSync(path), path);
  const { type, builtMs } = mmdb.metadata;
  const { title, licence, attribution } = originOfType(type);
  return { kind, path, isInstalled: true, builtMs, title, licence, attribution, find: finderOf(mmdb) };
}

function shippedSource(database: ShippedDatabase, paths: readonly string[], version: string): Source {
  const { kind, title, licence, attribution, format } = database;
  const [path = "", second = path] = paths;
  const known = { kind, path, isInstalled: false, title, licence, attribution };
  if (format === "mmdb") {
    const mmdb = Mmdb.open(readFileSync(path), path);
    return { ...known, builtMs: mmdb.metadata.builtMs, find: finderOf(mmdb) };
  }
  const table = new NetworkTable((kindOf) => readFileSync(kindOf === "ipv4" ? path : second));
  const find = (address: Address): PlaceRecord => {
    const network = table.find(address);
    return network === null ? NOTHING : { ...NOTHING, asn: network.asn, asName: network.name };
  };
  return { ...known, builtMs: dayOfVersion(version), find };
}

/** Many addresses share a record: each is decoded once. */
function finderOf(mmdb: Mmdb): (address: Address) => PlaceRecord {
  const records = new Map<number, PlaceRecord>();
  return (address) => {
    const place = mmdb.find(address);
    if (place === NO_RECORD) return NOTHING;
    const known = records.get(place);
    if (known !== undefined) return known;
    const record = readPlaceRecord(mmdb.record(place));
    records.set(place, record);
    return record;
  };
}

/** The database that would answer, without asking it: for people who want to know. Throws `database-broken`. */
export function describeGeo(options: { readonly folder: string | null }): readonly GeoDatabase[] {
  const geo = openGeo(options);
  for (const field of ["country", "asn", "city"] as const) geo.knows(field);
  return geo.used();
}
