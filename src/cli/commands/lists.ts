/** `trawl lists`: the lists of addresses and hosts that scripts ask with IN_LIST. */
import type { Command } from "../command.ts";
import { settingOptions, switchOption } from "../option.ts";

const FORCE_OPTION = switchOption("force", "Ask sources that were asked a short time ago too.");

/** Shows lists and updates them. */
export const LISTS_COMMAND: Command = {
  name: "lists",
  sentence:
    "Shows the lists of addresses that IN_LIST asks, updates them from their sources, shows one, or adds a definition.",
  usage: "[list|update [NAME…]|show NAME|add FILE]",
  positionals: { min: 0, max: Number.MAX_SAFE_INTEGER },
  options: [FORCE_OPTION, ...settingOptions(["timeoutMs", "outboundAllow", "outboundDeny", "color"])],
  examples: [
    "trawl lists",
    "trawl lists update ipsum tor-exits",
    "trawl lists show ipsum",
    "trawl lists add our-scanners.yaml",
  ],
  // Loaded only here: no other command needs it.
  run: async (invocation) => {
    const isForced = invocation.arguments.values.has(FORCE_OPTION.name);
    return (await import("../enrichment/run-lists.ts")).runLists(invocation, isForced);
  },
};
