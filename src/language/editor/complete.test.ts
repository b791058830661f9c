import { type EditorCase, runCases } from "./cases.testing.ts";
import { completeScript } from "./complete.ts";
import { completePattern } from "./complete-pattern.ts";

const MOST_SHOWN = 9;

/** A line per item: kind, label, detail; then how many more there are, and the range that is replaced if it is not empty. */
function completions({ source, offset, text, environment, listFiles }: EditorCase): string {
  const { range, items } =
    text.kind === "pattern"
      ? completePattern(source.text, { start: 0, end: source.text.length }, offset)
      : completeScript(source, offset, { environment, listFiles });
  const lines = items.slice(0, MOST_SHOWN).map(({ kind, label, detail, insert, cursor }) => {
    const shown = insert === label ? "" : ` ⇒ ${insert.slice(0, cursor)}‸${insert.slice(cursor)}`;
    return `${kind} ${label}${detail === "" ? "" : ` — ${detail}`}${shown}`;
  });
  if (items.length > MOST_SHOWN) lines.push(items.length < 20 ? `… ${items.length - MOST_SHOWN} more` : "…");
  if (range.end > range.start) lines.push(`replaces "${source.text.slice(range.start, range.end)}"`);
  return lines.join("\n");
}

runCases(new URL("./complete.cases.md", import.meta.url), { completions });
