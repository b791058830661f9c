/** Matchers of values: numbers, times, addresses, texts that are not bounded by what follows. */

import type { DataType, EnumNode, MatcherNode, SetNode, SimpleTypeKind } from "#language";
import { invariant } from "#text";
import { setOfBytes, setOfRanges } from "./byte-set.ts";
import { charsetOf } from "./compile-charset.ts";
import {
  type CompileContext,
  captured,
  mayBeEmpty,
  rangeOf,
  slotsFor,
  zoneIndex,
} from "./compile-context.ts";
import { socketOperations, tokenOperations } from "./compile-token.ts";
import type { AddressOperation, ByteSet, MatchOperation, PatternRange, SlotIndex } from "./program.ts";
import { isoFormat, type TimeFormat, timeFormat } from "./time-parts.ts";
import type { Wanted } from "./wanted.ts";

/** Bounds of texts whose length nobody gave. */
export const TEXT_BOUNDS = { min: 1, max: 4096 } as const;
/** Bytes between the quotes of quoted texts that say nothing else: `""` is one, with an empty value. */
const QUOTED_BOUNDS = { min: 0, max: 4096 } as const;

/** What one matcher needs to know to be built. */
export interface MatcherPlace {
  readonly node: MatcherNode;
  readonly at: PatternRange;
  readonly slot: SlotIndex;
  readonly mayBeEmpty: boolean;
  readonly context: CompileContext;
}

interface MatcherBuilder {
  readonly type: SimpleTypeKind;
  readonly build: (place: MatcherPlace) => readonly MatchOperation[];
}

/** The operations of a matcher other than LD and DATA. */
export function matcherOperations(
  node: MatcherNode,
  wanted: Wanted | null,
  context: CompileContext,
): readonly MatchOperation[] {
  const builder = BUILDERS[node.matcher];
  invariant(builder !== undefined, `${node.matcher} can be compiled`);
  const at = rangeOf(node);
  const slots = slotsFor(wanted, { kind: builder.type });
  const body = builder.build({ node, at, slot: slots.own, mayBeEmpty: mayBeEmpty(node), context });
  return captured(body, slots.text, at, mayBeEmpty(node));
}

/** The type of a matcher's value. */
export function matcherType(name: string): DataType {
  return { kind: BUILDERS[name]?.type ?? "string" };
}

/** A run of bytes of a set. Without a quantifier one byte. */
export function setOperations(node: SetNode, slot: SlotIndex): readonly MatchOperation[] {
  const { min, max } = node.quantifier ?? { min: 1, max: 1 };
  const set = setOfRanges(node.ranges);
  return [{ kind: "set", at: rangeOf(node), set, min, max, slot, emptyIsNull: min === 0 }];
}

/** An ENUM. */
export function enumOperations(node: EnumNode, wanted: Wanted | null): readonly MatchOperation[] {
  const at = rangeOf(node);
  const slots = slotsFor(wanted, { kind: "integer" });
  const { entries, ignoresCase } = node;
  return captured([{ kind: "enum", at, entries, ignoresCase, slot: slots.own }], slots.text, at);
}

const INT_BOUNDS = [-(1n << 31n), (1n << 31n) - 1n] as const;
const LONG_BOUNDS = [-(1n << 63n), (1n << 63n) - 1n] as const;

function integer(type: "integer" | "long", radix: 10 | 16): MatcherBuilder {
  const [least, most] = type === "integer" ? INT_BOUNDS : LONG_BOUNDS;
  return {
    type,
    build: ({ node, at, slot, mayBeEmpty }) => {
      const { min: minBytes, max: maxBytes } = byteBounds(node);
      const min = largest(least, wholeSetting(node, "min") ?? least);
      const max = smallest(most, wholeSetting(node, "max") ?? most);
      return [{ kind: "integer", at, radix, min, max, minBytes, maxBytes, mayBeEmpty, slot }];
    },
  };
}

function decimal(type: "float" | "double", point: "." | ","): MatcherBuilder {
  return {
    type,
    build: ({ node, at, slot, mayBeEmpty }) => {
      const { min: minBytes, max: maxBytes } = byteBounds(node);
      const bounds = { min: numberSetting(node, "min"), max: numberSetting(node, "max") };
      return [
        { kind: "decimal", at, point: point.charCodeAt(0), ...bounds, minBytes, maxBytes, mayBeEmpty, slot },
      ];
    },
  };
}

/** Numbers are bounded as texts are: no run of digits costs more than this from each of its bytes. */
function byteBounds(node: MatcherNode): { readonly min: number; readonly max: number } {
  return node.quantifier ?? TEXT_BOUNDS;
}

function wholeSetting(node: MatcherNode, key: string): bigint | null {
  const value = node.config[key];
  return typeof value === "number" || typeof value === "string" ? BigInt(value) : null;
}

function numberSetting(node: MatcherNode, key: string): number | null {
  const value = node.config[key];
  return typeof value === "number" || typeof value === "string" ? Number(value) : null;
}

function largest(first: bigint, second: bigint): bigint {
  return first > second ? first : second;
}

function smallest(first: bigint, second: bigint): bigint {
  return first < second ? first : second;
}

function address(allowsV4: boolean, allowsV6: boolean): MatcherBuilder {
  return {
    type: "ip",
    build: ({ at, slot, mayBeEmpty }): readonly AddressOperation[] => [
      { kind: "address", at, allowsV4, allowsV6, mayBeEmpty, slot },
    ],
  };
}

const DEFAULT_TIME = "yyyy-MM-dd HH:mm:ss";

function textSetting(node: MatcherNode, key: string): string | null {
  const value = node.config[key];
  return typeof value === "string" ? value : null;
}

function time(isNano: boolean, format: string | null = null): MatcherBuilder {
  return {
    type: isNano ? "timestamp-nano" : "timestamp",
    build: (place) => {
      const written = format ?? textSetting(place.node, "format") ?? DEFAULT_TIME;
      const { config } = place.node;
      const writing = { locale: textSetting(place.node, "locale"), charset: charsetOf(config) };
      return [timestamp(place, timeFormat(written, writing), isNano)];
    },
  };
}

function timestamp(place: MatcherPlace, format: TimeFormat, isNano = false): MatchOperation {
  const { node, at, slot, mayBeEmpty, context } = place;
  const zone = zoneIndex(textSetting(node, "tz") ?? context.timeZone, context);
  return { kind: "timestamp", at, ...format, zone, isNano, mayBeEmpty, slot };
}

/** With a fraction or without. */
const isoTime: MatcherBuilder = {
  type: "timestamp",
  build: (place) => {
    const required = { ...place, mayBeEmpty: false };
    const branches = [true, false].map((hasFraction) => [timestamp(required, isoFormat(hasFraction))]);
    const choice: MatchOperation = { kind: "choice", at: place.at, branches };
    return place.mayBeEmpty ? [{ kind: "optional", at: place.at, body: [choice] }] : [choice];
  },
};

function quoted(
  quote: number,
  encoding: "backslash" | "doubled-double-quote" | "doubled-single-quote",
): MatcherBuilder {
  return {
    type: "string",
    build: ({ node, at, slot }) => {
      const { min, max } = node.quantifier ?? QUOTED_BOUNDS;
      return [
        { kind: "quoted", at, quote, encoding, min, max, staysInLine: false, slot, emptyIsNull: false },
      ];
    },
  };
}

/** A word that may be missing is an optional one: without a visible byte nothing is matched. */
const word: MatcherBuilder = {
  type: "string",
  build: ({ node, at, slot, mayBeEmpty }) => {
    const { min, max } = node.quantifier ?? TEXT_BOUNDS;
    const operation: MatchOperation = { kind: "word", at, min, max, slot, emptyIsNull: false };
    return mayBeEmpty ? [{ kind: "optional", at, body: [operation] }] : [operation];
  },
};

function fixed(...bytes: readonly number[]): MatcherBuilder {
  return { type: "string", build: ({ at }) => [{ kind: "literal", at, bytes, ignoresCase: false }] };
}

function edge(place: "start" | "not-start" | "end"): MatcherBuilder {
  return { type: "string", build: ({ at }) => [{ kind: "edge", at, edge: place }] };
}

/** A composed text: captured as it is written. */
function composed(
  type: SimpleTypeKind,
  body: (place: MatcherPlace) => readonly MatchOperation[],
): MatcherBuilder {
  return {
    type,
    build: (place) => {
      const operations = captured(body(place), place.slot, place.at);
      return place.mayBeEmpty ? [{ kind: "optional", at: place.at, body: operations }] : operations;
    },
  };
}

const BUILDERS: Readonly<Record<string, MatcherBuilder>> = {
  INT: integer("integer", 10),
  LONG: integer("long", 10),
  HEXINT: integer("integer", 16),
  HEXLONG: integer("long", 16),
  FLOAT: decimal("float", "."),
  DOUBLE: decimal("double", "."),
  CFLOAT: decimal("float", ","),
  CDOUBLE: decimal("double", ","),
  BOOLEAN: {
    type: "boolean",
    build: ({ at, slot, mayBeEmpty }) => [{ kind: "boolean", at, mayBeEmpty, slot }],
  },
  TIMESTAMP: time(false),
  TIMESTAMP_NANO: time(true),
  HTTPDATE: time(false, "dd/MMM/yyyy:HH:mm:ss Z"),
  ISO8601: isoTime,
  JSONTIMESTAMP: isoTime,
  IPADDR: address(true, true),
  IPV4: address(true, false),
  IPV6: address(false, true),
  MACADDR: { type: "mac", build: ({ at, slot, mayBeEmpty }) => [{ kind: "mac", at, mayBeEmpty, slot }] },
  IPV4SOCKET: composed("ipsocket", ({ at }) => socketOperations(at, false)),
  IPSOCKET: composed("ipsocket", ({ at }) => socketOperations(at, true)),
  IPNET: composed("ipnet", ({ at }) => tokenOperations.network(at)),
  UUID: composed("string", ({ at }) => tokenOperations.uuid(at)),
  CREDITCARD: composed("string", ({ at }) => [{ kind: "card", at }]),
  URI: composed("string", ({ at, node }) => tokenOperations.uri(at, node.quantifier ?? TEXT_BOUNDS)),
  DQS: quoted(0x22, "backslash"),
  SQS: quoted(0x27, "backslash"),
  CSVDQS: quoted(0x22, "doubled-double-quote"),
  CSVSQS: quoted(0x27, "doubled-single-quote"),
  STRING: word,
  EOL: {
    type: "string",
    build: ({ node, at }) => [{ kind: "line-end", at, allowsCarriageReturn: node.config["any"] === true }],
  },
  LF: fixed(0x0a),
  CR: fixed(0x0d),
  EOLWIN: fixed(0x0d, 0x0a),
  BOS: edge("start"),
  MOS: edge("not-start"),
  EOS: edge("end"),
};

/** Blanks that may stand before a JSON element. */
export const JSON_BLANKS: ByteSet = setOfBytes([0x09, 0x0d, 0x20]);
