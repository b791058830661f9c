/** The narrowest type that all values of a place have. */
import { readAddress } from "#language";
import type { ValueType } from "./sketch.ts";
import { timeFormatsOf } from "./time-reading.ts";

const IPV4 = /^(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;
const SOCKET_V4 = /^([\d.]+):(\d{1,5})$/;
const SOCKET_V6 = /^\[([\da-fA-F:.]+)\]:(\d{1,5})$/;

/** A type and what says whether a value has it. Earlier rows are narrower. */
interface TypeRow {
  readonly matcher: string;
  readonly fits: (value: string) => boolean;
}

/** A number that keeps its digits when it is read as one. */
const isWhole = (value: string): boolean => /^[+-]?(?:0|[1-9]\d{0,18})$/.test(value);
const isIn = (value: string, bits: bigint): boolean => {
  const number = BigInt(value.replace(/^\+/, ""));
  return BigInt.asIntN(Number(bits), number) === number;
};
const isIpv6 = (value: string): boolean => value.includes(":") && readAddress(value) !== null;
const isIpv4 = (value: string): boolean => IPV4.test(value);
const isPort = (port: string | undefined): boolean => Number(port ?? Number.NaN) <= 65_535;

function isSocket(value: string): boolean {
  const [, v4 = "", port] = SOCKET_V4.exec(value) ?? [];
  if (isIpv4(v4)) return isPort(port);
  const [, v6 = "", portOfV6] = SOCKET_V6.exec(value) ?? [];
  return isIpv6(v6) && isPort(portOfV6);
}

function isNetwork(value: string): boolean {
  const [, address = "", bits = ""] = /^([\da-fA-F:.]+)\/(\d{1,3})$/.exec(value) ?? [];
  return (isIpv4(address) && Number(bits) <= 32) || (isIpv6(address) && Number(bits) <= 128);
}

const TYPES: readonly TypeRow[] = [
  { matcher: "BOOLEAN", fits: (value) => /^(?:true|false)$/i.test(value) },
  { matcher: "INT", fits: (value) => isWhole(value) && isIn(value, 32n) },
  { matcher: "LONG", fits: (value) => isWhole(value) && isIn(value, 64n) },
  { matcher: "DOUBLE", fits: (value) => /^[+-]?\d{1,15}(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/.test(value) },
  { matcher: "HEXLONG", fits: (value) => /^0x[\da-fA-F]{1,15}$/.test(value) },
  { matcher: "IPV4", fits: isIpv4 },
  { matcher: "IPV6", fits: isIpv6 },
  { matcher: "IPADDR", fits: (value) => isIpv4(value) || isIpv6(value) },
  { matcher: "IPV4SOCKET", fits: (value) => !value.startsWith("[") && isSocket(value) },
  { matcher: "IPSOCKET", fits: isSocket },
  { matcher: "IPNET", fits: isNetwork },
  {
    matcher: "MACADDR",
    fits: (value) => /^[\da-fA-F]{2}([:-])(?:[\da-fA-F]{2}\1){4}[\da-fA-F]{2}$/.test(value),
  },
  { matcher: "UUID", fits: (value) => /^[\da-fA-F]{8}-(?:[\da-fA-F]{4}-){3}[\da-fA-F]{12}$/.test(value) },
  { matcher: "URI", fits: (value) => /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[!#-;=?-~\x80-\xff]+$/.test(value) },
];

/** Digits of a decimal number with leading zeros are part of a name, not of a number. */
const hasLeadingZero = (value: string): boolean => /^[+-]?0\d/.test(value);

/** The type that all values have, other than text; null when they have none in common. Empty values are passed over. */
export function typeOfValues(values: readonly string[]): ValueType | null {
  const given = values.filter((value) => value !== "");
  const [first] = given;
  if (first === undefined) return null;
  for (const { matcher, fits } of TYPES) {
    if (!fits(first) && matcher !== "DOUBLE" && !WIDER.has(matcher)) continue;
    if (!given.every(fits)) continue;
    if (matcher === "DOUBLE" && given.some(hasLeadingZero)) continue;
    return { kind: "matcher", matcher };
  }
  const formats = timeFormatsOf(given);
  return formats === null ? null : timeType(formats);
}

/** Types that hold values of narrower ones. */
const WIDER: ReadonlySet<string> = new Set(["LONG", "IPADDR", "IPSOCKET"]);

const ISO = /^yyyy-MM-dd'T'HH:mm:ss(?:\.S+)?Z$/;

/** The matcher of formats that have one of their own, else TIMESTAMP. */
function timeType(formats: readonly string[]): ValueType {
  if (formats.every((format) => ISO.test(format))) return { kind: "matcher", matcher: "ISO8601" };
  const [only] = formats;
  if (formats.length === 1 && only === "dd/MMM/yyyy:HH:mm:ss Z") {
    return { kind: "matcher", matcher: "HTTPDATE" };
  }
  return { kind: "time", formats };
}

/** Names of numbers that may be times. */
export const TIME_KEY: RegExp = /time|^ts$|date|epoch/i;

/** Whether numbers count seconds, or milliseconds, since 1970 and lie in the years 2000 to 2035; gives the format. */
export function epochFormat(values: readonly string[]): string | null {
  const bounds: readonly (readonly [format: string, form: RegExp, scale: number])[] = [
    ["s", /^\d{9,10}$/, 1],
    ["S", /^\d{12,13}$/, 1000],
    ["s.S", /^\d{9,10}\.\d{1,9}$/, 1],
  ];
  for (const [format, form, scale] of bounds) {
    const isEpoch = (value: string) =>
      form.test(value) && Number(value) > 946_684_800 * scale && Number(value) < 2_051_222_400 * scale;
    if (values.length > 0 && values.every(isEpoch)) return format;
  }
  return null;
}
