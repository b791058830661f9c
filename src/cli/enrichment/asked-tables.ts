/** Which databases a script asks. */
import { type DatabaseKind, describeGeo } from "#enrichment";
import type { Surroundings } from "../surroundings.ts";
import { geoFolder } from "./places.ts";

/** A table on this machine that would answer. */
export interface AskedTable {
  readonly kind: DatabaseKind;
  readonly title: string;
  /** ISO 8601; null: it does not say. */
  readonly date: string | null;
}

/** By function: what answers it, the best first. */
const TABLES_OF: Readonly<Record<string, readonly DatabaseKind[]>> = {
  cc: ["country", "city"],
  city: ["city"],
  geo: ["city"],
  asn: ["asn"],
  asname: ["asn"],
};

/** The databases that a script asks, with the dates of their data. */
export function tablesAsked(asks: readonly string[], surroundings: Surroundings): readonly AskedTable[] {
  if (!asks.some((name) => name in TABLES_OF)) return [];
  const databases = describeGeo({ folder: geoFolder(surroundings) });
  const has = (kind: DatabaseKind) => databases.some((database) => database.kind === kind);
  const kinds = new Set(asks.map((name) => TABLES_OF[name]?.find(has)));
  return databases
    .filter(({ kind }) => kinds.has(kind))
    .map(({ kind, title, builtMs }) => ({
      kind,
      title,
      date: builtMs === null ? null : new Date(builtMs).toISOString().slice(0, 10),
    }));
}

/** The tables as the last part of an explanation; empty text: none is asked. */
export function printTables(tables: readonly AskedTable[]): string {
  const lines = tables.map(({ kind, title, date }) => `  ${kind}: ${title}, ${date ?? "no date"}\n`);
  return lines.length === 0 ? "" : `\n\ntables:\n${lines.join("")}`;
}
