/** What the module asks of the plain twin: to decode texts that are more than their bytes, and to match what it cannot. */

import { invariant } from "#text";
import { type Captured, isText } from "../plain/captured.ts";
import { type DecodedText, decodedText, type EncodedText } from "../plain/decoded-text.ts";
import { Machine, type Run } from "../plain/machine.ts";
import { matchSequence } from "../plain/match.ts";
import { newRun } from "../plain/new-run.ts";
import type { MatchOperation, MatchProgram } from "../program/program.ts";
import { slotsIn } from "../program/slots-in.ts";
import { storageOf } from "./emit/slots.ts";
import { ENCODING_BITS, ENCODINGS, MOST_DECODERS, MOST_TEXTS } from "./layout.ts";

/** Where the input lies in the module's memory. `from` is its first byte, or one that nothing looks at. */
export interface InputWindow {
  readonly from: number;
  readonly end: number;
  /** The input ends at `end`. */
  readonly isLast: boolean;
  readonly referenceTimeMs: bigint;
}

/** A text as the module names it. */
interface ModuleText {
  readonly at: number;
  readonly length: number;
  readonly encoding: number;
}

/** The module's memory and state. */
interface ModuleState {
  readonly memory: () => Uint8Array<ArrayBuffer>;
  readonly window: () => InputWindow;
  readonly scratchEnd: number;
  readonly global: (name: string) => { value: number | bigint };
}

interface Bounds {
  readonly from: number;
  readonly to: number;
}

/** An escape that is cut off is broken at its first byte. */
const LONGEST_ESCAPE = 6;
const CODES = (1 << ENCODING_BITS.decoder) - 1;

/** The twin beside one module. */
export class HostTwin {
  readonly #program: MatchProgram;
  readonly #operations: readonly MatchOperation[];
  readonly #state: ModuleState;
  /** Texts that were measured and not taken yet. */
  readonly #measured = new Map<string, DecodedText>();
  readonly #texts: Bounds[] = [];
  #textCount = 0;
  #run: Run | null = null;
  #machine: Machine | null = null;

  constructor(program: MatchProgram, operations: readonly MatchOperation[], state: ModuleState) {
    invariant(program.decoders.length <= MOST_DECODERS, "a program has so many decoders at most");
    this.#program = program;
    this.#operations = operations;
    this.#state = state;
  }

  /** Forgets what addresses meant: they mean something else in the next scan. */
  forget(): void {
    this.#measured.clear();
    this.#machine = null;
  }

  /** Bytes of a text's value. */
  measure(text: ModuleText): number {
    const decoded = this.#decode(text);
    this.#measured.set(keyOf(text), decoded);
    return decoded.utf8.length;
  }

  /** A text's value. */
  take(text: ModuleText): DecodedText {
    const key = keyOf(text);
    const known = this.#measured.get(key);
    this.#measured.delete(key);
    return known ?? this.#decode(text);
  }

  /** The bits that name a text which stands for the input. */
  textBounds(from: number, to: number): number {
    const place = this.#textCount++ % MOST_TEXTS;
    this.#texts[place] = { from, to };
    return (place + 1) << ENCODING_BITS.text;
  }

  #decode({ at, length, encoding }: ModuleText): DecodedText {
    const code = ENCODINGS[encoding & CODES] ?? "plain";
    const decoder =
      (encoding >>> ENCODING_BITS.decoder) & ((1 << (ENCODING_BITS.text - ENCODING_BITS.decoder)) - 1);
    if (decoder === 0) {
      return decodedText({ bytes: this.#state.memory(), start: at, end: at + length, encoding: code });
    }
    const decode = this.#runNow().decoders[decoder - 1];
    invariant(decode !== undefined, "a text names a decoder of its program");
    const { from, to } = this.#textAround({ at, length, encoding });
    const bytes = this.#state.memory().subarray(from, to);
    return decode({ bytes, start: at - from, end: at - from + length, encoding: code });
  }

  /** What stands for the input where a text is; one outside of all inputs was made by the twin. */
  #textAround({ at, length, encoding }: ModuleText): Bounds {
    const text = encoding >>> ENCODING_BITS.text;
    const bounds = text === 0 ? this.#input() : this.#texts[text - 1];
    const isInside = bounds !== undefined && at >= bounds.from && at + length <= bounds.to;
    return isInside ? bounds : { from: at, to: at + length };
  }

  #input(): Bounds {
    const { from, end } = this.#state.window();
    return { from, to: end };
  }

  #runNow(): Run {
    const { referenceTimeMs } = this.#state.window();
    if (this.#run?.referenceTimeMs !== referenceTimeMs) {
      this.#run = newRun(this.#program, referenceTimeMs);
      this.#machine = null;
    }
    return this.#run;
  }

  /** Matches an operation at an address; gives its end, or 0. `from`, `to`: the text that stands for the input, or 0. */
  match(index: number, at: number, { isTest, from, to }: Bounds & { readonly isTest: boolean }): number {
    const operation = this.#operations[index];
    invariant(operation !== undefined, "the module names an operation of its program");
    const isInput = to === 0;
    const bounds = isInput ? this.#input() : { from, to };
    const machine = this.#machineFor(bounds, isInput);
    machine.tests = isTest ? 1 : 0;
    machine.run.slots.fill(null);
    const end = matchSequence(machine, [operation], at - bounds.from);
    const { length } = machine.bytes;
    const failedAt = Math.max(machine.jsonOf(true).failedAt, machine.jsonOf(false).failedAt);
    if (isInput && (end < 0 ? failedAt + LONGEST_ESCAPE >= length : end >= length))
      this.#state.global("hit").value = 1;
    if (end < 0) return 0;
    if (!isTest)
      for (const slot of slotsIn([operation])) this.#give(slot, machine.run.slots[slot] ?? null, bounds.from);
    return bounds.from + end;
  }

  #machineFor({ from, to }: Bounds, isInput: boolean): Machine {
    const run = this.#runNow();
    const bytes = () => this.#state.memory().subarray(from, to);
    if (!isInput) return new Machine(bytes(), run);
    this.#machine ??= new Machine(bytes(), run);
    return this.#machine;
  }

  /** Puts a value into the module's slot. */
  #give(slot: number, value: Captured, from: number): void {
    const put = (part: string, content: number | bigint) => {
      this.#state.global(`slot${slot}.${part}`).value = content;
    };
    const storage = storageOf(this.#program.slots[slot]?.type ?? { kind: "unknown" });
    if (storage === "text") {
      const text =
        value !== null && isText(value) ? this.#place(value, from) : { at: 0, length: 0, encoding: 0 };
      for (const [part, content] of Object.entries(text)) put(part, content);
      return;
    }
    put("known", value === null ? 0 : 1);
    if (value === null || isText(value)) return;
    if (storage === "huge") {
      put("high", BigInt.asIntN(64, BigInt(value) >> 64n));
      put("low", BigInt.asIntN(64, BigInt(value)));
    } else put("value", storage === "double" ? Number(value) : BigInt(value));
  }

  /** A text of the twin in the module's memory; one that lies elsewhere is copied into scratch, with the bytes around it. */
  #place(text: EncodedText, from: number): ModuleText {
    const decoder = text.decode === undefined ? 0 : this.#runNow().decoders.indexOf(text.decode) + 1;

    const encoding = ENCODINGS.indexOf(text.encoding) | (decoder << ENCODING_BITS.decoder);
    const length = text.end - text.start;
    const memory = this.#state.memory();
    if (text.bytes.buffer === memory.buffer) {
      return {
        at: text.bytes.byteOffset + text.start,
        length,
        encoding: encoding | this.#boundsOf(text, from),
      };
    }
    const top = this.#state.global("scratchTop");
    const at = Number(top.value);
    const end = (at + text.bytes.length + 31) & ~15;
    if (end + 64 > this.#state.scratchEnd) {
      this.#state.global("tooLong").value = 1;
      return { at, length: 0, encoding: 0 };
    }
    memory.set(text.bytes, at);
    top.value = end;
    const bounds = decoder === 0 ? 0 : this.textBounds(at, at + text.bytes.length);
    return { at: at + text.start, length, encoding: encoding | bounds };
  }

  #boundsOf({ bytes, decode }: EncodedText, from: number): number {
    if (decode === undefined || bytes.byteOffset === from) return 0;
    return this.textBounds(bytes.byteOffset, bytes.byteOffset + bytes.length);
  }
}

function keyOf({ at, length, encoding }: ModuleText): string {
  return `${at} ${length} ${encoding}`;
}
