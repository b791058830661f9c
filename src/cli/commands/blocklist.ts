/** `trawl blocklist`: whom to block, in the formats of firewalls. */
import type { Command } from "../command.ts";
import { REACH_SETTINGS, settingOptions, switchOption, valueOption } from "../option.ts";

/** Makes block lists of what detections find. */
export const BLOCKLIST_COMMAND: Command = {
  name: "blocklist",
  sentence: "Lists the clients whose findings are reason enough to block them.",
  usage: "URI…",
  positionals: { min: 1, max: Number.MAX_SAFE_INTEGER },
  options: [
    valueOption("format", "FORMAT", "plain, cidr, ipset, nftables, nginx or json. Default: plain."),
    valueOption("ttl", "DURATION", "How long the list holds, such as 10min or 24h. Default: 24h."),
    valueOption("allow", "FILE", "Addresses and networks that are never blocked; may be repeated."),
    valueOption("min-severity", "LEVEL", "Findings below it block nobody. Default: high."),
    switchOption("incidents", "Block only clients of incidents."),
    switchOption(
      "verify-crawlers",
      "Ask DNS whether clients are the crawlers of search engines, and spare those that are.",
    ),
    switchOption("preview", "Tell who would be blocked and why, and who is spared; write no list."),
    valueOption("set-name", "NAME", "Name of the sets or table. Default: trawl."),
    valueOption("rules", "PATH", "More rules, a file or a folder; may be repeated."),
    switchOption("only-rules", "Leave out the shipped signatures."),
    valueOption("promote", "FILE", "More promotion rules; may be repeated."),
    valueOption("inventory", "FILE", "What the site consists of, as find prints it."),
    switchOption("no-lists", "Do not ask the lists of addresses that were fetched with trawl lists."),
    valueOption(
      "baseline",
      "URI",
      "An earlier log, from when all was well: what it answered belongs to the site too; may be repeated.",
    ),
    valueOption("trusted-proxy", "NETWORK", "Believe this proxy about who its client is; may be repeated."),
    valueOption("output", "FILE", "Write the list into this file.", "o"),
    ...settingOptions(["timeZone", "threads", "timeoutMs", ...REACH_SETTINGS, "color"]),
  ],
  examples: [
    "trawl blocklist access.log --preview",
    "trawl blocklist access.log --format ipset --ttl 10min --allow allow.txt | ipset restore",
    "trawl blocklist access.log --format nginx -o blocked.conf",
  ],
  run: async (invocation) => (await import("../detect/run-blocklist.ts")).runBlocklist(invocation),
};
