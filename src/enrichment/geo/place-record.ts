/** What records of databases say about an address, whoever made them. */
import type { MmdbMap, MmdbValue } from "./mmdb-values.ts";

/** What is known of an address; null: not known. */
export interface PlaceRecord {
  /** Two letters. */
  readonly country: string | null;
  readonly city: string | null;
  /** Latitude and longitude in degrees. */
  readonly point: readonly [number, number] | null;
  readonly asn: number | null;
  readonly asName: string | null;
}

/** Reads a record as MaxMind and DB-IP write them, nested, or flat as others do. Unknown members are left out. */
export function readPlaceRecord(record: MmdbValue): PlaceRecord {
  const root = mapOf(record);
  const country = mapOf(root?.get("country")) ?? mapOf(root?.get("registered_country"));
  const city = mapOf(root?.get("city"));
  const location = mapOf(root?.get("location")) ?? root;
  const [latitude, longitude] = [numberOf(location?.get("latitude")), numberOf(location?.get("longitude"))];
  const asn = numberOf(root?.get("autonomous_system_number") ?? root?.get("asn"));
  return {
    country: textOf(country?.get("iso_code") ?? root?.get("country_code")),
    city: textOf(mapOf(city?.get("names"))?.get("en") ?? root?.get("city")),
    point: latitude === null || longitude === null ? null : [latitude, longitude],
    asn: asn !== null && Number.isSafeInteger(asn) ? asn : null,
    asName: textOf(
      root?.get("autonomous_system_organization") ?? root?.get("as_name") ?? root?.get("organization"),
    ),
  };
}

function mapOf(value: MmdbValue | undefined): MmdbMap | null {
  return value instanceof Map ? value : null;
}

function textOf(value: MmdbValue | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function numberOf(value: MmdbValue | undefined): number | null {
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string" && value !== "" && !Number.isNaN(Number(value))) return Number(value);
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
