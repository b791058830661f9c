/** `--dry-run`: says what a script would read, and reads nothing of it. */
import type { Relation } from "#language";
import { countSources, type SourceCount } from "#relations";
import { countOf, visibleText } from "#text";
import { EXIT } from "./exit-codes.ts";
import { type Option, switchOption } from "./option.ts";
import type { Session } from "./session.ts";
import { printSize } from "./sizes.ts";

/** The option of commands that can say what they would read. */
export const DRY_RUN_OPTION: Option = switchOption(
  "dry-run",
  "Say which objects would be read, how many bytes, and what listing them asked; read nothing.",
);

/** Lists the sources of a script and prints what reading them would mean. Throws what listing throws. */
export async function dryRun(
  relation: Relation,
  { invocation, nowMs, stores, stop }: Session,
): Promise<number> {
  const { settings, surroundings, messages } = invocation;
  const counts = await countSources(relation, {
    timeZone: settings.timeZone,
    nowMs,
    workingDirectory: surroundings.workingDirectory,
    stores,
    signal: stop.signal,
    onProblem: (problem) => messages.warning(problem.message),
  });
  surroundings.stdout.write(counts.length === 0 ? "Nothing is read.\n" : counts.map(printCount).join("\n"));
  return EXIT.done.code;
}

function printCount(count: SourceCount): string {
  const { uris, objects, bytes, largestBytes, unsized, asked, prunedByTime, leftOut, first, last } = count;
  const size =
    objects === unsized
      ? "of unknown size"
      : `${printSize(bytes)} as stored, ${printSize(largestBytes)} the largest`;
  const unknown = unsized > 0 && unsized < objects ? `, ${countOf(unsized, "object")} of unknown size` : "";
  const lines = [
    uris.map(visibleText).join(", "),
    `  ${countOf(objects, "object")}, ${size}${unknown}`,
    `  ${countOf(asked, "request")} to list`,
    ...(prunedByTime === 0
      ? []
      : [`  left out by the time in their path: ${countOf(prunedByTime, "name")} that were met`]),
    ...(leftOut === 0 ? [] : [`  left out by other filters on files: ${countOf(leftOut, "object")}`]),
    ...(first === null ? [] : [`  first ${visibleText(first)}`]),
    ...(last === null || last === first ? [] : [`  last  ${visibleText(last)}`]),
  ];
  return `${lines.join("\n")}\n`;
}
