/** A module brought to life: its memory, its state, and what it asks of the host. */

import type { MatchProgram } from "../program/program.ts";
import type { ModuleLayout } from "./emit/module.ts";
import { HostTwin, type InputWindow } from "./host-twin.ts";

/** Names of the module's state that the host sees or sets. */
type NarrowState =
  | "status"
  | "end"
  | "realEnd"
  | "isLast"
  | "input"
  | "rowLimit"
  | "limited"
  | "referenceYear"
  | "row"
  | "groups"
  | "groupMask"
  | "topState"
  | "topTextAt"
  | "topLength"
  | "heapBase"
  | "heapTop"
  | "heapEnd"
  | "heapNeeded"
  | "arenaTop"
  | "arenaEnd"
  | "tooLong"
  | "gap";
type WideState = "topLow" | "topHigh" | "base" | "latestMs" | "records" | "matchedBytes" | "firstMatch";

/** The module's functions and state, typed. */
export interface Instance {
  scan(from: number, stop: number): number;
  flushGap(end: number): number;
  /** The memory's bytes; fetched anew after it has grown. */
  bytes(): Uint8Array<ArrayBuffer>;
  /** Makes the memory at least this large. */
  reserve(sizeBytes: number): void;
  narrow(name: NarrowState): number;
  setNarrow(name: NarrowState, value: number): void;
  wide(name: WideState): bigint;
  setWide(name: WideState, value: bigint): void;
  /** Texts in which bytes were replaced since the start. */
  replacedTexts(): number;
}

const PAGE_BYTES = 65_536;

/** Instantiates a scan's module. `window` tells where the input lies in its memory. */
export function instantiate(
  module: WebAssembly.Module,
  program: MatchProgram,
  { twinOperations, scratchEnd }: Pick<ModuleLayout, "twinOperations" | "scratchEnd">,
  window: () => InputWindow,
): Instance {
  let replaced = 0;
  let bytes = new Uint8Array(0);
  const utf8 = new TextDecoder();
  const twin = new HostTwin(program, twinOperations, {
    memory: () => current(),
    window,
    scratchEnd,
    global: (name) => exports[name] as { value: number | bigint },
  });
  const host = {
    clean(at: number, length: number, encoding: number, to: number): number {
      const text = twin.take({ at, length, encoding });
      if (text.isReplaced) replaced++;
      current().set(text.utf8, to);
      return text.utf8.length;
    },
    measure: (at: number, length: number, encoding: number): number => twin.measure({ at, length, encoding }),
    textBounds: (from: number, to: number): number => twin.textBounds(from, to),
    matchByTwin: (operation: number, at: number, isTest: number, from: number, to: number): number =>
      twin.match(operation, at, { isTest: isTest === 1, from, to }),
    parseDouble(at: number, length: number, point: number): number {
      const text = utf8.decode(current().subarray(at, at + length));
      return Number(text.replace(String.fromCharCode(point), "."));
    },
  };
  const { exports } = new WebAssembly.Instance(module, { host });
  const memory = exports["memory"] as WebAssembly.Memory;
  const current = () => {
    if (bytes.buffer !== memory.buffer) bytes = new Uint8Array(memory.buffer);
    return bytes;
  };
  const narrow = (name: NarrowState) => exports[name] as { value: number };
  const wide = (name: WideState) => exports[name] as { value: bigint };
  const scan = exports["scan"] as Instance["scan"];
  return {
    scan(from, stop) {
      twin.forget();
      return scan(from, stop);
    },
    flushGap: exports["flushGap"] as Instance["flushGap"],
    bytes: current,
    reserve(sizeBytes) {
      const missing = Math.ceil((sizeBytes - memory.buffer.byteLength) / PAGE_BYTES);
      if (missing > 0) memory.grow(missing);
    },
    narrow: (name) => narrow(name).value,
    setNarrow: (name, value) => {
      narrow(name).value = value;
    },
    wide: (name) => wide(name).value,
    setWide: (name, value) => {
      wide(name).value = value;
    },
    replacedTexts: () => replaced,
  };
}
