/** Where the clients of a report are, by the database of countries on this machine. */
import type { ClientPlaces } from "#actions";
import type { DetectionReport } from "#detections";
import type { GeoDatabase } from "#enrichment";
import { Failure, readAddress } from "#text";
import type { Invocation } from "../command.ts";
import { geoOf } from "../enrichment/places.ts";

/** The countries of all clients; null: no database knows countries, or it cannot be used, which is told. */
export function placesOf(
  { findings }: DetectionReport,
  { surroundings, messages }: Invocation,
): ClientPlaces | null {
  try {
    const geo = geoOf(surroundings);
    if (!geo.knows("country")) {
      messages.note("No database of countries is installed: the report has no map.");
      return null;
    }
    const clients = new Set(findings.flatMap(({ client }) => client ?? []));
    const countries = [...clients].flatMap((client): [string, string][] => {
      const address = readAddress(client);
      const country = address === null ? null : geo.country(address);
      return country !== null && /^[A-Z]{2}$/.test(country) ? [[client, country]] : [];
    });
    return { countries, source: geo.used().map(printSource).join(" ") };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    messages.warning(`${error.message} The report has no map.`);
    return null;
  }
}

function printSource({ title, builtMs, attribution }: GeoDatabase): string {
  const day = builtMs === null ? "" : `, of ${new Date(builtMs).toISOString().slice(0, 10)}`;
  return `Countries: ${title}${day}. ${attribution}. Shapes: Natural Earth.`;
}
