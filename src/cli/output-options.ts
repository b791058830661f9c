/** The options that say how and where results are written. */
import { Failure } from "#text";
import type { StatsChoice } from "./account.ts";
import { type Arguments, lastValue } from "./arguments.ts";
import { type Option, switchOption, valueOption } from "./option.ts";
import { OUTPUT_FORMATS, outputFormatOf, outputFormatOfPath } from "./output/formats.ts";
import type { OutputFormat } from "./output/output-format.ts";
import { type OutputTarget, openFileOutput, openStandardOutput } from "./output-target.ts";
import type { Surroundings } from "./surroundings.ts";

const FORMAT_OPTION = valueOption(
  "format",
  "FORMAT",
  `Format of the rows: ${OUTPUT_FORMATS.map((format) => format.name).join(", ")}. Default: what the ending of -o says, else a table on a terminal and NDJSON elsewhere.`,
);
const OUTPUT_OPTION = valueOption(
  "output",
  "FILE",
  "Write rows to a file, which appears only when it is complete.",
  "o",
);
const GUARD_OPTION = switchOption(
  "csv-safe",
  "In CSV, put an apostrophe before texts that a spreadsheet would take for a formula.",
);
const STATS_OPTION: Option = {
  name: "stats",
  letter: null,
  placeholder: null,
  optionalValues: ["text", "json"],
  sentence: "Say on standard error what was read and how long it took, as text or as one last line of JSON.",
};

/** The options of every command that gives rows. */
export const OUTPUT_OPTIONS: readonly Option[] = [FORMAT_OPTION, OUTPUT_OPTION, GUARD_OPTION, STATS_OPTION];

/** How and where results are to be written. */
export interface OutputChoice {
  readonly format: OutputFormat;
  /** Null: standard output. */
  readonly path: string | null;
  readonly guardsFormulas: boolean;
  readonly stats: StatsChoice;
}

/** What the options ask for. Throws `usage` failures. */
export function readOutputChoice(parsed: Arguments, isTerminal: boolean): OutputChoice {
  const path = lastValue(parsed, OUTPUT_OPTION.name);
  const format = chooseFormat(lastValue(parsed, FORMAT_OPTION.name), path, isTerminal);
  const guardsFormulas = parsed.values.has(GUARD_OPTION.name);
  if (guardsFormulas && format.name !== "csv") {
    throw new Failure("usage", `--csv-safe is for CSV, and the format is ${format.name}.`);
  }
  const isBinary = format.storedAs !== undefined || format.isBinary === true;
  if (isBinary && isTerminal && (path === null || path === "-")) {
    throw new Failure("usage", `A terminal cannot show ${format.name}.`, {
      help: "Write it to a file: -o FILE.",
    });
  }
  const stats = lastValue(parsed, STATS_OPTION.name);
  return { format, path, guardsFormulas, stats: stats === "text" || stats === "json" ? stats : null };
}

/** Whether the options name a format, by its name or by the ending of a file. */
export function choosesFormat(parsed: Arguments): boolean {
  const path = lastValue(parsed, OUTPUT_OPTION.name);
  return parsed.values.has(FORMAT_OPTION.name) || (path !== null && outputFormatOfPath(path) !== null);
}

/** Opens the output of a run that the signal stops. Throws `output-unwritable`. */
export function openTarget(
  choice: OutputChoice,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<OutputTarget> {
  const { format, path } = choice;
  if (path !== null && path !== "-") return openFileOutput(path, surroundings.workingDirectory);
  return Promise.resolve(openStandardOutput(surroundings.stdout, format.isTerminalSafe, signal));
}

function chooseFormat(name: string | null, path: string | null, isTerminal: boolean): OutputFormat {
  if (name !== null) return outputFormatOf(name);
  const ofPath = path === null ? null : outputFormatOfPath(path);
  return ofPath ?? outputFormatOf(isTerminal && (path === null || path === "-") ? "table" : "ndjson");
}
