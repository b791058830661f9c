/** Texts of rule files in folders of the user. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { Failure, type TextSource } from "#text";

/** Files of rules, by their endings. */
const RULE_FILE = /\.(?:ya?ml|json)$/i;

/** More files than these are no folder of rules. */
const MOST_FILES = 20_000;

/**
 * The texts of a file, or of all files of rules below a folder, by name.
 *
 * @param from  the folder that a relative path begins at
 */
export function ruleSourcesAt(path: string, from: string): readonly TextSource[] {
  const whole = resolve(from, path);
  try {
    if (!statSync(whole).isDirectory()) return [{ name: path, text: readFileSync(whole, "utf8") }];
    const names = readdirSync(whole, { recursive: true, encoding: "utf8" }).filter((name) =>
      RULE_FILE.test(name),
    );
    if (names.length > MOST_FILES) {
      throw new Failure("limit-reached", `"${path}" holds more than ${MOST_FILES} files of rules.`);
    }
    return names
      .sort()
      .map((name) => join(whole, name))
      .filter((name) => statSync(name).isFile())
      .map((name) => ({ name: join(path, relative(whole, name)), text: readFileSync(name, "utf8") }));
  } catch (error) {
    if (error instanceof Failure) throw error;
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    const message = isMissing ? `There is nothing at "${path}".` : `"${path}" cannot be read.`;
    throw new Failure(isMissing ? "source-missing" : "source-unreadable", message, { cause: error });
  }
}
