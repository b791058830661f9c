/** Scans sources of one format and gives each record, and each span that no record covers, as an event. */
import type { Pattern } from "#language";
import {
  compileProgram,
  MARK_SLOT,
  type ScanColumn,
  type ScanInput,
  type ScanMarks,
  type ScanProgress,
  type ScanSummary,
  type ScanThreads,
  type ShippedFormat,
  startScan,
} from "#records";
import type { DetectionEvent } from "../event.ts";
import { eventFields, kindOfFormat, slotsOfField } from "./event-fields.ts";
import { EventView } from "./event-view.ts";

/** What is scanned, and for what. */
export interface EventScanTask {
  readonly format: ShippedFormat;
  /** The format's pattern for these sources. */
  readonly pattern: Pattern;
  readonly inputs: readonly ScanInput[];
  /** Fields that are read, ECS names. */
  readonly fields: readonly string[];
  /** What marks events, in lower case; see `ScanMarks`. */
  readonly literals: readonly string[];
  /** Fields that are signs where one of these bytes stands in them. */
  readonly signs: readonly { readonly field: string; readonly bytes: readonly number[] }[];
  /** The bytes of every event are read: given with it, and not read again from the file one by one. */
  readonly wantsText: boolean;
  /** Only events that are marked are given. */
  readonly onlyMarked: boolean;
  readonly timeZone: string;
  readonly threads: number;
  readonly workers?: ScanThreads;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ScanProgress) => void;
}

/** Takes events. The event stands for the next one afterwards. */
export type VisitEvent = (event: DetectionEvent) => void;

/** Scans, in the order of the inputs. Cost: that of the scan, and of what `visit` reads. */
export async function scanEvents(task: EventScanTask, visit: VisitEvent): Promise<ScanSummary> {
  const fields = eventFields(task, [...task.fields, ...task.signs.map(({ field }) => field)]);
  const program = compileProgram(task.pattern, fields.slots, { timeZone: task.timeZone });
  const marks: ScanMarks = {
    literals: task.literals,
    signs: task.signs.flatMap(({ field, bytes }) =>
      slotsOfField(fields, field)
        .filter((slot) => fields.slots[slot]?.type.kind === "string")
        .map((slot) => ({ slot, bytes })),
    ),
  };
  const canReadAgain = !task.wantsText && task.inputs.every(({ opening }) => opening.kind === "file");
  const own: readonly ScanColumn[] = [
    { kind: "input" },
    { kind: "raw-offset" },
    { kind: "raw-length" },
    { kind: canReadAgain ? "marked-text" : "raw-text" },
    { kind: "unmatched" },
  ];
  const first = fields.slots.length;
  const columns: readonly ScanColumn[] = [
    ...fields.slots.map((_, slot) => ({ kind: "slot", slot }) as const),
    ...own,
  ];
  const scan = startScan({
    spec: {
      program,
      filter: task.onlyMarked ? { kind: "is-true", slot: MARK_SLOT } : null,
      output: { kind: "rows", columns },
      rowLimit: null,
      givesUnmatched: true,
      marks,
    },
    inputs: task.inputs,
    threads: task.threads,
    ...(task.workers === undefined ? {} : { workers: task.workers }),
    signal: task.signal,
    ...(task.onProgress === undefined ? {} : { onProgress: task.onProgress }),
  });
  const places = {
    input: first,
    offset: first + 1,
    length: first + 2,
    text: first + 3,
    unmatched: first + 4,
  };
  const sources = task.inputs.map(({ uri, opening }) => ({
    uri,
    path: opening.kind === "file" ? opening.path : null,
  }));
  const view = new EventView(kindOfFormat(task.format), fields, places, sources);
  try {
    for await (const batch of scan.batches) {
      view.turnTo(batch);
      for (let row = 0; row < batch.rowCount; row++) {
        view.turnToRow(row);
        visit(view);
      }
    }
  } finally {
    view.close();
  }
  return scan.summary();
}
