/** The line that says how far a run is. */

import { printCount } from "#text";
import type { Messages } from "./messages.ts";
import { printElapsed, printShare, printSize } from "./sizes.ts";

/** What a run has read so far. */
export interface Progress {
  readonly files: number;
  readonly bytes: number;
  readonly records: number;
  readonly unmatchedBytes: number;
  readonly rows: number;
}

const BAR_CELLS = 12;
const REDRAWN_EVERY_MS = 100;
/** A run that is done sooner shows no progress. */
const SHOWN_AFTER_MS = 300;

/** Progress as one line; with a bar when the total is known. */
function printProgress(progress: Progress, totalBytes: number | null, elapsedMs: number): string {
  const parts = [
    totalBytes === null
      ? printSize(progress.bytes)
      : `${printSize(progress.bytes)} of ${printSize(totalBytes)}`,
    `${printSize(progress.bytes / Math.max(0.001, elapsedMs / 1000))}/s`,
    `${printCount(progress.records)} records`,
    `${printShare(progress.unmatchedBytes, progress.bytes)} unmatched`,
    printElapsed(elapsedMs),
  ];
  return `${totalBytes === null ? "" : `${drawBar(progress.bytes / totalBytes)} `}${parts.join(" · ")}`;
}

/** Shows progress on a terminal: gives back what is to be called with each news of it. */
export function openProgressLine(
  messages: Messages,
  clockMs: () => number,
  startedMs: number,
): (progress: Progress, totalBytes: number | null) => void {
  let drawnMs = startedMs + SHOWN_AFTER_MS - REDRAWN_EVERY_MS;
  return (progress, totalBytes) => {
    const nowMs = clockMs();
    if (!messages.isTerminal || nowMs - drawnMs < REDRAWN_EVERY_MS) return;
    drawnMs = nowMs;
    messages.progress(printProgress(progress, totalBytes, nowMs - startedMs));
  };
}

function drawBar(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * BAR_CELLS);
  return `${"█".repeat(filled)}${"░".repeat(BAR_CELLS - filled)}`;
}
