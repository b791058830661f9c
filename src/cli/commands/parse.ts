/** `trawl parse`: applies a pattern alone, for trying it. */
import { type Pattern, parsePattern, type Relation } from "#language";
import { unsupportedElements } from "#records";
import { Failure, type TextSource } from "#text";
import { lastValue } from "../arguments.ts";
import type { Command, Invocation } from "../command.ts";
import { answerFormat } from "../detection.ts";
import { EXIT } from "../exit-codes.ts";
import { runExplainUnmatched } from "../explain-unmatched.ts";
import { FOLLOW_OPTION, follows } from "../follow/follow-option.ts";
import { runFollow } from "../follow/run-follow.ts";
import { RUN_OPTIONS, switchOption, valueOption } from "../option.ts";
import { choosesFormat, OUTPUT_OPTIONS, openTarget, readOutputChoice } from "../output-options.ts";
import { runRelation } from "../run-relation.ts";
import { readText, TEXT_OPTION } from "../script.ts";
import { inSession, lookingOf, type Session } from "../session.ts";

const PATTERN_OPTION = valueOption("pattern", "FILE", "The file that holds the pattern.", "p");

const EXPLAIN_OPTION = switchOption(
  "explain-unmatched",
  "Instead of rows, tell which bytes the pattern does not match and at which of its elements it failed there. Without a pattern, that of the format found by looking.",
);

/** Applies a pattern to sources. */
export const PARSE_COMMAND: Command = {
  name: "parse",
  sentence: "Applies a pattern to sources and writes its fields, for trying the pattern.",
  usage: "URI…",
  positionals: { min: 1, max: Number.MAX_SAFE_INTEGER },
  options: [PATTERN_OPTION, TEXT_OPTION, EXPLAIN_OPTION, FOLLOW_OPTION, ...OUTPUT_OPTIONS, ...RUN_OPTIONS],
  examples: [
    "trawl parse --pattern app.sxp app.log",
    `trawl parse -e "IPADDR:client_ip ' ' LD:rest EOL" 'logs/*.log' --format csv`,
    "trawl parse --explain-unmatched --pattern app.sxp 'logs/*.log.gz'",
  ],
  run,
};

async function run(invocation: Invocation): Promise<number> {
  const { surroundings, arguments: parsed } = invocation;
  const output = readOutputChoice(parsed, surroundings.stdout.isTTY === true);
  const explains = parsed.values.has(EXPLAIN_OPTION.name);
  if (explains && follows(parsed)) {
    throw new Failure("usage", `--${EXPLAIN_OPTION.name} reads what is there, and cannot be followed.`);
  }
  return inSession(invocation, async (session) => {
    const pattern = await patternOf(session, explains);
    if (pattern === null) return EXIT.wrongText.code;
    const uris = parsed.positionals;
    const open = () => openTarget(output, surroundings, session.stop.signal);
    if (explains) {
      const rows = choosesFormat(parsed) ? output : null;
      return runExplainUnmatched({ pattern, uris, session, output: rows, target: await open() });
    }
    if (pattern.fields.length === 0) throw namelessPattern(pattern.source);
    const relation = relationOfPattern(pattern, uris);
    const answered = { relation, session, output, target: await open() };
    return follows(parsed) ? runFollow(answered) : runRelation(answered);
  });
}

/** The pattern that is named, or found by looking where that is allowed; null when it has mistakes, which are told. */
async function patternOf(session: Session, mayLook: boolean): Promise<Pattern | null> {
  const { arguments: parsed, surroundings, messages } = session.invocation;
  const typed = lastValue(parsed, TEXT_OPTION.name);
  const path = lastValue(parsed, PATTERN_OPTION.name);
  if (mayLook && typed === null && path === null) return foundPattern(parsed.positionals, session);
  const source = await readText({ typed, path }, "pattern", surroundings.workingDirectory);
  const { pattern, diagnostics } = parsePattern(source);
  const problems = pattern === null ? [] : unsupportedElements(pattern);
  messages.diagnostics([...diagnostics, ...problems]);
  return problems.length > 0 ? null : pattern;
}

/** The pattern of the shipped format that fits the sources. */
async function foundPattern(uris: readonly string[], session: Session): Promise<Pattern> {
  const answer = await answerFormat({ kind: "format", uris, members: null }, lookingOf(session));
  if (answer.kind === "format") return answer.pattern;
  throw new Failure(
    "format-unknown",
    answer.kind === "missing" ? answer.message : "The format is not known.",
    {
      help: "Name a pattern: -p FILE, or -e 'TEXT'.",
    },
  );
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
    members: null,
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
