/** Names of how bad something is. */

/** As logs write them, in lower case. */
export const LEVELS: ReadonlySet<string> = new Set(
  "trace debug fine finer finest config info information notice warn warning error err severe critical crit fatal alert emerg emergency panic".split(
    " ",
  ),
);
