/** `trawl lsp`: what editors need to know about scripts and patterns, by the Language Server Protocol. */
import type { Command } from "../command.ts";
import { settingOptions, switchOption } from "../option.ts";

/** Serves an editor over standard input and output. */
export const LSP_COMMAND: Command = {
  name: "lsp",
  sentence: "Serves an editor by the Language Server Protocol over standard input and output.",
  usage: "",
  positionals: { min: 0, max: 0 },
  options: [
    switchOption("stdio", "What editors say by habit; it is always so."),
    ...settingOptions(["timeZone"]),
  ],
  examples: ["trawl lsp"],
  // Loaded only here: no other command waits for the protocol's library.
  run: async (invocation) => (await import("../lsp/serve.ts")).serveEditor(invocation),
};
