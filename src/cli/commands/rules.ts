/** `trawl rules`: the rules that detections ask, what they find, and what they lack. */
import type { Command } from "../command.ts";
import { settingOptions, switchOption, valueOption } from "../option.ts";

/** Lists, shows, tries and judges rules. */
export const RULES_COMMAND: Command = {
  name: "rules",
  sentence:
    "Lists rules, shows one, tries them on their examples and on disguises of these, or says what they lack.",
  usage: "list|show|test|lint [ID…]",
  positionals: { min: 1, max: Number.MAX_SAFE_INTEGER },
  options: [
    valueOption(
      "rules",
      "PATH",
      "Rules from this file or folder instead of the shipped ones: own files, Sigma, sigs.json; may be repeated.",
    ),
    switchOption("as-query", "Show a rule as a script of the query language."),
    valueOption("log-format", "NAME", "The shipped format whose fields the script names. Default: combined."),
    ...settingOptions(["color"]),
  ],
  examples: [
    "trawl rules list",
    "trawl rules show sqli-union-select",
    "trawl rules show sqli-union-select --as-query",
    "trawl rules test --rules my-rules/",
    "trawl rules lint --rules sigs.json",
  ],
  // Loaded only here: no other command waits for the readers of rules.
  run: async (invocation) => (await import("../rules/run-rules.ts")).runRules(invocation),
};
