/** Decoders of a program: texts that are more than their bytes. */
import { unreachable } from "#text";
import type { Decoder, ItemShape, MatchProgram } from "../program/program.ts";
import {
  cleanText,
  type DecodedText,
  type DecodeText,
  decodedPlainly,
  type EncodedText,
  singleQuotes,
  withoutEscapes,
} from "./decoded-text.ts";
import { jsonOf, jsonString, textOfShape } from "./json-of.ts";
import { jsonWithoutWords } from "./json-words.ts";
import { Machine, type Run } from "./machine.ts";
import { matchSequence } from "./match.ts";
import { matchJsonElements } from "./match-json.ts";

const encoder = new TextEncoder();
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The decoders of a program by index. Times without a year are put at most a day after `referenceTimeMs`. */
export function decodersOf(program: MatchProgram, referenceTimeMs: bigint): readonly DecodeText[] {
  const decoders: DecodeText[] = [];
  for (const decoder of program.decoders) {
    decoders.push(decodeText(decoder, { program, referenceTimeMs, decoders }));
  }
  return decoders;
}

type Base = Pick<Run, "program" | "referenceTimeMs" | "decoders">;

function decodeText(decoder: Decoder, base: Base): DecodeText {
  switch (decoder.kind) {
    case "charset":
      return charsetDecoder(decoder.charset);
    case "doubled":
      return ({ bytes, start, end }) => cleanText(singleQuotes(bytes.subarray(start, end), decoder.quote));
    case "json-string":
      return (text) => {
        const plain = decodedPlainly(text);
        return { ...plain, utf8: encoder.encode(jsonString(utf8.decode(plain.utf8))) };
      };
    case "json-words":
      return wordsDecoder(decoder.charset);
    case "items":
    case "pairs":
    case "pair":
      return roundsDecoder(decoder, base);
    case "json-items":
      return jsonDecoder(decoder, base);
    default:
      return unreachable(decoder);
  }
}

function charsetDecoder(charset: string): DecodeText {
  const lenient = new TextDecoder(charset, { ignoreBOM: true });
  return ({ bytes, start, end, encoding }) => {
    const text = lenient.decode(bytes.subarray(start, end));
    const { utf8: clean, isReplaced } = cleanText(withoutEscapes(encoder.encode(text), encoding));
    return { utf8: clean, isReplaced: isReplaced || text.includes("\ufffd") };
  };
}

function wordsDecoder(charset: string | null): DecodeText {
  const decode = charset === null ? decodedPlainly : charsetDecoder(charset);
  return (text) => {
    const plain = decode(text);
    return { ...plain, utf8: encoder.encode(jsonWithoutWords(utf8.decode(plain.utf8))) };
  };
}

function newSlots(base: Base, count: number): Run {
  return {
    ...base,
    slots: new Array<null>(count).fill(null),
    onMismatch: null,
    derived: { slots: new Map(), objects: new Map() },
  };
}

type RoundsDecoder = Extract<Decoder, { kind: "items" | "pairs" | "pair" }>;

/** Matches the rounds again and writes what they capture. */
function roundsDecoder(decoder: RoundsDecoder, base: Base): DecodeText {
  const run = newSlots(base, decoder.slots.length);
  return (text) => {
    const writer = new RoundsWriter(decoder, run);
    const machine = new Machine(text.bytes, run);
    let place = text.start;
    for (let round = 0; round < decoder.max; round++) {
      run.slots.fill(null);
      const end = matchSequence(machine, decoder.body, place);
      if (end < 0) break;
      writer.add();
      if (end === place) break;
      place = end;
    }
    return writer.finish();
  };
}

/** Collects rounds as JSON. */
class RoundsWriter {
  readonly #decoder: RoundsDecoder;
  readonly #run: Run;
  readonly #parts: string[] = [];
  readonly #keys = new Set<string>();
  #isReplaced = false;

  constructor(decoder: RoundsDecoder, run: Run) {
    this.#decoder = decoder;
    this.#run = run;
  }

  add(): void {
    const decoder = this.#decoder;
    if (decoder.kind === "items") this.#parts.push(this.#json(decoder.item) ?? "null");
    else if (decoder.kind === "pair") this.#parts.push(this.#value(decoder.values, decoder.isText) ?? "null");
    else this.#addPair(decoder);
  }

  #addPair(decoder: RoundsDecoder & { readonly kind: "pairs" }): void {
    const key = textOfShape({ kind: "slot", slot: decoder.key }, this.#place());
    if (key === null || this.#keys.has(key.text)) return;
    this.#isReplaced ||= key.isReplaced;
    this.#keys.add(key.text);
    this.#parts.push(`${jsonString(key.text)}:${this.#value(decoder.values, false) ?? "null"}`);
  }

  #value(values: readonly ItemShape[], isText: boolean): string | null {
    for (const shape of values) {
      const value = isText ? this.#text(shape) : this.#json(shape);
      if (value !== null) return value;
    }
    return null;
  }

  #json(shape: ItemShape): string | null {
    const json = jsonOf(shape, this.#place(), true);
    this.#isReplaced ||= json?.isReplaced === true;
    return json?.text ?? null;
  }

  #text(shape: ItemShape): string | null {
    const text = textOfShape(shape, this.#place());
    this.#isReplaced ||= text?.isReplaced === true;
    return text?.text ?? null;
  }

  #place() {
    return { types: this.#decoder.slots, values: this.#run.slots };
  }

  finish(): DecodedText {
    const { kind } = this.#decoder;
    const inside = this.#parts.join(",");
    const text = kind === "pair" ? inside : kind === "items" ? `[${inside}]` : `{${inside}}`;
    return { utf8: encoder.encode(text), isReplaced: this.#isReplaced };
  }
}

/** Reads the elements of a JSON array one by one. */
function jsonDecoder(decoder: Decoder & { readonly kind: "json-items" }, base: Base): DecodeText {
  const run = newSlots(base, decoder.slots.length);
  const { value, isLenient } = decoder;
  return ({ bytes, start }: EncodedText) => {
    let isReplaced = false;
    const parts: string[] = [];
    const machine = new Machine(bytes, run);
    run.slots.fill(null);
    matchJsonElements(machine, { value, start, isLenient }, matchSequence, (isNull) => {
      for (const [slot, { type }] of decoder.slots.entries())
        setTextDecoder(machine, decoder, slot, type.kind);
      const json = jsonOf(decoder.item, { types: decoder.slots, values: run.slots }, !isNull);
      isReplaced ||= json?.isReplaced === true;
      parts.push(json?.text ?? "null");
      run.slots.fill(null);
    });
    return { utf8: encoder.encode(`[${parts.join(",")}]`), isReplaced };
  };
}

/** Strings and embedded JSON inside of arrays are read as those outside are. */
function setTextDecoder(
  machine: Machine,
  { texts, embedded }: Decoder & { readonly kind: "json-items" },
  slot: number,
  kind: string,
): void {
  if (kind === "string") machine.setDecoder(slot, texts);
  else if (kind === "object" || kind === "variant") machine.setDecoder(slot, embedded);
}
