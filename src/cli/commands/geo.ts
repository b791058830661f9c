/** `trawl geo`: the databases of places and networks that CC, CITY, GEO, ASN and ASNAME ask. */
import { lastValue } from "../arguments.ts";
import type { Command } from "../command.ts";
import { settingOptions, valueOption } from "../option.ts";

/** DB-IP's free databases, of which there is a new one each month. Licence: CC BY 4.0. */
const DATABASE_SOURCE = "https://download.db-ip.com/free/dbip-{kind}-lite-{month}.mmdb.gz";
const FROM_OPTION = valueOption(
  "from",
  "URL",
  `Where update gets databases: {kind} stands for country, asn or city, {month} for a month such as 2026-10. Default: ${DATABASE_SOURCE}.`,
);

/** Shows databases, gets new ones, or installs one. */
export const GEO_COMMAND: Command = {
  name: "geo",
  sentence:
    "Shows the databases of places and networks, gets new ones from DB-IP, or installs one of MaxMind or others.",
  usage: "[status|update [country|asn|city…]|use FILE.mmdb]",
  positionals: { min: 0, max: 4 },
  options: [FROM_OPTION, ...settingOptions(["timeoutMs", "outboundAllow", "outboundDeny", "color"])],
  examples: ["trawl geo", "trawl geo update", "trawl geo update city", "trawl geo use GeoLite2-City.mmdb"],
  // Loaded only here: no other command needs it.
  run: async (invocation) => {
    const source = lastValue(invocation.arguments, FROM_OPTION.name) ?? DATABASE_SOURCE;
    return (await import("../enrichment/run-geo.ts")).runGeo(invocation, source);
  },
};
