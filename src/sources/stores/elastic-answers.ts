/** Reads what Elasticsearch and OpenSearch answer. */
import { visibleText } from "#text";
import { type JsonSpan, JsonSpans } from "./json-spans.ts";

/** A page of a search. */
export interface SearchPage {
  /** The documents, one JSON object per line: `_index`, `_id`, and behind them the members of the document as they are stored. */
  readonly lines: Uint8Array;
  readonly count: number;
  /** Where the next page begins, as JSON; null: there were no documents. */
  readonly lastSort: string | null;
  /** The point in time goes on under this name; null: as before. */
  readonly pointInTime: string | null;
  /** What parts of the index said that gave nothing; null: all gave what they have. */
  readonly trouble: string | null;
}

/** A field as a mapping has it. */
export interface MappedField {
  /** Names with dots between them: `user.name`. */
  readonly path: string;
  /** As Elasticsearch calls it: `keyword`, `date`, `long`. */
  readonly type: string;
  /** Of dates: how they are written; null: as usual. */
  readonly format: string | null;
  /** Whether a search for a value finds every document that has it. */
  readonly isSearchable: boolean;
  /** Longer texts are not found; null: all are. */
  readonly mostCharacters: number | null;
}

/** What an index is listed with. */
export interface ListedIndex {
  readonly name: string;
  readonly primaryShards: number;
  readonly sizeBytes: number | null;
}

const MOST_SHOWN_CHARACTERS = 300;
/** Elasticsearch allows 20. */
const DEEPEST_MAPPING = 50;
const MOST_FIELDS = 20_000;
const [LINE_FEED, CARRIAGE_RETURN, BLANK] = [0x0a, 0x0d, 0x20];

/** The page in an answer to a search. Throws SyntaxError: it is no JSON. */
export function readSearchPage(bytes: Uint8Array): SearchPage {
  const json = new JsonSpans(bytes);
  const answer = json.members(json.whole());
  const found = memberOf(json, answer.get("hits"), "hits");
  const lines = new LineWriter(bytes);
  let last: JsonSpan | undefined;
  let count = 0;
  if (found !== undefined) {
    for (const hit of json.elements(found)) {
      const members = json.members(hit);
      lines.add(members);
      last = members.get("sort");
      count++;
    }
  }
  const pointInTime = answer.get("pit_id");
  const named = pointInTime === undefined ? null : json.value(pointInTime);
  return {
    lines: lines.taken(),
    count,
    lastSort: last === undefined ? null : json.text(last),
    pointInTime: typeof named === "string" ? named : null,
    trouble: troubleIn(json, answer),
  };
}

function memberOf(json: JsonSpans, span: JsonSpan | undefined, name: string): JsonSpan | undefined {
  return span === undefined ? undefined : json.members(span).get(name);
}

function troubleIn(json: JsonSpans, answer: ReadonlyMap<string, JsonSpan>): string | null {
  const timedOut = answer.get("timed_out");
  if (timedOut !== undefined && json.text(timedOut) === "true") return "it took too long";
  const shards = answer.get("_shards");
  if (shards === undefined) return null;
  const told = recordOf(json.value(shards));
  const failed = Number(told.get("failed") ?? 0);
  if (!(failed > 0)) return null;
  const reasons = listOf(told.get("failures")).map((one) => reasonIn(recordOf(one).get("reason")));
  const reason = reasons.find((one) => one !== "") ?? "";
  return `${failed} of ${Number(told.get("total") ?? failed)} shards failed${reason === "" ? "" : `: ${reason}`}`;
}

/** Puts the lines together. They are shorter than the hits that they are made of, and fit into as many bytes. */
class LineWriter {
  readonly #source: Uint8Array;
  readonly #lines: Buffer;
  #at = 0;

  constructor(source: Uint8Array) {
    this.#source = source;
    this.#lines = Buffer.allocUnsafe(source.length);
  }

  add(hit: ReadonlyMap<string, JsonSpan>): void {
    let before = "{";
    for (const name of ["_index", "_id"]) {
      const span = hit.get(name);
      if (span === undefined) continue;
      this.#text(`${before}"${name}":`);
      this.#copy(span);
      before = ",";
    }
    const source = hit.get("_source");
    const inner = source === undefined ? null : this.#innerOf(source);
    if (inner !== null) {
      this.#text(before);
      this.#copy(inner);
    } else if (before === "{") this.#text("{");
    this.#text("}\n");
  }

  /** The lines; the writer is not used afterwards. */
  taken(): Uint8Array {
    // Why copied: who gets them may hand their whole buffer to another thread, and they would hold the memory of the rest.
    return new Uint8Array(this.#lines.subarray(0, this.#at));
  }

  /** The members of an object; null: there are none. */
  #innerOf({ start, end }: JsonSpan): JsonSpan | null {
    if (this.#source[start] !== 0x7b) return null;
    let first = start + 1;
    while (first < end - 1 && (this.#source[first] ?? 0) <= BLANK) first++;
    return first < end - 1 ? { start: first, end: end - 1 } : null;
  }

  #text(text: string): void {
    this.#at += this.#lines.write(text, this.#at, "latin1");
  }

  /** Line ends stand between values only, and mean no more than blanks. */
  #copy({ start, end }: JsonSpan): void {
    this.#lines.set(this.#source.subarray(start, end), this.#at);
    const copy = this.#lines.subarray(this.#at, this.#at + end - start);
    for (const lineEnd of [LINE_FEED, CARRIAGE_RETURN]) {
      for (let at = copy.indexOf(lineEnd); at >= 0; at = copy.indexOf(lineEnd, at + 1)) copy[at] = BLANK;
    }
    this.#at += copy.length;
  }
}

/** The reason in an error, as it is shown; empty: none is told. */
export function readReason(text: string): string {
  try {
    return reasonIn(recordOf(JSON.parse(text)).get("error"));
  } catch {
    return "";
  }
}

/** The kind of an error, such as `index_not_found_exception`; empty: none is told. */
export function readErrorType(text: string): string {
  try {
    const error = recordOf(recordOf(JSON.parse(text)).get("error"));
    const causes = [error, ...listOf(error.get("root_cause")).map(recordOf)];
    const failed = listOf(error.get("failed_shards")).map((one) => recordOf(recordOf(one).get("reason")));
    return [...causes, ...failed].map((one) => String(one.get("type") ?? "")).join(" ");
  } catch {
    return "";
  }
}

function reasonIn(error: unknown): string {
  if (typeof error === "string") return shown(error);
  const told = recordOf(error);
  const [first] = listOf(told.get("root_cause"));
  const reason = recordOf(first).get("reason") ?? told.get("reason");
  return typeof reason === "string" ? shown(reason) : "";
}

function shown(text: string): string {
  return visibleText(text.slice(0, MOST_SHOWN_CHARACTERS));
}

/** A name that can be read, and the indices behind it. */
export interface ResolvedName {
  readonly name: string;
  readonly indices: readonly string[];
}

/**
 * Indices and data streams in the answer of `_resolve/index`. Indices of data streams are in these alone, unless they are what is looked for;
 * aliases are left out, since what they stand for is there already.
 */
export function readResolvedNames(value: unknown, wantsBacking: boolean): readonly ResolvedName[] {
  const told = recordOf(value);
  const indices = listOf(told.get("indices")).map(recordOf);
  const own = indices.filter((index) => {
    const isClosed = listOf(index.get("attributes")).includes("closed");
    return (wantsBacking || !index.has("data_stream")) && !isClosed;
  });
  const streams = listOf(told.get("data_streams")).map(recordOf);
  return [
    ...own.map((index) => ({ name: index.get("name"), indices: [index.get("name")] })),
    ...streams.map((stream) => ({
      name: stream.get("name"),
      indices: listOf(stream.get("backing_indices")),
    })),
  ].flatMap(({ name, indices: behind }) =>
    typeof name === "string" && name !== "" && !name.includes("/")
      ? [{ name, indices: behind.filter((one) => typeof one === "string") }]
      : [],
  );
}

/** The indices in the answer of `_cat/indices?format=json`, by name. */
export function readListedIndices(value: unknown): readonly ListedIndex[] {
  return listOf(value)
    .flatMap((one): ListedIndex[] => {
      const told = recordOf(one);
      const name = told.get("index");
      if (typeof name !== "string" || name === "" || name.includes("/")) return [];
      const [shards, size] = [Number(told.get("pri")), Number(told.get("pri.store.size") ?? Number.NaN)];
      return [
        {
          name,
          primaryShards: Number.isSafeInteger(shards) && shards > 0 ? shards : 1,
          sizeBytes: Number.isSafeInteger(size) && size >= 0 ? size : null,
        },
      ];
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * The fields of all indices in the answer of `_mapping`, by path. Fields that indices have in different types have the type "mixed".
 * Null: there are more than can be columns.
 */
export function readMapping(value: unknown): readonly MappedField[] | null {
  const fields = new Map<string, MappedField>();
  for (const index of recordOf(value).values()) {
    const stack = [{ prefix: "", mapping: recordOf(index).get("mappings"), depth: 0 }];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const { prefix, mapping, depth } = next;
      for (const [name, told] of recordOf(recordOf(mapping).get("properties"))) {
        const path = prefix + name;
        const field = fieldOf(path, recordOf(told));
        if (field === null && depth < DEEPEST_MAPPING) {
          stack.push({ prefix: `${path}.`, mapping: told, depth: depth + 1 });
        } else if (field !== null) fields.set(path, joined(fields.get(path), field));
      }
      if (fields.size > MOST_FIELDS) return null;
    }
  }
  return [...fields.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Null: an object, whose members are the fields. */
function fieldOf(path: string, told: ReadonlyMap<string, unknown>): MappedField | null {
  const type = told.get("type") ?? "object";
  const isOpen = type === "object" && told.get("enabled") !== false;
  if (typeof type !== "string" || (isOpen && told.has("properties"))) return null;
  const format = told.get("format");
  // What is left out of the index, or changed before it goes there, is not found by its value.
  const isChanged = ["normalizer", "ignore_malformed", "script", "time_series_metric"].some((option) =>
    told.has(option),
  );
  const most = told.get("ignore_above");
  return {
    path,
    type,
    format: typeof format === "string" ? format : null,
    isSearchable: told.get("index") !== false && !isChanged,
    mostCharacters: typeof most === "number" ? most : null,
  };
}

function joined(known: MappedField | undefined, field: MappedField): MappedField {
  if (known === undefined) return field;
  const isSame = known.type === field.type && known.format === field.format;
  return {
    ...field,
    ...(isSame ? {} : { type: "mixed", format: null }),
    isSearchable: isSame && known.isSearchable && field.isSearchable,
    mostCharacters: least(known.mostCharacters, field.mostCharacters),
  };
}

function least(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

function recordOf(value: unknown): ReadonlyMap<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return new Map();
  return new Map(Object.entries(value));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
