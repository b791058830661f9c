/** LZMA2, the data inside xz: chunks of LZMA, or of bytes as they are. Source: the LZMA specification in the public domain. */
import { evenProbabilities, RangeDecoder } from "./lzma-range.ts";

const LITERAL_CODES = 0x300;
const STATES = 12;
const MAX_POSITION_STATES = 16;
const LENGTH_SLOTS = 4;
const END_POSITION_SLOT = 14;
const ALIGN_BITS = 4;
const MIN_MATCH = 2;
/** Most bytes of text that one chunk makes. */
const MAX_CHUNK_TEXT_BYTES = 2 * 1024 * 1024;

/** How literals and lengths are learned. */
interface Properties {
  readonly literalContextBits: number;
  readonly literalPositionMask: number;
  readonly positionMask: number;
}

/** The numbers a decoder learns for lengths. */
class LengthCoder {
  readonly choice: Uint16Array = evenProbabilities(2);
  readonly low: Uint16Array = evenProbabilities(MAX_POSITION_STATES << 3);
  readonly middle: Uint16Array = evenProbabilities(MAX_POSITION_STATES << 3);
  readonly high: Uint16Array = evenProbabilities(256);

  decode(range: RangeDecoder, positionState: number): number {
    if (range.bit(this.choice, 0) === 0) return range.tree(this.low, positionState << 3, 3);
    if (range.bit(this.choice, 1) === 0) return 8 + range.tree(this.middle, positionState << 3, 3);
    return 16 + range.tree(this.high, 0, 8);
  }
}

/** All that is learned, and the distances used last. Begun anew where the data says so. */
class Model {
  readonly isMatch: Uint16Array = evenProbabilities(STATES << 4);
  readonly isRepeat: Uint16Array = evenProbabilities(STATES);
  readonly isRepeat0: Uint16Array = evenProbabilities(STATES);
  readonly isRepeat1: Uint16Array = evenProbabilities(STATES);
  readonly isRepeat2: Uint16Array = evenProbabilities(STATES);
  readonly isRepeat0Long: Uint16Array = evenProbabilities(STATES << 4);
  readonly slots: Uint16Array = evenProbabilities(LENGTH_SLOTS << 6);
  readonly positions: Uint16Array = evenProbabilities(128);
  readonly align: Uint16Array = evenProbabilities(1 << ALIGN_BITS);
  readonly literals: Uint16Array;
  readonly matchLength: LengthCoder = new LengthCoder();
  readonly repeatLength: LengthCoder = new LengthCoder();
  state = 0;
  distances: [number, number, number, number] = [0, 0, 0, 0];

  constructor({ literalContextBits, literalPositionMask }: Properties) {
    this.literals = evenProbabilities(LITERAL_CODES * ((literalPositionMask + 1) << literalContextBits));
  }
}

/** The text that distances reach back into. Grows as it is filled, whatever size the data asks for. */
class TextWindow {
  readonly #size: number;
  bytes: Uint8Array = new Uint8Array(2 * MAX_CHUNK_TEXT_BYTES);
  end = 0;
  /** Where the text begins that distances may reach. */
  start = 0;
  /** Text of the same beginning that is no longer kept. */
  #dropped = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** Makes room for a chunk. */
  reserve(): void {
    if (this.end + MAX_CHUNK_TEXT_BYTES <= this.bytes.length) return;
    const kept = Math.min(this.#size, this.end - this.start);
    const wanted = kept + MAX_CHUNK_TEXT_BYTES;
    const isLarge = this.bytes.length >= wanted + (kept >> 2);
    const target = isLarge ? this.bytes : new Uint8Array(2 * wanted);
    if (isLarge) target.copyWithin(0, this.end - kept, this.end);
    else target.set(this.bytes.subarray(this.end - kept, this.end));
    this.bytes = target;
    this.#dropped += this.end - this.start - kept;
    this.start = 0;
    this.end = kept;
  }

  /** Forgets the text. */
  reset(): void {
    this.start = this.end;
    this.#dropped = 0;
  }

  /** How much text there was since the last reset. */
  get position(): number {
    return this.#dropped + this.end - this.start;
  }

  /** Repeats text; false: there is none so far back. */
  repeat(distance: number, length: number): boolean {
    const { bytes, end } = this;
    if (distance >= end - this.start || distance >= this.#size) return false;
    const from = end - distance - 1;
    for (let at = 0; at < length; at++) bytes[end + at] = bytes[from + at] ?? 0;
    this.end = end + length;
    return true;
  }
}

/** What became of a chunk. */
export interface ChunkText {
  /** A copy. */
  readonly text: Uint8Array;
  readonly isSound: boolean;
}

/** Decodes the chunks of one block, in order. */
export class Lzma2Decoder {
  readonly #window: TextWindow;
  #properties: Properties | null = null;
  #model: Model | null = null;

  constructor(windowBytes: number) {
    this.#window = new TextWindow(windowBytes);
  }

  resetWindow(): void {
    this.#window.reset();
  }

  /** Forgets what was learned; false: the properties are none that there are, or were never given. */
  resetModel(byte: number | null): boolean {
    if (byte !== null) this.#properties = propertiesOf(byte);
    this.#model = this.#properties === null ? null : new Model(this.#properties);
    return this.#model !== null;
  }

  /** Bytes that are stored as they are. */
  store(bytes: Uint8Array): ChunkText {
    const window = this.#window;
    window.reserve();
    window.bytes.set(bytes, window.end);
    window.end += bytes.length;
    return { text: bytes.slice(), isSound: true };
  }

  /** A chunk that makes so much text; of a cut or damaged one what can be had. */
  decode(packed: Uint8Array, textBytes: number): ChunkText {
    const window = this.#window;
    const model = this.#model;
    const properties = this.#properties;
    window.reserve();
    const start = window.end;
    const limit = start + textBytes;
    let isSound = model !== null && properties !== null && packed[0] === 0;
    const range = new RangeDecoder(packed);
    if (model !== null && properties !== null)
      while (isSound && window.end < limit) isSound = readSymbol(range, model, properties, window, limit);
    return { text: window.bytes.slice(start, Math.min(window.end, limit)), isSound };
  }
}

function propertiesOf(byte: number): Properties | null {
  const literalContextBits = byte % 9;
  const rest = Math.floor(byte / 9);
  const literalPositionBits = rest % 5;
  const positionBits = Math.floor(rest / 5);
  if (positionBits > 4 || literalContextBits + literalPositionBits > 4) return null;
  return {
    literalContextBits,
    literalPositionMask: (1 << literalPositionBits) - 1,
    positionMask: (1 << positionBits) - 1,
  };
}

/** One literal or one match goes to the window; false: the data is damaged or has ended. */
function readSymbol(
  range: RangeDecoder,
  model: Model,
  properties: Properties,
  window: TextWindow,
  limit: number,
): boolean {
  const { state } = model;
  const positionState = window.position & properties.positionMask;
  if (range.bit(model.isMatch, (state << 4) + positionState) === 0) {
    const byte = readLiteral(range, model, properties, window);
    if (range.isShort) return false;
    window.bytes[window.end++] = byte;
    model.state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
    return true;
  }
  const length =
    range.bit(model.isRepeat, state) === 0
      ? readMatch(range, model, positionState)
      : readRepeat(range, model, positionState);
  if (range.isShort || model.distances[0] < 0) return false;
  const room = limit - window.end;
  return window.repeat(model.distances[0], Math.min(length, room)) && length <= room;
}

function readLiteral(
  range: RangeDecoder,
  { state, literals, distances }: Model,
  { literalContextBits, literalPositionMask }: Properties,
  { bytes, start, end, position }: TextWindow,
): number {
  const before = end > start ? (bytes[end - 1] ?? 0) : 0;
  const place = (position & literalPositionMask) << literalContextBits;
  const code = LITERAL_CODES * (place + (before >> (8 - literalContextBits)));
  if (state < 7) return range.tree(literals, code, 8);
  return range.matchedLiteral(literals, code, bytes[end - distances[0] - 1] ?? 0);
}

/** A match at a new distance; its length. A distance below 0 marks the end, which chunks do not have. */
function readMatch(range: RangeDecoder, model: Model, positionState: number): number {
  const length = MIN_MATCH + model.matchLength.decode(range, positionState);
  const slotState = Math.min(length - MIN_MATCH, LENGTH_SLOTS - 1);
  const [first, second, third] = model.distances;
  model.distances = [readDistance(range, model, slotState), first, second, third];
  model.state = model.state < 7 ? 7 : 10;
  return length;
}

function readDistance(range: RangeDecoder, { slots, positions, align }: Model, slotState: number): number {
  const slot = range.tree(slots, slotState << 6, 6);
  if (slot < 4) return slot;
  const bits = (slot >> 1) - 1;
  const base = (2 | (slot & 1)) << bits;
  if (slot < END_POSITION_SLOT) return base + range.reverseTree(positions, base - slot, bits);
  const high = range.direct(bits - ALIGN_BITS) << ALIGN_BITS;
  return base + high + range.reverseTree(align, 0, ALIGN_BITS);
}

/** A match at one of the last four distances; its length. */
function readRepeat(range: RangeDecoder, model: Model, positionState: number): number {
  const { state, distances } = model;
  const [first, second, third, fourth] = distances;
  if (range.bit(model.isRepeat0, state) === 0) {
    if (range.bit(model.isRepeat0Long, (state << 4) + positionState) === 0) {
      model.state = state < 7 ? 9 : 11;
      return 1;
    }
  } else if (range.bit(model.isRepeat1, state) === 0) model.distances = [second, first, third, fourth];
  else if (range.bit(model.isRepeat2, state) === 0) model.distances = [third, first, second, fourth];
  else model.distances = [fourth, first, second, third];
  model.state = state < 7 ? 8 : 11;
  return MIN_MATCH + model.repeatLength.decode(range, positionState);
}
