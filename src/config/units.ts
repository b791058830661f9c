/** Durations, sizes and time zones as people write them. Each parser answers null for what it does not understand. */
import { isIP } from "node:net";
import { readHostRule } from "#text";

const SIZE_UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  kib: 2 ** 10,
  m: 1e6,
  mb: 1e6,
  mib: 2 ** 20,
  g: 1e9,
  gb: 1e9,
  gib: 2 ** 30,
  t: 1e12,
  tb: 1e12,
  tib: 2 ** 40,
};

const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
};

const NUMBER_AND_UNIT = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i;
const OFFSET = /^([+-])(\d\d):?(\d\d)$/;

/** A whole number from 1 up, digits only. */
export function parseCount(text: string): number | null {
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  return count >= 1 && Number.isSafeInteger(count) ? count : null;
}

/** Bytes of a size such as `500`, `64 MiB`, `1.5GB`: k, M, G, T are powers of 1000, with `i` powers of 1024. */
export function parseSizeBytes(text: string): number | null {
  return parseWithUnit(text, SIZE_UNITS);
}

/** Milliseconds of a duration such as `500ms`, `30 s`, `5min`, `1h`; the unit must be there. */
export function parseDurationMs(text: string): number | null {
  return parseWithUnit(text, DURATION_UNITS);
}

/** A time zone: an IANA name in its usual spelling, or an offset as `+02:00`. */
export function parseTimeZone(text: string): string | null {
  const [, sign, hours, minutes] = OFFSET.exec(text) ?? [];
  if (sign !== undefined) {
    const isInDay = Number(hours) <= 18 && Number(minutes) <= 59;
    return isInDay ? `${sign}${hours}:${minutes}` : null;
  }
  if (text === "Z") return "UTC";
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

function parseWithUnit(text: string, units: Readonly<Record<string, number>>): number | null {
  const [, digits, unit] = NUMBER_AND_UNIT.exec(text.trim()) ?? [];
  const name = (unit ?? "").toLowerCase();
  const factor = Object.hasOwn(units, name) ? units[name] : undefined;
  const value = Math.round(Number(digits) * (factor ?? Number.NaN));
  return value >= 1 && Number.isSafeInteger(value) ? value : null;
}

const SERVER = /^(?:(\d{1,3}(?:\.\d{1,3}){3})|\[([0-9a-f:.]+)\])(?::(\d{1,5}))?$/i;

/** Addresses of servers, separated by commas: `192.0.2.53`, `192.0.2.53:5353`, `[2001:db8::53]:53`, or bare IPv6. */
export function parseServers(text: string): readonly string[] | null {
  const servers = text.split(",").map((server) => server.trim());
  const isServer = (server: string) => {
    if (isIP(server) !== 0) return true;
    const [, ipv4, ipv6, port = "53"] = SERVER.exec(server) ?? [];
    return isIP(ipv4 ?? ipv6 ?? "") !== 0 && Number(port) > 0 && Number(port) < 65_536;
  };
  return servers.every(isServer) ? servers : null;
}

/** Hosts and networks, separated by commas: `10.0.0.0/8`, `::1`, `minio.local`, `*.corp.example`. */
export function parseHosts(text: string): readonly string[] | null {
  const hosts = text.split(",").map((host) => host.trim());
  return hosts.every((host) => readHostRule(host) !== null) ? hosts : null;
}
