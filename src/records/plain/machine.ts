/** The state of one run over one input: bytes, slots, and what is remembered between attempts. */
import { hasByte } from "../program/byte-set.ts";
import type {
  JsonMemberOperation,
  JsonObjectOperation,
  MatchOperation,
  MatchProgram,
  PairMember,
  PairsOperation,
  SlotIndex,
  UntilOperation,
} from "../program/program.ts";
import { slotsIn } from "../program/slots-in.ts";
import { type Captured, isText } from "./captured.ts";
import { type DecodeText, hexDigit } from "./decoded-text.ts";
import { JsonMemo } from "./json-value.ts";
import type { DecimalMemos } from "./numbers.ts";
import { isDigit, RunMemo, type SearchMemo } from "./run-memo.ts";

/** What is known of the rounds of a repetition. */
export interface RoundMemo {
  /** Where rounds begin, ascending; each ends where the next begins. */
  bounds: number[];
  /** No round follows the last bound. */
  isClosed: boolean;
  /** A last round that takes nothing follows the last bound. */
  endsEmpty: boolean;
}

/** Which rounds of key-value pairs give members their values. */
export interface PairMemo {
  /** The first of the rounds that this is about: it changes with them. */
  start: number;
  /** Rounds from here on up to `known` have been looked at. */
  from: number;
  known: number;
  /** Per member the rounds with its key, ascending, and the value there. */
  readonly found: Map<PairMember, { readonly round: number; readonly value: Captured }[]>;
}

/** Hears of operations that do not match, with the byte where they failed. */
export type OnMismatch = (operation: MatchOperation, offset: number) => void;

/** What all machines of a run share. */
export interface Run {
  readonly program: MatchProgram;
  /** Values of the attempt under way, by slot. */
  readonly slots: Captured[];
  /** Times without a year are put at most a day after this. */
  readonly referenceTimeMs: bigint;
  readonly onMismatch: OnMismatch | null;
  /** What is derived from parts of the program, once. */
  readonly derived: Derived;
  /** The program's decoders, by index. */
  readonly decoders: readonly DecodeText[];
}

/** What is derived from parts of the program. */
export interface Derived {
  readonly slots: Map<readonly MatchOperation[], readonly SlotIndex[]>;
  readonly objects: Map<JsonObjectOperation, JsonNames>;
}

/** The names of an object's members as texts. */
export interface JsonNames {
  readonly declared: ReadonlySet<string>;
  readonly members: ReadonlyMap<string, readonly JsonMemberOperation[]>;
  readonly mandatory: readonly string[];
}

/**
 * Matches operations over bytes. The text of a JSON member that a pattern takes apart has a machine of its own, in which it is the
 * whole input. Positions are offsets in `bytes`; -1 says that something does not match.
 */
export class Machine {
  readonly bytes: Uint8Array;
  readonly run: Run;
  /** Above 0: what matches now is only a test, and captures nothing. */
  tests = 0;
  readonly #searches = new Map<UntilOperation, SearchMemo>();
  readonly #runs = new Map<MatchOperation, RunMemo>();
  readonly #rounds = new Map<MatchOperation, RoundMemo>();
  readonly #pairs = new Map<MatchOperation, PairMemo>();
  readonly #decimals = new Map<MatchOperation, DecimalMemos>();
  #json: JsonMemo | null = null;
  #lenientJson: JsonMemo | null = null;

  constructor(bytes: Uint8Array, run: Run) {
    this.bytes = bytes;
    this.run = run;
  }

  /** The byte at a place, or -1 at the end. */
  byteAt(at: number): number {
    return this.bytes[at] ?? -1;
  }

  /** Puts a value into a slot, unless nothing is to be captured. */
  capture(slot: SlotIndex, value: Captured): void {
    if (slot >= 0 && this.tests === 0) this.run.slots[slot] = value;
  }

  /** Has the text in a slot decoded when it is given out. */
  setDecoder(slot: SlotIndex, decoder: number): void {
    if (slot < 0 || this.tests > 0) return;
    const value = this.run.slots[slot] ?? null;
    const decode = this.run.decoders[decoder];
    if (value !== null && isText(value) && decode !== undefined) this.run.slots[slot] = { ...value, decode };
  }

  /** Says that an operation does not match, and gives -1. */
  mismatch(operation: MatchOperation, offset: number): -1 {
    if (this.tests === 0) this.run.onMismatch?.(operation, offset);
    return -1;
  }

  /** Makes NULL what operations may have captured. */
  forget(operations: readonly MatchOperation[]): void {
    for (const slot of this.slotsIn(operations)) this.capture(slot, null);
  }

  /** The slots that operations fill. */
  slotsIn(operations: readonly MatchOperation[]): readonly SlotIndex[] {
    return remembered(this.run.derived.slots, operations, () => slotsIn(operations));
  }

  /** The names that an object looks for. */
  namesOf(object: JsonObjectOperation): JsonNames {
    return remembered(this.run.derived.objects, object, () => namesOf(object));
  }

  /** What is known of the searches of an LD or DATA. */
  searchOf(operation: UntilOperation): SearchMemo {
    return remembered(this.#searches, operation, () => ({ from: 0, to: -1, found: false }));
  }

  /** What is known of the runs that an operation takes. */
  runOf(operation: MatchOperation): RunMemo {
    return remembered(this.#runs, operation, () => new RunMemo(memberOf(operation)));
  }

  /** What is known of the rounds of a repetition. */
  roundsOf(operation: MatchOperation): RoundMemo {
    return remembered(this.#rounds, operation, () => ({ bounds: [], isClosed: false, endsEmpty: false }));
  }

  /** What is known of the rounds of key-value pairs. */
  pairsOf(operation: PairsOperation): PairMemo {
    return remembered(this.#pairs, operation, () => ({ start: -1, from: 0, known: 0, found: new Map() }));
  }

  /** The same for the three runs of a decimal fraction. */
  decimalRunsOf(operation: MatchOperation): DecimalMemos {
    const digits = () => new RunMemo(isDigit);
    return remembered(this.#decimals, operation, () => [digits(), digits(), digits()]);
  }

  /** What is known of the JSON values in these bytes; lenient: words may stand without quotes. */
  jsonOf(isLenient: boolean): JsonMemo {
    if (isLenient) {
      this.#lenientJson ??= new JsonMemo(this.bytes, true);
      return this.#lenientJson;
    }
    this.#json ??= new JsonMemo(this.bytes, false);
    return this.#json;
  }
}

function remembered<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

function namesOf(object: JsonObjectOperation): JsonNames {
  const nameOf = (utf8: readonly number[]) => lenient.decode(Uint8Array.from(utf8));
  const names = object.members.map((member) => nameOf(member.utf8));
  return {
    declared: new Set(object.declared.map(nameOf)),
    members: new Map(names.map((name) => [name, object.members.filter((_, other) => names[other] === name)])),
    mandatory: object.members.filter((member) => member.isMandatory).map((member) => nameOf(member.utf8)),
  };
}

function isJsonBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0d || byte === 0x09;
}

function isVisible(byte: number): boolean {
  return byte > 0x20 && byte !== 0x7f;
}

function memberOf(operation: MatchOperation): (byte: number) => boolean {
  switch (operation.kind) {
    case "set":
      return (byte) => hasByte(operation.set, byte);
    case "integer":
      return operation.radix === 16 ? (byte) => hexDigit(byte) >= 0 : isDigit;
    case "json":
      return isJsonBlank;
    case "cell":
      return (byte) => byte !== operation.separator && byte !== 0x0a;
    default:
      return isVisible;
  }
}
