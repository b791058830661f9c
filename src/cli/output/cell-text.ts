/** Values as texts of JavaScript, for the formats that people read. */
import type { Batch, ResultColumn } from "#records";
import { visibleText } from "#text";
import { ByteBuffer } from "./byte-buffer.ts";
import { type CellStyle, writeCell } from "./cells.ts";
import { TimePrinter } from "./times.ts";

/** Gives the rows of batches as texts in which nothing steers a terminal; NULL is the empty text. */
export function openCellTexts(
  columns: readonly ResultColumn[],
  timeZone: string,
): (batch: Batch, row: number) => string[] {
  const out = new ByteBuffer(1024);
  const style: CellStyle = {
    nullText: "",
    times: new TimePrinter(timeZone),
    isJson: false,
    hasReadableDurations: true,
    writeText: (to, source, start, end) => to.range(source, start, end),
  };
  return (batch, row) =>
    columns.map(({ type }, index) => {
      const column = batch.columns[index];
      if (column === undefined) return "";
      writeCell(out, column, type, row, style);
      return visibleText(out.takeText());
    });
}
