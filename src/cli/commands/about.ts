/** `trawl about`: versions, licences, and whose data it uses. */
import type { Command } from "../command.ts";

/** Shows versions, licences and data. */
export const ABOUT_COMMAND: Command = {
  name: "about",
  sentence: "Shows versions, licences, and whose data is used, with its date and attribution.",
  usage: "",
  positionals: { min: 0, max: 0 },
  options: [],
  examples: ["trawl about"],
  // Loaded only here: no other command needs it.
  run: async (invocation) => (await import("../enrichment/run-about.ts")).runAbout(invocation),
};
