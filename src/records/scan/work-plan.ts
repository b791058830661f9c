/** Cuts the inputs of a scan into pieces of work. */
import fs from "node:fs";
import { Failure } from "#text";
import type { ScanSpec } from "../program/scan-spec.ts";
import type { ScanInput } from "../scan-task.ts";
import type { WorkItem } from "./messages.ts";

/** Small pieces first, so that the first rows come soon; then pieces large enough to make their overhead vanish. */
const FIRST_PIECE_BYTES = 1 << 20;
const PIECE_BYTES = 8 << 20;
/** Groups that must be given out with every piece: fewer, larger pieces. */
const LEAST_GROUPED_PIECE_BYTES = 32 << 20;
const MOST_GROUPED_PIECE_BYTES = 256 << 20;

/** An input with its size, as it is when the scan begins. */
export interface SizedInput {
  readonly input: ScanInput;
  readonly sizeBytes: number | null;
}

/** Asks for the sizes of plain files. A file that is gone fails here. */
export function sizeInputs(inputs: readonly ScanInput[]): SizedInput[] {
  return inputs.map((input) => {
    if (input.opening.kind !== "file") return { input, sizeBytes: null };
    try {
      return { input, sizeBytes: fs.statSync(input.opening.path).size };
    } catch (cause) {
      throw new Failure("source-unreadable", `"${input.uri}" is no longer there.`, {
        place: { uri: input.uri },
        cause,
      });
    }
  });
}

/** The pieces of work in the order of their results, made as they are needed. */
export function* planWork(
  inputs: readonly SizedInput[],
  spec: ScanSpec,
  threads: number,
): Generator<WorkItem> {
  let id = 0;
  const flushesGroups = spec.output.kind === "groups" && !spec.program.isLineBound;
  for (const [inputIndex, { input, sizeBytes }] of inputs.entries()) {
    const { uri, referenceTimeMs, opening } = input;
    if (opening.kind !== "file") {
      yield { kind: "stream", id: id++, inputIndex, uri, referenceTimeMs, opening, flushesGroups };
      continue;
    }
    const size = sizeBytes ?? 0;
    let start = 0;
    while (start < size) {
      const end = Math.min(size, start + pieceBytes(size, start, spec, threads));
      const stretch = {
        inputIndex,
        uri,
        path: opening.path,
        referenceTimeMs,
        start,
        end,
        hasExactStart: false,
        sizeBytes: size,
      };
      yield { kind: "file", id: id++, stretch, flushesGroups };
      start = end;
    }
  }
}

function pieceBytes(size: number, start: number, spec: ScanSpec, threads: number): number {
  // A span of unmatched bytes is one row: only one reader sees it whole.
  if (spec.givesUnmatched || threads === 1)
    return spec.output.kind === "groups" || spec.givesUnmatched ? size : PIECE_BYTES;
  if (spec.output.kind === "groups" && !spec.program.isLineBound) {
    return Math.min(
      MOST_GROUPED_PIECE_BYTES,
      Math.max(LEAST_GROUPED_PIECE_BYTES, Math.ceil(size / (2 * threads))),
    );
  }
  return start < FIRST_PIECE_BYTES * 2 * threads ? FIRST_PIECE_BYTES : PIECE_BYTES;
}
