/** All functions written here that SQL can call. */

import type { DataType, Value } from "#language";
import { printAddress, printNetwork, readAddress, readNetwork, readTime } from "#language";
import { invariant } from "#text";
import type { ScalarFunction } from "../engine/scalar-function.ts";
import { elementOf, elementsIn, entriesIn, isJson, memberOf, scalarText } from "./json-text.ts";
import { patternFunction } from "./pattern-function.ts";
import { formatTime, type TimeReader, timeReader } from "./time-format.ts";
import { ZoneOffsets } from "./time-zone.ts";
import {
  decodeUrl,
  editsBetween,
  entropyOf,
  partsOfUri,
  punctuationOf,
  URI_TYPE,
} from "./value-functions.ts";

const TEXT: DataType = { kind: "string" };
const LONG: DataType = { kind: "long" };
const INTEGER: DataType = { kind: "integer" };
const IP: DataType = { kind: "ip" };
const MAC: DataType = { kind: "mac" };
const BOOLEAN: DataType = { kind: "boolean" };
const DOUBLE: DataType = { kind: "double" };
const TEXTS: DataType = { kind: "array", element: TEXT };
const ENTRIES: DataType = {
  kind: "array",
  element: {
    kind: "tuple",
    fields: [
      { name: "key", type: TEXT },
      { name: "value", type: TEXT },
    ],
  },
};

/** The functions; names are those that printed SQL uses. Each call makes new ones: they keep what they have learned. */
export function createScalarFunctions(): readonly ScalarFunction[] {
  return [
    ...addressFunctions(),
    ...jsonFunctions(),
    ...textFunctions(),
    ...timeFunctions(),
    patternFunction(),
  ];
}

function addressFunctions(): readonly ScalarFunction[] {
  return [
    of("ip_text", [IP], TEXT, ([ip]) => printAddress(big(ip))),
    of("text_to_ip", [TEXT], IP, ([text]) => readAddress(str(text))),
    of("text_to_ipnet", [TEXT], TEXT, ([text]) => {
      const network = readNetwork(str(text));
      return network === null ? null : printNetwork(network);
    }),
    of("network_low", [TEXT], IP, ([text]) => readNetwork(str(text))?.base ?? null),
    of("network_high", [TEXT], IP, ([text]) => {
      const network = readNetwork(str(text));
      return network === null ? null : network.base + (1n << BigInt(128 - network.prefixLength)) - 1n;
    }),
    of("ip_network", [IP, INTEGER], TEXT, ([ip, bits]) => {
      const address = printAddress(big(ip));
      const width = address.includes(":") ? 128 : 32;
      const network = readNetwork(`${address}/${Math.min(width, Math.max(0, Number(bits)))}`);
      return network === null ? null : printNetwork(network);
    }),
    of("mac_text", [MAC], TEXT, ([mac]) => {
      const digits = big(mac).toString(16).padStart(12, "0");
      return digits.replace(/(..)(?=.)/g, "$1:");
    }),
    of("text_to_mac", [TEXT], MAC, ([text]) => {
      const isMac = /^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}$/i.test(str(text));
      return isMac ? BigInt(`0x${str(text).replaceAll(/[:-]/g, "")}`) : null;
    }),
  ];
}

function jsonFunctions(): readonly ScalarFunction[] {
  return [
    of("json_member", [TEXT, TEXT], TEXT, ([json, name]) => memberOf(str(json), str(name))),
    of("json_element", [TEXT, LONG], TEXT, ([json, index]) => elementOf(str(json), big(index))),
    of("variant_text", [TEXT], TEXT, ([json]) => scalarText(str(json))),
    of("json_elements", [TEXT], TEXTS, ([json]) => elementsIn(str(json))),
    of("json_names", [TEXT], TEXTS, ([json]) => entriesIn(str(json))?.map(([name]) => name) ?? null),
    of(
      "json_member_values",
      [TEXT],
      TEXTS,
      ([json]) => entriesIn(str(json))?.map(([, value]) => value) ?? null,
    ),
    of("json_entries", [TEXT], ENTRIES, ([json]) => entriesIn(str(json))),
    of("json_object_text", [TEXT], TEXT, ([json]) => (/^\s*\{/.test(str(json)) ? str(json) : null)),
    of("json_checked", [TEXT], TEXT, ([text]) => (isJson(str(text)) ? str(text) : null)),
  ];
}

function textFunctions(): readonly ScalarFunction[] {
  return [
    of("url_text", [TEXT], TEXT, ([text]) => decodeUrl(str(text))),
    of("base64_text", [TEXT], TEXT, ([text]) => decodeBase64(str(text))),
    of("punctuation", [TEXT, LONG, BOOLEAN], TEXT, ([text, max, keepsBlanks]) =>
      punctuationOf(str(text), Number(max), keepsBlanks === true),
    ),
    of("uri_parts", [TEXT], URI_TYPE, ([text]) => partsOfUri(str(text))),
    of("text_entropy", [TEXT], DOUBLE, ([text]) => entropyOf(str(text))),
    of("text_edits", [TEXT, TEXT], INTEGER, ([from, to]) => editsBetween(str(from), str(to))),
    of("text_to_socket", [TEXT], TEXT, ([text]) => socketOf(str(text))),
  ];
}

/** `192.0.2.1:443` or `[2001:db8::1]:443`, as they are shown; null for what is neither. */
function socketOf(text: string): string | null {
  const match = /^\s*\[?([0-9A-Fa-f.:]+?)\]?:([0-9]{1,5})\s*$/.exec(text);
  const address = match === null ? null : readAddress(match[1] ?? "");
  const port = Number(match?.[2]);
  if (address === null || !(port <= 65_535)) return null;
  const shown = printAddress(address);
  return shown.includes(":") ? `[${shown}]:${port}` : `${shown}:${port}`;
}

function decodeBase64(text: string): string | null {
  const plain = text.trim().replace(/=+$/, "");
  if (!/^[A-Za-z0-9+/_-]*$/.test(plain) || plain.length % 4 === 1) return null;
  return Buffer.from(plain, "base64").toString("utf8");
}

function timeFunctions(): readonly ScalarFunction[] {
  const offsets = new ZoneOffsets();
  const readers = new Map<string, TimeReader>();
  const readerOf = (format: string): TimeReader => {
    const reader = readers.get(format) ?? timeReader(format);
    readers.set(format, reader);
    return reader;
  };
  const read = (text: string, zone: string): bigint | null => {
    const shown = readTime(text, "UTC");
    if (shown === null || hasZone(text)) return shown;
    const ms = offsets.toUtcMs(zone, Number(shown));
    return ms === null ? null : BigInt(ms);
  };
  return [
    of("text_to_time", [TEXT, TEXT], LONG, ([text, zone]) => read(str(text), str(zone))),
    of("text_to_nanos", [TEXT, TEXT], LONG, ([text, zone]) => {
      const ms = read(str(text), str(zone));
      if (ms === null) return null;
      const digits = /:\d{2}[.,](\d{1,9})/.exec(str(text))?.[1] ?? "";
      const nanos = ms * 1_000_000n + BigInt(digits.padEnd(9, "0").slice(3));
      return BigInt.asIntN(64, nanos) === nanos ? nanos : null;
    }),
    of("variant_to_time", [TEXT, TEXT], LONG, ([json, zone]) => {
      const text = scalarText(str(json));
      if (text === null) return null;
      return /^-?\d{1,18}$/.test(text) ? BigInt(text) : read(text, str(zone));
    }),
    of("time_of_text", [TEXT, TEXT, TEXT], LONG, ([text, format, zone]) => {
      if (str(format) === "") return read(str(text), str(zone));
      const ms = readerOf(str(format)).read(str(text), str(zone), offsets);
      return ms === null || Number.isNaN(ms) ? null : BigInt(ms);
    }),
    of("time_text", [LONG, LONG, TEXT], TEXT, ([local, utc, format]) =>
      formatTime(Number(local), Number(big(local) - big(utc)), str(format)),
    ),
    of("time_text_in", [LONG, TEXT, TEXT], TEXT, ([utc, format, zone]) => {
      const offset = offsets.offsetMs(str(zone), Number(utc));
      return offset === null ? null : formatTime(Number(utc) + offset, offset, str(format));
    }),
  ];
}

const DATE_AND_CLOCK = /^\d{4}-\d{1,2}-\d{1,2}(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)?/;

/** Whether a text that is a time names its zone: something stands behind date and clock. */
function hasZone(text: string): boolean {
  return text.trim().replace(DATE_AND_CLOCK, "").trim() !== "";
}

function of(
  name: string,
  parameters: readonly DataType[],
  result: DataType,
  compute: (values: readonly Value[]) => Value,
): ScalarFunction {
  return { name, parameters, result, compute };
}

function str(value: Value | undefined): string {
  invariant(typeof value === "string", "the argument is a text");
  return value;
}

function big(value: Value | undefined): bigint {
  invariant(typeof value === "bigint", "the argument is a whole number of 64 or 128 bits");
  return value;
}
