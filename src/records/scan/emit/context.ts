/** What every part of the emitter needs to know about the module being written. */
import { hasByte } from "../../program/byte-set.ts";
import type { ByteSet, MatchOperation, MatchProgram } from "../../program/program.ts";
import { type Storage, storageOf } from "./slots.ts";
import { type FunctionWriter, StaticData } from "./wat.ts";

/** State of one module's emission. */
export interface ModuleContext {
  readonly program: MatchProgram;
  readonly storages: readonly Storage[];
  readonly data: StaticData;
  /** Functions written so far besides the scan itself. */
  readonly functions: string[];
  /** Names of functions that match branches, by what they match, see `apart.ts`. */
  readonly branches: Map<string, string>;
  /** Globals of remembered searches, see `memo.ts`. */
  readonly memos: string[];
  /** Slots whose text is read as a number once its record is certain, see `numbers.ts`. */
  readonly lateNumbers: Set<number>;
  /** Names of remembered rounds, see `round-memo.ts`. */
  readonly roundMemos: string[];
  /** Operations that the plain twin matches, see `by-twin.ts`. */
  readonly twinOperations: MatchOperation[];
  /** Addresses of the sets of shapes of JSON records, see `json-shape.ts`. */
  readonly shapes: number[];
  /** Address of the first entry of each zone's table, see `timestamp.ts`. */
  readonly zoneTables: readonly number[];
  /** Address of the scratch for decoded texts. */
  readonly scratchAt: number;
}

/** Where an operation is being written to. */
export interface EmitContext {
  readonly module: ModuleContext;
  readonly writer: FunctionWriter;
  /** The local that holds the position. */
  readonly q: string;
  /** Slots are not written (stop units, look-around). */
  readonly isTest: boolean;
  /**
   * Every load must be checked against the end of the window. False for line-bound programs, where the line feed at the
   * window's end stops everything, and inside JSON values, where the zero bytes behind it do.
   */
  readonly isChecked: boolean;
  /** The local that is 1 in attempts that follow a failed one, or null where searches are not remembered; see `memo.ts`. */
  readonly retry: string | null;
  /** `maxBytes` of the JSON value around, 0 outside. */
  readonly jsonMaxBytes: number;
}

/** The context of a new module. */
export function moduleContext(program: MatchProgram, constantsAt: number): ModuleContext {
  return {
    program,
    storages: program.slots.map((slot) => storageOf(slot.type)),
    data: new StaticData(constantsAt),
    functions: [],
    branches: new Map(),
    memos: [],
    lateNumbers: new Set(),
    roundMemos: [],
    twinOperations: [],
    shapes: [],
    zoneTables: [],
    scratchAt: 0,
  };
}

/** A set as a table of 256 bytes, 1 for members. */
export function tableOf(set: ByteSet): number[] {
  return Array.from({ length: 256 }, (_, byte) => (hasByte(set, byte) ? 1 : 0));
}

/** The slots that operations write, nested ones included. */
export function slotsIn(operations: readonly MatchOperation[]): number[] {
  const slots = new Set<number>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    else if (typeof value === "object" && value !== null) {
      for (const [key, part] of Object.entries(value)) {
        if ((key === "slot" || key === "greedySlot") && typeof part === "number" && part >= 0)
          slots.add(part);
        else if (typeof part === "object") visit(part);
      }
    }
  };
  visit(operations);
  return [...slots].sort((a, b) => a - b);
}
