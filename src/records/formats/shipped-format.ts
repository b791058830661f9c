/** The formats that come with Trawl: what is known of each before its pattern is needed. */
import type { HeaderStyleName, Pattern } from "#language";

/** What kind of log a format is. */
export const FORMAT_CATEGORIES = [
  "web",
  "auth",
  "system",
  "firewall",
  "proxy",
  "cloud",
  "network",
  "honeypot",
  "container",
  "database",
  "mail",
  "application",
] as const;
export type FormatCategory = (typeof FORMAT_CATEGORIES)[number];

/** A shipped format: one folder of `packs/`. */
export interface ShippedFormat {
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  readonly category: FormatCategory;
  readonly description: string;
  /** The field that holds the time of the event. */
  readonly timestampField: string;
  /** Some line of the format fits this. Cheap to test, and no proof. */
  readonly hint: RegExp;
  /** Where its fields go in the Elastic Common Schema, when that is not where `packs/fields.json` puts fields of these names. */
  readonly ecsExceptions: Readonly<Record<string, string>>;
  /** How its columns are named by the data; null when the pattern knows them. */
  readonly header: FormatHeader | null;
  /** Its pattern; parsed when first asked for. Of a format with headers: that of its usual columns. */
  readonly pattern: () => Pattern;
  /** The names of a pattern's fields in the Elastic Common Schema, by field; fields without one are left out. */
  readonly ecs: (pattern: Pattern) => Readonly<Record<string, string>>;
  /** Its sample log. */
  readonly sample: () => string;
}

/** How a format whose headers name its columns is read. */
export interface FormatHeader {
  readonly style: HeaderStyleName;
  /** What stands between values. */
  readonly separator: string;
  /** Values with separators inside stand in double quotes. */
  readonly isQuoted: boolean;
  /** Columns that have a name and type of their own here; all others are texts under their own names. */
  readonly columns: ReadonlyMap<string, KnownColumn>;
  /** The usual columns. */
  readonly usual: readonly HeaderColumn[];
  /** Data without a header has the usual columns. */
  readonly isAssumed: boolean;
}

/** What a column is read as. `zeek`: what the line `#types` says. */
export const COLUMN_KINDS = [
  "text",
  "int",
  "long",
  "double",
  "ip",
  "host",
  "seconds",
  "date",
  "time",
  "httpdate",
  "zeek",
] as const;
export type ColumnKind = (typeof COLUMN_KINDS)[number];

/** A column as `format.json` knows it. A host is an address in `field`, or a name in `nameField`. */
export interface KnownColumn {
  readonly kind: ColumnKind;
  readonly field: string;
  readonly nameField: string | null;
}

/** A column as a header names it; `type` is what Zeek's line `#types` says. */
export interface HeaderColumn {
  readonly name: string;
  readonly type: string | null;
}
