/** Counts, time zones, servers and hosts as people write them. Each parser answers null for what it does not understand. */
import { isIP } from "node:net";
import { readHostRule } from "#text";

const OFFSET = /^([+-])(\d\d):?(\d\d)$/;

/** A whole number from 1 up, digits only. */
export function parseCount(text: string): number | null {
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  return count >= 1 && Number.isSafeInteger(count) ? count : null;
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
