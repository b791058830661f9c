/** `trawl query`: answers a script. */
import type { Command, Invocation } from "../command.ts";
import { DRY_RUN_OPTION, dryRun } from "../dry-run.ts";
import { EXIT } from "../exit-codes.ts";
import { FOLLOW_OPTION, follows } from "../follow/follow-option.ts";
import { runFollow } from "../follow/run-follow.ts";
import { RUN_OPTIONS } from "../option.ts";
import { OUTPUT_OPTIONS, openTarget, readOutputChoice } from "../output-options.ts";
import { OUTSIDE_OPTIONS } from "../outside.ts";
import { runRelation } from "../run-relation.ts";
import { ARGUMENT_OPTION, readScript, STATEMENT_OPTION, TEXT_OPTION } from "../script.ts";
import { inSession, relationOf } from "../session.ts";
import { WRITE_OPTION } from "../stores.ts";

/** Answers a script. */
export const QUERY_COMMAND: Command = {
  name: "query",
  sentence: "Answers a script: reads the sources it names and writes the rows it asks for.",
  usage: "[FILE]",
  positionals: { min: 0, max: 1 },
  options: [
    TEXT_OPTION,
    ARGUMENT_OPTION,
    STATEMENT_OPTION,
    FOLLOW_OPTION,
    ...OUTPUT_OPTIONS,
    WRITE_OPTION,
    ...OUTSIDE_OPTIONS,
    DRY_RUN_OPTION,
    ...RUN_OPTIONS,
  ],
  examples: [
    `trawl query -e "PARSE(src:'access.log') | filter(status = 404) | limit(10)"`,
    "trawl query report.sx --arg from=2026-10-01 -o report.csv",
    `trawl query --follow -e "PARSE(src:'access.log') | filter(status >= 500)"`,
    `zcat old.gz | trawl query -e "PARSE(src:'-') | select(count(*))"`,
  ],
  run,
};

async function run(invocation: Invocation): Promise<number> {
  const { surroundings, arguments: parsed } = invocation;
  const output = readOutputChoice(parsed, surroundings.stdout.isTTY === true);
  const source = await readScript(parsed, surroundings.workingDirectory);
  return inSession(invocation, async (session) => {
    const relation = await relationOf(source, session);
    if (relation === null) return EXIT.wrongText.code;
    if (parsed.values.has(DRY_RUN_OPTION.name)) return dryRun(relation, session);
    const target = await openTarget(output, surroundings, session.stop.signal);
    if (follows(parsed)) return runFollow({ relation, session, output, target });
    return runRelation({ relation, session, output, target });
  });
}
