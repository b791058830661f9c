/** Rows of a batch as events: one object that stands for one row after the other. */
import fs from "node:fs";
import { printAddress } from "#language";
import { type Batch, type BatchColumn, valueAt } from "#records";
import { type FilePlace, openFileSync } from "#sources";
import type { DetectionEvent, EventKind, EventPlace, EventValue, TextSpan } from "../event.ts";
import { authorityOfTarget, splitTarget } from "../normal-forms/parameters.ts";
import { numberOf } from "../pass/event-values.ts";
import { ipv4Text } from "../pass/ipv4.ts";
import { DURATION_FIELDS, type EventFields, type FieldPlace, hasField } from "./event-fields.ts";
import { membersAt, oneOf, valuesOfJson } from "./json-members.ts";

/** A source of events. `file`: it can be read again in places. */
export interface EventSource {
  readonly uri: string;
  readonly file: FilePlace | null;
}

/** Where the columns stand that every row has, behind those of the slots. */
export interface RowColumns {
  readonly input: number;
  readonly offset: number;
  readonly length: number;
  /** Bytes of marked rows, or of all rows of sources that cannot be read again. */
  readonly text: number;
  readonly unmatched: number;
  /** What of the row is marked, and the bits of each field that was looked at; null: nothing was looked for. */
  readonly marks: { readonly column: number; readonly ofFields: ReadonlyMap<string, number> } | null;
}

const MOST_ADDRESSES = 100_000;
const MOST_OPEN_FILES = 64;
/** Texts of so few bytes, such as methods, are made once. */
const SHORT_TEXT_BYTES = 4;
const MOST_SHORT_TEXTS = 10_000;

/** Reads rows as events. `close` it in the end. */
export class EventView implements DetectionEvent {
  readonly kind: EventKind;
  readonly #fields: EventFields;
  readonly #columns: RowColumns;
  readonly #sources: readonly EventSource[];
  #batch: Batch = { rowCount: 0, columns: [] };
  #heaps: readonly (Buffer | null)[] = [];
  /** Columns of 64 and 128 bits as words of 32: as bigints, each value would be an object. */
  #words: readonly (Uint32Array | null)[] = [];
  #row = 0;
  readonly #addresses = new Map<bigint, string>();
  /** Values of the row that were asked for, by slot; several detectors ask for the same. */
  #values: (EventValue | null)[] = [];
  #rowOfValue = new Int32Array(0);
  #documents: unknown[] = [];
  #rowOfDocument = new Int32Array(0);
  readonly #files = new Map<string, number>();
  /** Short texts by their bytes. */
  readonly #shortTexts = new Map<number, string>();
  #latestShortKey = -1;
  #latestShortText = "";
  readonly #span: { bytes: Buffer; start: number; end: number } = { bytes: NO_BYTES, start: 0, end: 0 };

  constructor(kind: EventKind, fields: EventFields, columns: RowColumns, sources: readonly EventSource[]) {
    this.kind = kind;
    this.#fields = fields;
    this.#columns = columns;
    this.#sources = sources;
  }

  /** Turns to a batch; its first row is the event then. */
  turnTo(batch: Batch): void {
    this.#batch = batch;
    this.#heaps = batch.columns.map((column) =>
      column.kind === "text"
        ? Buffer.from(column.heap.buffer, column.heap.byteOffset, column.heap.length)
        : null,
    );
    this.#words = batch.columns.map(wordsOf);
    this.#row = 0;
    this.#values = batch.columns.map(() => null);
    this.#rowOfValue = new Int32Array(batch.columns.length).fill(-1);
    this.#documents = batch.columns.map(() => null);
    this.#rowOfDocument = new Int32Array(batch.columns.length).fill(-1);
  }

  /** Turns to a row of the batch. */
  turnToRow(row: number): void {
    this.#row = row;
  }

  get isParsed(): boolean {
    return !this.#hasText(this.#columns.unmatched);
  }

  get place(): EventPlace {
    const { uri } = this.#source();
    return {
      uri,
      offset: this.#numberAt(this.#columns.offset),
      length: this.#numberAt(this.#columns.length),
    };
  }

  get offset(): number {
    return this.#numberAt(this.#columns.offset);
  }

  get timeMs(): number | null {
    const { timeSlot, slots } = this.#fields;
    const ms =
      timeSlot === null || slots[timeSlot]?.type.kind !== "timestamp" ? null : this.#safeAt(timeSlot);
    if (ms !== null) return ms;
    const value = timeSlot === null ? null : this.#at(timeSlot);
    if (typeof value !== "bigint") return null;
    const isNano = timeSlot !== null && slots[timeSlot]?.type.kind === "timestamp-nano";
    return isNano ? Math.floor(Number(value / 1000n) / 1000) : Number(value);
  }

  value(field: string): EventValue | null {
    return this.#stored(field) ?? this.#made(field);
  }

  values(field: string): readonly EventValue[] {
    for (const { slot, members } of this.#fields.places.get(field) ?? NO_PLACES) {
      const found = members.length > 0 ? membersAt(this.#document(slot), members) : this.#jsonValues(slot);
      if (found.length > 0) return found;
    }
    const value = this.value(field);
    return value === null ? NO_VALUES : [value];
  }

  ipv4(field: string): number | null {
    const places = this.#fields.places.get(field) ?? NO_PLACES;
    const place = places[0];
    if (place === undefined || places.length > 1 || place.members.length > 0) return null;
    const column = this.#batch.columns[place.slot];
    return column?.kind === "huge" && !isNull(column, this.#row) ? this.#ipv4At(place.slot) : null;
  }

  has(field: string): boolean {
    return hasField(this.#fields, field);
  }

  number(field: string): number | null {
    const places = this.#fields.places.get(field) ?? NO_PLACES;
    const place = places[0];
    if (place === undefined || places.length > 1 || place.members.length > 0)
      return numberOf(this.value(field));
    const column = this.#batch.columns[place.slot];
    if (column?.kind === "integer" && column.validity === null) return column.values[this.#row] ?? null;
    return (column?.kind === "long" ? this.#safeAt(place.slot) : null) ?? numberOf(this.value(field));
  }

  span(field: string): TextSpan | null {
    const places = this.#fields.places.get(field) ?? NO_PLACES;
    const place = places[0];
    if (place === undefined || places.length > 1 || place.members.length > 0) return null;
    const column = this.#batch.columns[place.slot];
    const bytes = this.#heaps[place.slot];
    if (column?.kind !== "text" || bytes === null || bytes === undefined || isNull(column, this.#row))
      return null;
    const span = this.#span;
    span.bytes = bytes;
    span.start = column.starts[this.#row] ?? 0;
    span.end = span.start + (column.lengths[this.#row] ?? 0);
    return span;
  }

  rawText(): string {
    return this.#textAt(this.#columns.text) ?? this.#textAt(this.#columns.unmatched) ?? this.#readAgain();
  }

  isMarked(field: string): boolean {
    const { marks } = this.#columns;
    const column = marks === null ? undefined : this.#batch.columns[marks.column];
    if (marks === null || column?.kind !== "integer") return true;
    const found = column.values[this.#row] ?? 0;
    return (found & ((field === "" ? undefined : marks.ofFields.get(field)) ?? -1)) !== 0;
  }

  get isTextAtHand(): boolean {
    return this.#hasText(this.#columns.text) || this.#hasText(this.#columns.unmatched);
  }

  /** Closes the files that were read again. */
  close(): void {
    for (const file of this.#files.values()) fs.closeSync(file);
    this.#files.clear();
  }

  #source(): EventSource {
    return this.#sources[this.#numberAt(this.#columns.input)] ?? { uri: "", file: null };
  }

  #stored(field: string): EventValue | null {
    const places = this.#fields.places.get(field);
    if (places === undefined) return null;
    for (const place of places) {
      const value = this.#valueAt(place);
      if (value !== null) return value;
    }
    return null;
  }

  /** What can be made of other fields. */
  #made(field: string): EventValue | null {
    switch (field) {
      case "url.path":
      case "url.query": {
        const target = this.#stored("url.original") ?? this.#stored("request");
        if (target === null) return null;
        const { path, query } = splitTarget(String(target));
        return field === "url.path" ? path : query;
      }
      case "http.request.line": {
        const request = this.#stored("request");
        if (request !== null) return request;
        const [method, target] = [this.#stored("http.request.method"), this.value("url.original")];
        return method === null ? target : target === null ? method : `${method} ${target}`;
      }
      case "url.extension": {
        const path = this.value("url.path");
        return path === null ? null : (/\.([A-Za-z0-9]{1,16})$/.exec(String(path))?.[1] ?? null);
      }
      case "url.original": {
        const path = this.#stored("url.path");
        if (path === null) return this.#stored("request");
        return targetOf(this.#proxyOrigin(), String(path), this.#stored("url.query"));
      }
      case "url.domain":
        return this.kind === "proxy" ? this.#requestedHost() : null;
      case "event.duration":
        return this.#duration();
      default:
        return null;
    }
  }

  /** Scheme and host of what a proxy was asked for, where the path stands alone; empty for other events. */
  #proxyOrigin(): string {
    const domain = this.kind === "proxy" ? this.#stored("url.domain") : null;
    return domain === null ? "" : `${this.#stored("url.scheme") ?? "http"}://${domain}`;
  }

  #requestedHost(): string | null {
    const target = this.#stored("url.original");
    const authority = target === null ? null : authorityOfTarget(String(target));
    return authority?.replace(/:\d{1,5}$/, "") ?? null;
  }

  #duration(): number | null {
    for (const [name, unitNs] of Object.entries(DURATION_FIELDS)) {
      const value = numberOf(this.#stored(name));
      if (value !== null) return Math.round(value * unitNs);
    }
    return null;
  }

  #valueAt({ slot, members }: FieldPlace): EventValue | null {
    if (members.length > 0) return oneOf(membersAt(this.#document(slot), members));
    if (this.#rowOfValue[slot] === this.#row) return this.#values[slot] ?? null;
    const value = this.#read(slot);
    this.#values[slot] = value;
    this.#rowOfValue[slot] = this.#row;
    return value;
  }

  #jsonValues(slot: number): readonly EventValue[] {
    const kind = this.#fields.slots[slot]?.type.kind;
    const text = kind === "object" || kind === "variant" ? this.#textAt(slot) : null;
    return text === null ? NO_VALUES : valuesOfJson(text, this.#document(slot));
  }

  /** What a JSON text says; null where it says nothing. Parsed once per row: rules ask for many members. */
  #document(slot: number): unknown {
    if (this.#rowOfDocument[slot] === this.#row) return this.#documents[slot];
    const text = this.#textAt(slot);
    const document = text === null ? null : parsed(text);
    this.#documents[slot] = document;
    this.#rowOfDocument[slot] = this.#row;
    return document;
  }

  #read(slot: number): EventValue | null {
    const column = this.#batch.columns[slot];
    if (column === undefined) return null;
    if (column.kind === "text") return this.#textAt(slot);
    if (column.kind === "huge") return this.#addressAt(slot, column);
    if (column.kind === "long") {
      const number = this.#safeAt(slot);
      if (number !== null) return number;
    }
    const value = this.#at(slot);
    return typeof value === "object" || typeof value === "string" ? null : value;
  }

  #addressAt(slot: number, column: BatchColumn & { readonly kind: "huge" }): string | null {
    if (isNull(column, this.#row)) return null;
    const ipv4 = this.#ipv4At(slot);
    if (ipv4 !== null) return ipv4Text(ipv4);
    const address = this.#at(slot);
    if (typeof address !== "bigint") return null;
    const text = this.#addresses.get(address) ?? printAddress(address);
    if (this.#addresses.size >= MOST_ADDRESSES) this.#addresses.clear();
    this.#addresses.set(address, text);
    return text;
  }

  #ipv4At(slot: number): number | null {
    const words = this.#words[slot] ?? NO_WORDS;
    const at = 4 * this.#row;
    const isIpv4 = words[at + 1] === 0xffff && words[at + 2] === 0 && words[at + 3] === 0;
    return isIpv4 ? (words[at] ?? 0) : null;
  }

  #at(index: number): ReturnType<typeof valueAt> {
    const column = this.#batch.columns[index];
    return column === undefined ? null : valueAt(column, this.#row);
  }

  #numberAt(index: number): number {
    const column = this.#batch.columns[index];
    if (column?.kind === "integer") return column.values[this.#row] ?? 0;
    return column?.kind === "long" ? (this.#safeAt(index) ?? Number(column.values[this.#row] ?? 0)) : 0;
  }

  /** A value of 64 bits as a number; null: there is none, or it is no number that is exact. */
  #safeAt(index: number): number | null {
    const column = this.#batch.columns[index];
    if (column?.kind !== "long" || isNull(column, this.#row)) return null;
    const words = this.#words[index] ?? NO_WORDS;
    const high = words[2 * this.#row + 1] ?? 0;
    return high < HIGHEST_SAFE_WORD ? high * 0x100000000 + (words[2 * this.#row] ?? 0) : null;
  }

  #textAt(index: number): string | null {
    const column = this.#batch.columns[index];
    const heap = this.#heaps[index];
    if (column?.kind !== "text" || heap === null || heap === undefined || isNull(column, this.#row))
      return null;
    const start = column.starts[this.#row] ?? 0;
    const length = column.lengths[this.#row] ?? 0;
    return length <= SHORT_TEXT_BYTES
      ? this.#shortText(heap, start, start + length)
      : heap.toString("utf8", start, start + length);
  }

  #shortText(heap: Buffer, start: number, end: number): string {
    let key = end - start;
    for (let at = start; at < end; at++) key = key * 256 + (heap[at] ?? 0);
    if (key === this.#latestShortKey) return this.#latestShortText;
    const text = this.#knownShortText(key, heap, start, end);
    this.#latestShortKey = key;
    this.#latestShortText = text;
    return text;
  }

  #knownShortText(key: number, heap: Buffer, start: number, end: number): string {
    const known = this.#shortTexts.get(key);
    if (known !== undefined) return known;
    if (this.#shortTexts.size >= MOST_SHORT_TEXTS) this.#shortTexts.clear();
    const text = heap.toString("utf8", start, end);
    this.#shortTexts.set(key, text);
    return text;
  }

  #hasText(index: number): boolean {
    const column = this.#batch.columns[index];
    return column?.kind === "text" && !isNull(column, this.#row);
  }

  /** Evidence of events that nothing marked: few, so that each is worth a read. */
  #readAgain(): string {
    const { file } = this.#source();
    if (file === null) return "";
    const { offset, length } = this.place;
    const bytes = Buffer.alloc(length);
    return bytes.toString("utf8", 0, fs.readSync(this.#open(file), bytes, 0, length, offset));
  }

  #open(place: FilePlace): number {
    const known = this.#files.get(place.path);
    if (known !== undefined) return known;
    if (this.#files.size >= MOST_OPEN_FILES) this.close();
    const file = openFileSync(place);
    this.#files.set(place.path, file);
    return file;
  }
}

const NO_BYTES = Buffer.alloc(0);
const NO_WORDS = new Uint32Array(0);
const NO_PLACES: readonly FieldPlace[] = [];
const NO_VALUES: readonly EventValue[] = [];
/** Values whose upper word is less are whole numbers that are exact. */
const HIGHEST_SAFE_WORD = 0x200000;

function wordsOf(column: BatchColumn): Uint32Array | null {
  if (column.kind !== "long" && column.kind !== "huge") return null;
  const { buffer, byteOffset, byteLength } = column.kind === "long" ? column.values : column.words;
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}

function isNull(column: BatchColumn & { readonly kind: "text" | "huge" | "long" }, row: number): boolean {
  const { validity } = column;
  return validity !== null && (((validity[row >> 3] ?? 0) >> (row & 7)) & 1) === 0;
}

/** A target of its parts. Some products write the query with its mark. */
function targetOf(origin: string, path: string, query: EventValue | null): string {
  const mark = query === null || String(query).startsWith("?") ? "" : "?";
  return `${origin}${path}${mark}${query ?? ""}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
