/** Cuts the inputs of a scan into pieces of work. */
import fs from "node:fs";
import { Failure } from "#text";
import type { HeaderState } from "../program/header-sections.ts";
import { startsAtAnyLine } from "../program/line-bound.ts";
import type { ScanSpec } from "../program/scan-spec.ts";
import { UNMATCHED_PIECE_BYTES } from "../program/unmatched-pieces.ts";
import type { ScanInput, ScanWarning } from "../scan-task.ts";
import type { WorkItem } from "./messages.ts";
import { lossOf } from "./read-stretch.ts";

/** Small pieces first, so that the first rows come soon; then pieces large enough to make their overhead vanish. */
const FIRST_PIECE_BYTES = 1 << 20;
const PIECE_BYTES = 128 * UNMATCHED_PIECE_BYTES;
/** Groups that must be given out with every piece: fewer, larger pieces. */
const LEAST_GROUPED_PIECE_BYTES = 32 << 20;
const MOST_GROUPED_PIECE_BYTES = 256 << 20;

/** Headers seldom change: pieces are scanned as if they stood below the pattern's, and again where that was wrong. */
const LIKELY_HEADER: HeaderState = { isGoverned: true, isBehindComment: false };

/** An input with its size, as it is when the scan begins. */
export interface SizedInput {
  readonly input: ScanInput;
  readonly sizeBytes: number | null;
  /** Why nothing of it is read; null: it is there. */
  readonly loss: ScanWarning | null;
}

/** Asks for the sizes of plain files. The only file fails here when it is gone; one of several is told. */
export function sizeInputs(inputs: readonly ScanInput[]): SizedInput[] {
  return inputs.map((input) => {
    const { uri, opening } = input;
    if (opening.kind !== "file") return { input, sizeBytes: null, loss: null };
    try {
      return { input, sizeBytes: fs.statSync(opening.path).size, loss: null };
    } catch (cause) {
      const place = { uri };
      const failure = new Failure("source-unreadable", `"${uri}" is no longer there.`, { place, cause });
      return { input, sizeBytes: 0, loss: lossOf(failure, { uri, isRequired: inputs.length === 1 }) };
    }
  });
}

/** How the work is to be cut. */
export interface PlanOptions {
  readonly threads: number;
  /** Bytes of a piece, or null: chosen by size and output. */
  readonly pieceBytes: number | null;
}

/** The pieces of work in the order of their results, made as they are needed. */
export function* planWork(
  inputs: readonly SizedInput[],
  spec: ScanSpec,
  { threads, pieceBytes }: PlanOptions,
): Generator<WorkItem> {
  let id = 0;
  // Spans of unmatched bytes end where these pieces do, if that is nothing to records: otherwise only one reader sees them whole.
  const ofUnmatched = startsAtAnyLine(spec.program) ? PIECE_BYTES : Number.POSITIVE_INFINITY;
  const wanted = spec.givesUnmatched ? ofUnmatched : pieceBytes;
  const isRequired = inputs.length === 1;
  const flushesGroups = spec.output.kind === "groups" && !startsAtAnyLine(spec.program);
  for (const [inputIndex, { input, sizeBytes }] of inputs.entries()) {
    const { uri, referenceTimeMs, opening } = input;
    if (opening.kind !== "file") {
      yield {
        kind: "stream",
        id: id++,
        inputIndex,
        uri,
        referenceTimeMs,
        opening,
        isRequired,
        flushesGroups,
      };
      continue;
    }
    const size = sizeBytes ?? 0;
    let start = 0;
    while (start < size) {
      const end = Math.min(size, start + (wanted ?? chosenBytes(size, start, spec, threads)));
      const stretch = {
        inputIndex,
        uri,
        path: opening.path,
        ...(opening.root === undefined ? {} : { root: opening.root }),
        referenceTimeMs,
        start,
        end,
        hasExactStart: false,
        headerState: start === 0 ? null : LIKELY_HEADER,
        sizeBytes: size,
        isRequired,
      };
      yield { kind: "file", id: id++, stretch, flushesGroups };
      start = end;
    }
  }
}

function chosenBytes(size: number, start: number, spec: ScanSpec, threads: number): number {
  if (threads === 1 && spec.output.kind === "groups") return size;
  if (spec.output.kind === "groups" && !startsAtAnyLine(spec.program)) {
    return Math.min(
      MOST_GROUPED_PIECE_BYTES,
      Math.max(LEAST_GROUPED_PIECE_BYTES, Math.ceil(size / (2 * threads))),
    );
  }
  return start < FIRST_PIECE_BYTES * 2 * threads ? FIRST_PIECE_BYTES : PIECE_BYTES;
}
