/** Scans sources of one format and gives each record, and each span that no record covers, as an event. */
import type { DataType, Pattern } from "#language";
import {
  compileProgram,
  MARK_SLOT,
  markOfSlot,
  RECORD_MARK,
  type ScanColumn,
  type ScanInput,
  type ScanMarks,
  type ScanProgress,
  type ScanSummary,
  type ScanThreads,
  type ShippedFormat,
  type SlotMarks,
  startScan,
} from "#records";
import type { DetectionEvent } from "../event.ts";
import { type EventFields, eventFields, isInPieces, kindOfFormat, slotsOfField } from "./event-fields.ts";
import { EventView } from "./event-view.ts";
import type { SievedField } from "./rule-engine.ts";

/** What is scanned, and for what. */
export interface EventScanTask {
  readonly format: ShippedFormat;
  /** The format's pattern for these sources. */
  readonly pattern: Pattern;
  readonly inputs: readonly ScanInput[];
  /** Fields that are read, ECS names. */
  readonly fields: readonly string[];
  /** What marks events; see `RuleEngine`. */
  readonly sieve: readonly SievedField[];
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
  const fields = eventFields(task, [...task.fields, ...task.sieve.map(({ field }) => field)]);
  const program = compileProgram(task.pattern, fields.slots, { timeZone: task.timeZone });
  const marks = marksOf(task.sieve, fields);
  const canReadAgain = !task.wantsText && task.inputs.every(({ opening }) => opening.kind === "file");
  const own: readonly ScanColumn[] = [
    { kind: "input" },
    { kind: "raw-offset" },
    { kind: "raw-length" },
    { kind: canReadAgain && marks !== null ? "marked-text" : "raw-text" },
    { kind: "unmatched" },
    ...(marks === null ? [] : [{ kind: "marks" } as const]),
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
      ...(marks === null ? {} : { marks }),
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
    marks: marks === null ? null : { column: first + 5, ofFields: marksOfFields(marks, task.sieve, fields) },
  };
  const sources = task.inputs.map(({ uri, opening }) => ({
    uri,
    file: opening.kind === "file" ? opening : null,
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

/** What stands in one column where an address is written in several: a text of it may go over their ends, which are slashes and colons. */
function longestPart(literal: string): string {
  return (
    literal.split(/[/:]/).reduce((longest, part) => (part.length > longest.length ? part : longest), "") ||
    literal
  );
}

/** What the scan looks for, by slot; null: nothing. What it cannot look for in a slot it looks for in the whole record. */
function marksOf(sieve: readonly SievedField[], fields: EventFields): ScanMarks | null {
  if (sieve.length === 0) return null;
  const anywhere = new Set<string>();
  const bySlot = new Map<number, { readonly literals: Set<string>; readonly bytes: Set<number> }>();
  for (const { field, literals: wanted, bytes } of sieve) {
    const literals = isInPieces(fields, field) ? wanted.map(longestPart) : wanted;
    const slots = field === "" ? [] : slotsOfField(fields, field);
    if (field === "") for (const literal of literals) anywhere.add(literal);
    for (const slot of slots) {
      if (!isText(fields.slots[slot]?.type.kind)) {
        for (const literal of literals) anywhere.add(literal);
        continue;
      }
      const own = bySlot.get(slot) ?? { literals: new Set(), bytes: new Set() };
      bySlot.set(slot, own);
      for (const literal of literals) own.literals.add(literal);
      for (const byte of bytes) own.bytes.add(byte);
    }
  }
  const slots = [...bySlot].map(
    ([slot, { literals, bytes }]): SlotMarks => ({ slot, literals: [...literals], bytes: [...bytes] }),
  );
  return { literals: [...anywhere], slots };
}

/** The bits of each field that is sieved. What is looked for in whole records tells of all fields: any mark counts. */
function marksOfFields(
  { slots }: ScanMarks,
  sieve: readonly SievedField[],
  fields: EventFields,
): ReadonlyMap<string, number> {
  const ofSlots = new Map(slots.map(({ slot }, index) => [slot, markOfSlot(index)]));
  const bitsOf = (field: string) =>
    slotsOfField(fields, field).reduce((bits, slot) => bits | (ofSlots.get(slot) ?? ANY_MARK), RECORD_MARK);
  return new Map(sieve.map(({ field }) => [field, bitsOf(field)]));
}

const ANY_MARK = -1;

/** Whether slots of a type hold bytes of the record as they stand in it. */
function isText(kind: DataType["kind"] | undefined): boolean {
  return kind === "string" || kind === "object" || kind === "variant";
}
