/** The one table of settings, and how the command line and the environment become typed values. */
import { Failure, parseDurationMs, parseSizeBytes } from "#text";
import { parseCount, parseHosts, parseServers, parseTimeZone } from "./units.ts";

/** Which files of this machine addresses may name: any, only those in datastores, or none. */
export type FileAccessChoice = "unmanaged" | "managed" | "off";

/** When to use colours. */
export type ColorChoice = "auto" | "always" | "never";

/** What a run was told; null where nothing was said and no limit holds. */
export interface Settings {
  readonly threads: number | null;
  readonly timeZone: string;
  readonly maxRows: number | null;
  readonly maxBytes: number | null;
  readonly memoryBytes: number | null;
  readonly timeoutMs: number | null;
  readonly tables: string | null;
  /** Name servers as addresses with or without a port. */
  readonly nameServers: readonly string[] | null;
  /** Hosts and networks that may be reached though they are inside, as `readHostRule` reads them. */
  readonly outboundAllow: readonly string[];
  /** Hosts and networks that may never be reached. */
  readonly outboundDeny: readonly string[];
  /** Which files of this machine addresses may name. */
  readonly fileAccess: FileAccessChoice;
  readonly color: ColorChoice;
}

/** One row of the table of settings. */
export interface Setting<T> {
  /** The long option, without dashes. */
  readonly flag: string;
  readonly environmentVariable: string;
  /** What stands for the value in help. */
  readonly placeholder: string;
  /** What it does, in one sentence. */
  readonly sentence: string;
  /** What is accepted, as it ends the sentence "It takes …". */
  readonly accepts: string;
  /** The default as people read it. */
  readonly defaultText: string;
  readonly initial: T;
  /** The value, or null when the text is not accepted. */
  readonly parse: (text: string) => T | null;
}

/** A row for each setting. */
export type SettingTable = { readonly [Name in keyof Settings]: Setting<Settings[Name]> };

const HOSTS = 'addresses, networks and names, such as "10.0.0.0/8,minio.local,*.corp.example"';

/** All settings. Flags win over the environment, the environment over the defaults. */
export const SETTINGS: SettingTable = {
  threads: {
    flag: "threads",
    environmentVariable: "TRAWL_THREADS",
    placeholder: "N",
    sentence: "Worker threads that scan.",
    accepts: 'a whole number from 1 to 256, such as "4"',
    defaultText: "one per processor",
    initial: null,
    parse: (text) => {
      const count = parseCount(text);
      return count !== null && count <= 256 ? count : null;
    },
  },
  timeZone: {
    flag: "tz",
    environmentVariable: "TRAWL_TZ",
    placeholder: "ZONE",
    sentence: "Time zone of times without one, of calendar arithmetic and of printed times.",
    accepts: 'an IANA name or an offset, such as "Europe/Tallinn" or "+02:00"',
    defaultText: "UTC",
    initial: "UTC",
    parse: parseTimeZone,
  },
  maxRows: {
    flag: "max-rows",
    environmentVariable: "TRAWL_MAX_ROWS",
    placeholder: "N",
    sentence: "Stop with exit code 5 when the result has more rows.",
    accepts: 'a whole number from 1 up, such as "1000000"',
    defaultText: "no limit",
    initial: null,
    parse: parseCount,
  },
  maxBytes: {
    flag: "max-bytes",
    environmentVariable: "TRAWL_MAX_BYTES",
    placeholder: "SIZE",
    sentence: "Stop with exit code 5 when more bytes have been read.",
    accepts: 'a size, such as "500MB" or "2GiB"',
    defaultText: "no limit",
    initial: null,
    parse: parseSizeBytes,
  },
  memoryBytes: {
    flag: "memory",
    environmentVariable: "TRAWL_MEMORY",
    placeholder: "SIZE",
    sentence: "Memory for sorting, grouping and joining; more spills to disk.",
    accepts: 'a size, such as "500MB" or "2GiB"',
    defaultText: "the engine's choice",
    initial: null,
    parse: parseSizeBytes,
  },
  timeoutMs: {
    flag: "timeout",
    environmentVariable: "TRAWL_TIMEOUT",
    placeholder: "DURATION",
    sentence: "Stop with exit code 5 when the run takes longer.",
    accepts: 'a duration with its unit, such as "30s" or "5min"',
    defaultText: "no limit",
    initial: null,
    parse: parseDurationMs,
  },
  tables: {
    flag: "tables",
    environmentVariable: "TRAWL_TABLES",
    placeholder: "DIR",
    sentence: "Where tables that scripts store as /user/NAME.sxt are kept.",
    accepts: "a directory",
    defaultText: "trawl/tables in the user's data directory",
    initial: null,
    parse: (text) => (text === "" ? null : text),
  },
  nameServers: {
    flag: "dns",
    environmentVariable: "TRAWL_DNS",
    placeholder: "SERVERS",
    sentence: "Name servers that DNS_LOOKUP and DNS_RESOLVE ask.",
    accepts: 'addresses with or without a port, such as "192.0.2.53" or "192.0.2.53:5353,[2001:db8::53]:53"',
    defaultText: "those of the system",
    initial: null,
    parse: parseServers,
  },
  outboundAllow: {
    flag: "outbound-allow",
    environmentVariable: "TRAWL_OUTBOUND_ALLOW",
    placeholder: "HOSTS",
    sentence: "Hosts and networks inside that may be asked: private, loopback and the like.",
    accepts: HOSTS,
    defaultText: "none",
    initial: [],
    parse: parseHosts,
  },
  outboundDeny: {
    flag: "outbound-deny",
    environmentVariable: "TRAWL_OUTBOUND_DENY",
    placeholder: "HOSTS",
    sentence: "Hosts and networks that are never asked.",
    accepts: HOSTS,
    defaultText: "none",
    initial: [],
    parse: parseHosts,
  },
  fileAccess: {
    flag: "files",
    environmentVariable: "TRAWL_FILES",
    placeholder: "ACCESS",
    sentence: "Files of this machine that addresses may name: unmanaged (any), managed (in datastores), off.",
    accepts: '"unmanaged", "managed" or "off"',
    defaultText: "unmanaged",
    initial: "unmanaged",
    parse: (text) => (text === "unmanaged" || text === "managed" || text === "off" ? text : null),
  },
  color: {
    flag: "color",
    environmentVariable: "TRAWL_COLOR",
    placeholder: "WHEN",
    sentence: "Colours in messages: auto, always or never. NO_COLOR and FORCE_COLOR are honoured.",
    accepts: '"auto", "always" or "never"',
    defaultText: "auto",
    initial: "auto",
    parse: (text) => (text === "auto" || text === "always" || text === "never" ? text : null),
  },
};

/** Values by flag, as the command line gave them. */
export type FlagValues = ReadonlyMap<string, string>;

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The settings of a run. Throws a `usage` failure that names the flag or variable whose value is not accepted. */
export function readSettings(flags: FlagValues, environment: Environment): Settings {
  const read = <T>(setting: Setting<T>): T => readSetting(setting, flags, environment);
  return Object.freeze({
    threads: read(SETTINGS.threads),
    timeZone: read(SETTINGS.timeZone),
    maxRows: read(SETTINGS.maxRows),
    maxBytes: read(SETTINGS.maxBytes),
    memoryBytes: read(SETTINGS.memoryBytes),
    timeoutMs: read(SETTINGS.timeoutMs),
    tables: read(SETTINGS.tables),
    nameServers: read(SETTINGS.nameServers),
    outboundAllow: read(SETTINGS.outboundAllow),
    outboundDeny: read(SETTINGS.outboundDeny),
    fileAccess: read(SETTINGS.fileAccess),
    color: read(SETTINGS.color),
  });
}

function readSetting<T>(setting: Setting<T>, flags: FlagValues, environment: Environment): T {
  const flagValue = flags.get(setting.flag);
  const variable = environment[setting.environmentVariable];
  const text = flagValue ?? (variable === "" ? undefined : variable);
  if (text === undefined) return setting.initial;
  const value = setting.parse(text);
  if (value !== null) return value;
  const name = flagValue === undefined ? setting.environmentVariable : `--${setting.flag}`;
  throw new Failure("usage", `${name} takes ${setting.accepts}, not "${text}".`);
}
