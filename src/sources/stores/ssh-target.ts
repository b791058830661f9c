/** Where a connection of SSH goes: read from what users wrote, and refused when it could mean anything else to `ssh` or to a shell. */
import { homedir } from "node:os";
import { join } from "node:path";
import { Failure } from "#text";

/** A machine and how to enter it. What is null is left to the user's configuration of `ssh`. */
export interface SshTarget {
  /** A name, an address, or a `Host` of the configuration. */
  readonly host: string;
  readonly port: number | null;
  readonly user: string | null;
  /** The file of a private key; only it is tried then. */
  readonly identityFile: string | null;
  /** The file that holds the keys of known hosts; only it counts then. */
  readonly knownHostsFile: string | null;
  /** The user's password, or that of the identity file when there is one. */
  readonly password: string | null;
}

/** What a target is made of, as written. */
export interface WrittenTarget {
  /** `host`, `host:port`, `[2001:db8::1]:port`. */
  readonly place: string;
  /** `user` of an address, `%HH` in it; null: none. */
  readonly userInfo: string | null;
  readonly user: string | undefined;
  readonly port: string | undefined;
  readonly identityFile: string | undefined;
  readonly knownHostsFile: string | undefined;
  readonly password: string | undefined;
}

/** Hosts and users stand in commands of the configuration (`ProxyCommand … %h %r`), which a shell reads: letters that mean nothing there. */
const HOST = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,252}$/;
const ADDRESS_6 = /^[0-9A-Fa-f:.]{2,45}$/;
const USER = /^[A-Za-z0-9_][A-Za-z0-9._@+-]{0,127}$/;
const PLACE = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::([^:]*))?$/;

/**
 * The target, checked.
 *
 * @param shown  the address without what could be secret, for messages
 * @throws Failure store-unknown
 */
export function readSshTarget(written: WrittenTarget, shown: string): SshTarget {
  const [, address6, name, placePort] = PLACE.exec(written.place) ?? [];
  const host = address6 ?? name ?? "";
  if (!(address6 === undefined ? HOST : ADDRESS_6).test(host)) {
    const help =
      "A host is a name such as web1.example.com, an address such as 192.0.2.1 or [2001:db8::1], or a Host of ~/.ssh/config.";
    throw unusable(`"${shown}" names no host`, help);
  }
  return {
    host,
    port: portOf(placePort ?? written.port, shown),
    user: userOf(written, shown),
    identityFile: fileOf(written.identityFile, "identity_file"),
    knownHostsFile: fileOf(written.knownHostsFile, "known_hosts"),
    password: passwordOf(written.password, shown),
  };
}

function portOf(text: string | undefined, shown: string): number | null {
  if (text === undefined) return null;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw unusable(`"${shown}" has no port that can be`, "A port is a number from 1 to 65535.");
}

function userOf({ userInfo, user: told }: WrittenTarget, shown: string): string | null {
  const user = userInfo === null ? told : decoded(userInfo);
  if (user === undefined) return null;
  if (USER.test(user)) return user;
  if (userInfo?.includes(":") === true) {
    throw unusable(
      `"${shown}" holds a password`,
      "Addresses are shown and kept. Put it into a datastore: password: env:NAME, or use a key.",
    );
  }
  throw unusable(
    `"${shown}" names no user`,
    "A user's name has letters, digits and the signs . _ @ + - only.",
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

function fileOf(path: string | undefined, option: string): string | null {
  if (path === undefined) return null;
  const whole = path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
  const plain = process.platform === "win32" ? whole.replaceAll("\\", "/") : whole;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (!/["\\$\x00-\x1f\x7f]/.test(plain) && /^(\/|[A-Za-z]:\/)/.test(plain)) return plain;
  throw unusable(
    `"${path}" cannot be the ${option} of a datastore`,
    "Give an absolute path without quotes, backslashes and dollar signs.",
  );
}

function passwordOf(password: string | undefined, shown: string): string | null {
  if (password === undefined) return null;
  if (!/[\r\n\0]/.test(password)) return password;
  throw unusable(`The password for "${shown}" holds a line end`, "ssh takes one line.");
}

function unusable(what: string, help: string): Failure {
  return new Failure("store-unknown", `${what}.`, { help });
}
