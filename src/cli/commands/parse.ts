/** `trawl parse`: applies a pattern alone, for trying it. */
import { type Pattern, parsePattern, type Relation } from "#language";
import { unsupportedElements } from "#records";
import { Failure, type TextSource } from "#text";
import { lastValue } from "../arguments.ts";
import type { Command, Invocation } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { RUN_OPTIONS, valueOption } from "../option.ts";
import { OUTPUT_OPTIONS, openTarget, readOutputChoice } from "../output-options.ts";
import { runRelation } from "../run-relation.ts";
import { readText, TEXT_OPTION } from "../script.ts";
import { inSession } from "../session.ts";

const PATTERN_OPTION = valueOption("pattern", "FILE", "The file that holds the pattern.", "p");

/** Applies a pattern to sources. */
export const PARSE_COMMAND: Command = {
  name: "parse",
  sentence: "Applies a pattern to sources and writes its fields, for trying the pattern.",
  usage: "URI…",
  positionals: { min: 1, max: Number.MAX_SAFE_INTEGER },
  options: [PATTERN_OPTION, TEXT_OPTION, ...OUTPUT_OPTIONS, ...RUN_OPTIONS],
  examples: [
    "trawl parse --pattern app.sxp app.log",
    `trawl parse -e "IPADDR:client_ip ' ' LD:rest EOL" 'logs/*.log' --format csv`,
  ],
  run,
};

async function run(invocation: Invocation): Promise<number> {
  const { surroundings, arguments: parsed, messages } = invocation;
  const output = readOutputChoice(parsed, surroundings.stdout.isTTY === true);
  const place = {
    typed: lastValue(parsed, TEXT_OPTION.name),
    path: lastValue(parsed, PATTERN_OPTION.name),
  };
  const source = await readText(place, "pattern", surroundings.workingDirectory);
  const { pattern, diagnostics } = parsePattern(source);
  const problems = pattern === null ? [] : unsupportedElements(pattern);
  messages.diagnostics([...diagnostics, ...problems]);
  if (pattern === null || problems.length > 0) return EXIT.wrongText.code;
  if (pattern.fields.length === 0) throw namelessPattern(source);
  const relation = relationOfPattern(pattern, parsed.positionals);
  return inSession(invocation, async (session) => {
    const target = await openTarget(output, surroundings, session.stop.signal);
    return runRelation({ relation, session, output, target });
  });
}

/** The query that applies a pattern to sources and shows all of its fields. */
function relationOfPattern(pattern: Pattern, uris: readonly string[]): Relation {
  const { span } = pattern.root;
  const columns = pattern.fields.map(({ name, type }, id) => ({ id, name, type, isHidden: false }));
  return {
    kind: "parse",
    columns,
    span,
    listing: { kind: "listing", columns: [], span, uris, timeZone: null, fields: [] },
    pattern,
    formatName: null,
    fields: columns.map(({ id, name }) => ({ column: id, name })),
    systemFields: [],
  };
}

function namelessPattern({ name }: TextSource): Failure {
  return new Failure("nothing-to-run", `The pattern of "${name}" gives no field a name.`, {
    help: "A name follows a colon: IPADDR:client_ip",
  });
}
