/** Rows as a Markdown table. */
import type { Batch, ResultColumn } from "#records";
import { visibleText } from "#text";
import { openCellTexts } from "./cell-text.ts";
import {
  isNumeric,
  NO_BYTES,
  type OutputFormat,
  type RowWriter,
  type WriterOptions,
} from "./output-format.ts";

/** A table as GitHub and most others read it. */
export const MARKDOWN_FORMAT: OutputFormat = {
  name: "md",
  sentence: "A Markdown table; marks of Markdown and HTML in values are escaped.",
  isTerminalSafe: true,
  open: openMarkdown,
};

const encoder = new TextEncoder();

function openMarkdown(columns: readonly ResultColumn[], options: WriterOptions): RowWriter {
  const textsOf = openCellTexts(columns, options.timeZone);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  return {
    start() {
      const names = columns.map(({ name }) => escapeMarkdown(visibleText(name)));
      const rules = columns.map((column) => (isNumeric(column) ? "---:" : "---"));
      return encoder.encode(line(names) + line(rules));
    },
    add(batch: Batch) {
      const lines: string[] = [];
      for (let row = 0; row < batch.rowCount; row++)
        lines.push(line(textsOf(batch, row).map(escapeMarkdown)));
      return encoder.encode(lines.join(""));
    },
    settle: () => NO_BYTES,
    finish: () => NO_BYTES,
  };
}

/** What Markdown or HTML could take for its own. An underscore inside a word is an underscore. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*[\]<>|~&]|(?<!\w)_|_(?!\w)/g, (mark) => {
    if (mark === "<") return "&lt;";
    if (mark === ">") return "&gt;";
    return mark === "&" ? "&amp;" : `\\${mark}`;
  });
}
