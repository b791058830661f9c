/** The option that follows files. */
import type { Arguments } from "../arguments.ts";
import { type Option, switchOption } from "../option.ts";

/** Follows the files of a query. */
export const FOLLOW_OPTION: Option = switchOption(
  "follow",
  "Go on when all is read: rows come as they are written to the files, and answers that depend on all of them are given again every second. Ctrl-C ends it.",
  "f",
);

/** Whether files are to be followed. */
export function follows(parsed: Arguments): boolean {
  return parsed.values.has(FOLLOW_OPTION.name);
}
