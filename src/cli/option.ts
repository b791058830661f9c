/** Options of commands as data. */
import { SETTINGS, type Settings } from "#config";

/** An option of a command. */
export interface Option {
  /** Without dashes: `format`. */
  readonly name: string;
  /** One-letter form, without its dash. */
  readonly letter: string | null;
  /** What stands for its value in help; null: it takes none. */
  readonly placeholder: string | null;
  /** Values that may be left out: `--stats` and `--stats json`. The first is meant when there is none. */
  readonly optionalValues: readonly string[] | null;
  readonly sentence: string;
}

/** An option that takes a value. */
export function valueOption(
  name: string,
  placeholder: string,
  sentence: string,
  letter: string | null = null,
): Option {
  return { name, letter, placeholder, optionalValues: null, sentence };
}

/** An option that stands alone. */
export function switchOption(name: string, sentence: string, letter: string | null = null): Option {
  return { name, letter, placeholder: null, optionalValues: null, sentence };
}

/** Settings as options, in the order of the names. */
export function settingOptions(names: readonly (keyof Settings)[]): readonly Option[] {
  return names.map((name) => {
    const { flag, placeholder, sentence, defaultText } = SETTINGS[name];
    return valueOption(flag, placeholder, `${sentence} Default: ${defaultText}.`);
  });
}

/** Settings of what sources may be reached. */
export const REACH_SETTINGS: readonly (keyof Settings)[] = ["outboundAllow", "outboundDeny", "fileAccess"];

/** The options of every command that reads sources. */
export const RUN_OPTIONS: readonly Option[] = settingOptions([
  "timeZone",
  "threads",
  "maxRows",
  "maxBytes",
  "memoryBytes",
  "timeoutMs",
  "tables",
  "nameServers",
  ...REACH_SETTINGS,
  "color",
]);
