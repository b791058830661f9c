/** `trawl incident`: hands incidents on to another system, and takes them back. */
import type { Command } from "../command.ts";
import { settingOptions, switchOption, valueOption } from "../option.ts";

/** Sends incidents to a CTIM server, and deletes what was sent. */
export const INCIDENT_COMMAND: Command = {
  name: "incident",
  sentence:
    "Sends incidents to Cisco XDR, or another server of CTIM, and deletes what was sent. Sending twice adds nothing.",
  usage: "send FILE | clean",
  positionals: { min: 1, max: 2 },
  options: [
    valueOption(
      "to",
      "URL",
      "The server: https://private.intel.eu.amp.cisco.com, or the address of its API.",
    ),
    valueOption("client-id", "ID", "The API client's id: env:NAME, file:PATH, or the id itself."),
    valueOption("client-secret", "SECRET", "Where its secret is: env:NAME or file:PATH."),
    valueOption(
      "token-url",
      "URL",
      "Where tokens are given. Default: of Cisco's servers the one of the same region, of others /iroh/oauth2/token.",
    ),
    valueOption("feed", "ID", "Add the clients to a blocking feed too: the id of its indicator."),
    valueOption("source", "NAME", "Whose objects clean deletes, by their source. Default: Trawl."),
    switchOption("yes", "Let clean delete what it finds; without it, it only counts."),
    switchOption("dry-run", "Show the requests that would be sent, and send none."),
    ...settingOptions(["timeoutMs", "outboundAllow", "outboundDeny", "color"]),
  ],
  examples: [
    "trawl detect access.log --incident ctim -o incident.json",
    "trawl incident send incident.json --to https://private.intel.eu.amp.cisco.com --dry-run",
    "trawl incident send incident.json --to https://private.intel.eu.amp.cisco.com --client-id env:XDR_ID --client-secret env:XDR_SECRET",
    "trawl incident clean --to https://private.intel.eu.amp.cisco.com --client-id env:XDR_ID --client-secret file:xdr.secret --yes",
  ],
  // Loaded only here: no other command needs it.
  run: async (invocation) => (await import("../incident/run-incident.ts")).runIncident(invocation),
};
