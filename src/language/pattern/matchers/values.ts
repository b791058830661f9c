/** Matchers of numbers, times and addresses. */
import type { SimpleTypeKind } from "../../types.ts";
import type { Quantifier } from "../tree.ts";
import {
  CHARSET_CONFIG,
  type ConfigKey,
  type Matcher,
  type MatcherCategory,
  type QuantifierUse,
  TEXT_QUANTIFIER,
} from "./matcher.ts";

interface ValueRow {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly type: SimpleTypeKind;
  readonly config?: readonly ConfigKey[];
  readonly description: string;
  readonly exampleText: string;
  readonly example?: string;
}

const WHOLE_BOUNDS: readonly ConfigKey[] = [
  { key: "min", value: "integer", defaultValue: null, description: "A smaller number does not match." },
  { key: "max", value: "integer", defaultValue: null, description: "A larger number does not match." },
];
const BOUNDS: readonly ConfigKey[] = [
  { key: "min", value: "number", defaultValue: null, description: "A smaller number does not match." },
  { key: "max", value: "number", defaultValue: null, description: "A larger number does not match." },
];

const NUMBER_ROWS: readonly ValueRow[] = [
  {
    name: "INT",
    aliases: ["INTEGER"],
    type: "integer",
    config: WHOLE_BOUNDS,
    description: "A whole number of 32 bits.",
    exampleText: "404",
  },
  {
    name: "LONG",
    type: "long",
    config: WHOLE_BOUNDS,
    description: "A whole number of 64 bits.",
    exampleText: "8589934592",
  },
  {
    name: "HEXINT",
    type: "integer",
    config: WHOLE_BOUNDS,
    description: "A whole number of 32 bits in hexadecimal digits, with or without 0x.",
    exampleText: "0x1f",
  },
  {
    name: "HEXLONG",
    type: "long",
    config: WHOLE_BOUNDS,
    description: "A whole number of 64 bits in hexadecimal digits, with or without 0x.",
    exampleText: "ffff00000000",
  },
  {
    name: "FLOAT",
    type: "float",
    config: BOUNDS,
    description: "A number of 32 bits with a decimal point.",
    exampleText: "0.25",
  },
  {
    name: "DOUBLE",
    type: "double",
    config: BOUNDS,
    description: "A number of 64 bits with a decimal point.",
    exampleText: "6.02e23",
  },
  {
    name: "CFLOAT",
    type: "float",
    config: BOUNDS,
    description: "A number of 32 bits with a decimal comma.",
    exampleText: "0,25",
  },
  {
    name: "CDOUBLE",
    type: "double",
    config: BOUNDS,
    description: "A number of 64 bits with a decimal comma.",
    exampleText: "3,14159",
  },
];

const TIME_CONFIG: readonly ConfigKey[] = [
  {
    key: "format",
    value: "time-format",
    defaultValue: "yyyy-MM-dd HH:mm:ss",
    isUnnamed: true,
    description: "How the time is written.",
  },
  {
    key: "tz",
    aliases: ["timezone"],
    value: "time-zone",
    defaultValue: null,
    description: "The zone of times that do not name theirs.",
  },
  {
    key: "locale",
    value: "locale",
    defaultValue: null,
    description: "The language of month and day names.",
  },
  CHARSET_CONFIG,
];

const TIME_ROWS: readonly ValueRow[] = [
  {
    name: "TIMESTAMP",
    aliases: ["TIME"],
    type: "timestamp",
    config: TIME_CONFIG,
    description: "A time to the millisecond, written as its format says.",
    example: "TIMESTAMP('dd.MM.yyyy HH:mm'):t",
    exampleText: "31.12.2024 23:59",
  },
  {
    name: "TIMESTAMP_NANO",
    aliases: ["TIME_NANO"],
    type: "timestamp-nano",
    config: TIME_CONFIG,
    description: "A time to the nanosecond, written as its format says.",
    example: "TIMESTAMP_NANO('yyyy-MM-dd HH:mm:ss.f'):t",
    exampleText: "2024-12-31 23:59:59.123456789",
  },
  {
    name: "ISO8601",
    type: "timestamp",
    description: "A time as yyyy-MM-ddTHH:mm:ss, with or without a fraction, and its zone.",
    exampleText: "2024-12-31T23:59:59.123Z",
  },
  {
    name: "HTTPDATE",
    type: "timestamp",
    description: "A time as web servers log it: dd/MMM/yyyy:HH:mm:ss and its zone.",
    exampleText: "31/Dec/2024:23:59:59 +0000",
  },
  {
    name: "JSONTIMESTAMP",
    type: "timestamp",
    description: "A time as JavaScript writes it into JSON.",
    exampleText: "2024-12-31T23:59:59.123Z",
  },
];

const NETWORK_ROWS: readonly ValueRow[] = [
  { name: "IPADDR", type: "ip", description: "An IPv4 or IPv6 address.", exampleText: "2001:db8::1" },
  {
    name: "IPV4",
    aliases: ["IPV4ADDR"],
    type: "ip",
    description: "An IPv4 address.",
    exampleText: "192.0.2.1",
  },
  {
    name: "IPV6",
    aliases: ["IPV6ADDR"],
    type: "ip",
    description: "An IPv6 address.",
    exampleText: "2001:db8::1",
  },
  {
    name: "IPV4SOCKET",
    type: "ipsocket",
    description: "An IPv4 address, a colon and a port.",
    exampleText: "192.0.2.1:443",
  },
  {
    name: "IPSOCKET",
    type: "ipsocket",
    description: "An address and a port; an IPv6 address stands in brackets.",
    exampleText: "[2001:db8::1]:443",
  },
  {
    name: "IPNET",
    type: "ipnet",
    description: "An address, a slash and a prefix length.",
    exampleText: "192.0.2.0/24",
  },
  {
    name: "MACADDR",
    type: "mac",
    description: "A hardware address of six pairs of hexadecimal digits with : or - between them.",
    exampleText: "00:00:5e:00:53:01",
  },
];

const URI_ROW: ValueRow = {
  name: "URI",
  type: "string",
  description: "An address with its scheme, up to the next blank.",
  exampleText: "https://example.com/a?b=c",
};

const TOKEN_ROWS: readonly ValueRow[] = [
  {
    name: "UUID",
    type: "string",
    description: "A universally unique identifier in its 8-4-4-4-12 form.",
    exampleText: "123e4567-e89b-12d3-a456-426614174000",
  },
  {
    name: "CREDITCARD",
    type: "string",
    description: "A payment card number whose check digit is right.",
    exampleText: "4111111111111111",
  },
];

const BOOLEAN_ROWS: readonly ValueRow[] = [
  {
    name: "BOOLEAN",
    aliases: ["BOOL"],
    type: "boolean",
    description: "true or false in any case.",
    exampleText: "TRUE",
  },
];

function entries(
  rows: readonly ValueRow[],
  category: MatcherCategory,
  quantifierUse: QuantifierUse,
  quantifier: Quantifier | null = null,
): readonly Matcher[] {
  return rows.map((row) => ({
    name: row.name,
    aliases: row.aliases ?? [],
    category,
    type: { kind: row.type },
    quantifier,
    quantifierUse,
    config: row.config ?? [],
    body: "none",
    ranges: null,
    description: row.description,
    example: row.example ?? `${row.name}:x`,
    exampleText: row.exampleText,
  }));
}

/** Numbers, truth values, times, addresses and identifiers. */
export const VALUE_MATCHERS: readonly Matcher[] = [
  ...entries(NUMBER_ROWS, "number", "bytes", TEXT_QUANTIFIER),
  ...entries(BOOLEAN_ROWS, "number", "presence"),
  ...entries(TIME_ROWS, "time", "presence"),
  ...entries(NETWORK_ROWS, "network", "presence"),
  ...entries([URI_ROW], "network", "bytes", TEXT_QUANTIFIER),
  ...entries(TOKEN_ROWS, "network", "presence"),
];
