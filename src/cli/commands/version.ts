/** `trawl version`: which version this is. */
import { readFileSync } from "node:fs";
import { packageFolder } from "#sources";
import { invariant } from "#text";
import type { Command } from "../command.ts";
import { EXIT } from "../exit-codes.ts";

const PACKAGE_FILE = new URL("package.json", packageFolder());

/** Shows the version. */
export const VERSION_COMMAND: Command = {
  name: "version",
  sentence: "Shows the version of Trawl and of Node.js.",
  usage: "",
  positionals: { min: 0, max: 0 },
  options: [],
  examples: [],
  run({ surroundings }) {
    surroundings.stdout.write(`trawl ${versionOfPackage()} (Node.js ${process.version})\n`);
    return Promise.resolve(EXIT.done.code);
  },
};

function versionOfPackage(): string {
  const content: unknown = JSON.parse(readFileSync(PACKAGE_FILE, "utf8"));
  const isPackage = typeof content === "object" && content !== null && "version" in content;
  invariant(isPackage && typeof content.version === "string", "the package has a version");
  return content.version;
}
