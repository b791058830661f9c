/** `trawl detect`: who attacked, how, whether it worked, and what to do. */
import type { Command } from "../command.ts";
import { REACH_SETTINGS, settingOptions, switchOption, valueOption } from "../option.ts";

/** Finds attacks in logs. */
export const DETECT_COMMAND: Command = {
  name: "detect",
  sentence: "Finds attacks in logs: who attacked, how, whether it worked, and what to do about it.",
  usage: "URI…",
  positionals: { min: 1, max: Number.MAX_SAFE_INTEGER },
  options: [
    switchOption("findings", "Write the findings, one JSON object per line."),
    switchOption(
      "matches",
      "Write the records that rules match, one JSON object per line, as they are met. Nothing is counted over time.",
    ),
    valueOption("format", "FORMAT", "Format of the answer: text, json, ndjson or csv. Default: text."),
    valueOption("report", "FILE", "Write a page of HTML with everything in it, that works without network."),
    valueOption("incident", "FORMAT", "Write what was promoted as stix, ctim or misp."),
    valueOption("output", "FILE", "Write the answer into this file.", "o"),
    valueOption(
      "rules",
      "PATH",
      "More rules, a file or a folder: own rules, Sigma, sigs.json; may be repeated.",
    ),
    switchOption("only-rules", "Leave out the shipped signatures: ask only the rules of --rules."),
    valueOption("promote", "FILE", "More promotion rules: which findings become incidents; may be repeated."),
    valueOption(
      "inventory",
      "FILE",
      "What the site consists of: a list of its files, as find prints it. Pages that are answered and not in it are suspects.",
    ),
    valueOption(
      "baseline",
      "URI",
      "An earlier log, from when all was well: what it answered belongs to the site too; may be repeated.",
    ),
    valueOption("trusted-proxy", "NETWORK", "Believe this proxy about who its client is; may be repeated."),
    valueOption("target", "HOST", "The host that the logs are of, for incidents in CTIM."),
    switchOption("no-lists", "Do not ask the lists of addresses that were fetched with trawl lists."),
    switchOption("profile-rules", "Tell what each rule cost and how often it matched."),
    ...settingOptions(["timeZone", "threads", "timeoutMs", ...REACH_SETTINGS, "color"]),
  ],
  examples: [
    "trawl detect access.log*",
    "trawl detect access.log --report report.html",
    "trawl detect access.log --findings | jq .sentence",
    "trawl detect access.log --incident stix -o incident.json",
  ],
  // Loaded only here: no other command waits for rules and their engine.
  run: async (invocation) => (await import("../detect/run-detect.ts")).runDetect(invocation),
};
