/** What went wrong with single sources and did not stop a run, on standard error. */
import type { ScanWarning } from "#records";
import type { Failure } from "#text";
import type { Messages } from "./messages.ts";

/** Tells each with its source, the byte where that is known, and its code. */
export function tellWarnings(messages: Messages, warnings: readonly ScanWarning[]): void {
  for (const { code, uri, offset, message } of warnings) {
    const place = offset === null ? uri : `${uri}, byte ${offset}`;
    messages.warning(`${place}: ${message} (${code})`);
  }
}

/** A failure as a warning about the source. */
export function warningOf({ code, message, place }: Failure, uri: string): ScanWarning {
  return { code, uri, offset: place?.offset ?? null, message };
}
