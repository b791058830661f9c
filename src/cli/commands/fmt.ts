/** `trawl fmt`: formats scripts and patterns. */
import type { Command } from "../command.ts";
import { settingOptions, switchOption } from "../option.ts";

const CHECK_OPTION = switchOption(
  "check",
  "Only tell which files are not formatted; exit code 3 when there are any.",
);
const WRITE_OPTION = switchOption("write", "Change the files.", "w");

/** Formats scripts and patterns. */
export const FMT_COMMAND: Command = {
  name: "fmt",
  sentence: "Formats scripts (.sx) and patterns (.sxp); writes the text, or changes the files.",
  usage: "FILE…",
  positionals: { min: 1, max: Number.MAX_SAFE_INTEGER },
  options: [CHECK_OPTION, WRITE_OPTION, ...settingOptions(["color"])],
  examples: [
    "trawl fmt report.sx",
    "trawl fmt --write scripts/*.sx",
    "trawl fmt --check scripts/*.sx",
    "trawl fmt - < report.sx",
  ],
  // Loaded only here: no other command needs what editors need.
  run: async (invocation) => {
    const { values } = invocation.arguments;
    const wish = { isCheck: values.has(CHECK_OPTION.name), isWrite: values.has(WRITE_OPTION.name) };
    return (await import("../formatting.ts")).formatFiles(invocation, wish);
  },
};
