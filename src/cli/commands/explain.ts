/** `trawl explain`: shows how a script would be answered. */

import { emitModule, indentText } from "#records";
import { explainQuery, printExplanation, type QueryExplanation } from "#relations";
import { Failure } from "#text";
import { lastValue } from "../arguments.ts";
import type { Command, Invocation } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { REACH_SETTINGS, settingOptions, switchOption, valueOption } from "../option.ts";
import { ARGUMENT_OPTION, readScript, STATEMENT_OPTION, TEXT_OPTION } from "../script.ts";
import { inSession, relationOf } from "../session.ts";

const WASM_OPTION = switchOption("wasm", "Show the text of the WebAssembly modules that would scan.");
const FORMAT_OPTION = valueOption(
  "format",
  "FORMAT",
  "Format of the explanation: text or json. Default: text.",
);

/** Explains a script. */
export const EXPLAIN_COMMAND: Command = {
  name: "explain",
  sentence:
    "Shows how a script would be answered: its plan, what the scan takes over, the engine's statement.",
  usage: "[FILE]",
  positionals: { min: 0, max: 1 },
  options: [
    TEXT_OPTION,
    ARGUMENT_OPTION,
    STATEMENT_OPTION,
    WASM_OPTION,
    FORMAT_OPTION,
    ...settingOptions(["timeZone", ...REACH_SETTINGS, "color"]),
  ],
  examples: [`trawl explain -e "PARSE(src:'access.log') | select(status, n:count(*)) | group(status)"`],
  run,
};

async function run(invocation: Invocation): Promise<number> {
  const { surroundings, arguments: parsed, settings } = invocation;
  const format = lastValue(parsed, FORMAT_OPTION.name) ?? "text";
  if (format !== "text" && format !== "json") {
    throw new Failure("usage", `--format takes "text" or "json" here, not "${format}".`);
  }
  const source = await readScript(parsed, surroundings.workingDirectory);
  return inSession(invocation, async (session) => {
    const relation = await relationOf(source, session);
    if (relation === null) return EXIT.wrongText.code;
    const explanation = explainQuery(relation, { timeZone: settings.timeZone, nowMs: session.nowMs });
    const isWasm = parsed.values.has(WASM_OPTION.name);
    const { printTables, tablesAsked } = await import("../enrichment/asked-tables.ts");
    const tables = tablesAsked(explanation.asks, surroundings);
    const text = isWasm ? printModules(explanation) : printExplanation(explanation) + printTables(tables);
    surroundings.stdout.write(format === "json" ? `${toJson({ ...explanation, tables })}\n` : text);
    return EXIT.done.code;
  });
}

/** Plain data as JSON; big integers become numbers written as text. */
function toJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_, member: unknown) => (typeof member === "bigint" ? String(member) : member),
    2,
  );
}

/** The text of the modules that would scan, one after the other. */
function printModules({ scans }: QueryExplanation): string {
  return scans.map(({ spec }) => `${indentText(emitModule(spec).wat)}\n`).join("\n");
}
