/** Formats of block lists. */
import { type Network, printAddress, printNetwork } from "#language";
import type { BlockCandidate } from "./decide-blocks.ts";
import { isIpv4, joinNetworks } from "./networks.ts";

/** What a block list is printed with. */
export interface BlockListOptions {
  /** The clock when the list is made, milliseconds since 1970 UTC. */
  readonly nowMs: number;
  /** How long the list holds. */
  readonly lifetimeSeconds: number;
  /** Name of the set, where the format has one; at most 28 letters, digits, `-` and `_`. */
  readonly setName: string;
}

/** A format of block lists. */
export interface BlockListFormat {
  readonly name: string;
  /** What it is, and how it is loaded. */
  readonly sentence: string;
  readonly print: (blocked: readonly BlockCandidate[], options: BlockListOptions) => string;
}

/** All formats, in the order help shows them. */
export const BLOCK_LIST_FORMATS: readonly BlockListFormat[] = [
  { name: "plain", sentence: "An address per line.", print: printPlain },
  {
    name: "cidr",
    sentence: "The fewest networks that hold these addresses and no others, one per line.",
    print: printCidr,
  },
  { name: "ipset", sentence: "Sets with timeouts, for ipset restore.", print: printIpset },
  {
    name: "nftables",
    sentence: "A table of its own with sets, timeouts and a chain that drops, for nft -f.",
    print: printNftables,
  },
  {
    name: "nginx",
    sentence: "Lines of deny, to be included. nginx knows no expiry: make the list anew.",
    print: printNginx,
  },
  {
    name: "json",
    sentence: "One object: when it was made, until when it holds, and each address with its reasons.",
    print: printJson,
  },
];

function timeOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Lines that say what a list is. */
function headOf(blocked: readonly BlockCandidate[], { nowMs, lifetimeSeconds }: BlockListOptions): string {
  const until = timeOf(nowMs + lifetimeSeconds * 1000);
  const noun = blocked.length === 1 ? "address" : "addresses";
  return `# ${blocked.length} ${noun} blocked by their findings, made ${timeOf(nowMs)}, holds until ${until}\n`;
}

function joined(blocked: readonly BlockCandidate[]): readonly Network[] {
  return joinNetworks(blocked.map(({ address }) => address));
}

/** Networks of one address are written as the address. */
function printed(network: Network): string {
  return network.prefixLength === 128 ? printAddress(network.base) : printNetwork(network);
}

function printPlain(blocked: readonly BlockCandidate[], options: BlockListOptions): string {
  return headOf(blocked, options) + blocked.map(({ address }) => `${printAddress(address)}\n`).join("");
}

function printCidr(blocked: readonly BlockCandidate[], options: BlockListOptions): string {
  return (
    headOf(blocked, options) +
    joined(blocked)
      .map((network) => `${printNetwork(network)}\n`)
      .join("")
  );
}

function families(blocked: readonly BlockCandidate[]) {
  const networks = joined(blocked);
  return { ipv4: networks.filter(isIpv4), ipv6: networks.filter((network) => !isIpv4(network)) };
}

function printIpset(blocked: readonly BlockCandidate[], options: BlockListOptions): string {
  const { setName, lifetimeSeconds } = options;
  const { ipv4, ipv6 } = families(blocked);
  const size = Math.max(65_536, blocked.length * 2);
  const create = (name: string, family: string) =>
    `create ${name} hash:net family ${family} maxelem ${size} timeout ${lifetimeSeconds} -exist\n`;
  const add = (name: string, networks: readonly Network[]) =>
    networks.map((network) => `add ${name} ${printed(network)} timeout ${lifetimeSeconds} -exist\n`).join("");
  const [name4, name6] = [`${setName}-v4`, `${setName}-v6`];
  return (
    headOf(blocked, options) +
    create(name4, "inet") +
    create(name6, "inet6") +
    add(name4, ipv4) +
    add(name6, ipv6)
  );
}

function printNftables(blocked: readonly BlockCandidate[], options: BlockListOptions): string {
  const table = `inet ${options.setName.replaceAll("-", "_")}`;
  const { ipv4, ipv6 } = families(blocked);
  const set = (name: string, type: string, networks: readonly Network[]) => {
    const elements = networks.map(
      (network) => `      ${printed(network)} timeout ${options.lifetimeSeconds}s`,
    );
    const list = elements.length === 0 ? "" : `    elements = {\n${elements.join(",\n")}\n    }\n`;
    return `  set ${name} {\n    type ${type}\n    flags interval, timeout\n${list}  }\n`;
  };
  return [
    headOf(blocked, options),
    // Made anew as a whole: what an older list held is gone.
    `add table ${table}\ndelete table ${table}\ntable ${table} {\n`,
    set("blocked_ipv4", "ipv4_addr", ipv4),
    set("blocked_ipv6", "ipv6_addr", ipv6),
    "  chain input {\n    type filter hook input priority -10; policy accept;\n",
    "    ip saddr @blocked_ipv4 drop\n    ip6 saddr @blocked_ipv6 drop\n  }\n}\n",
  ].join("");
}

function printNginx(blocked: readonly BlockCandidate[], options: BlockListOptions): string {
  return (
    headOf(blocked, options) +
    joined(blocked)
      .map((network) => `deny ${printed(network)};\n`)
      .join("")
  );
}

function printJson(blocked: readonly BlockCandidate[], { nowMs, lifetimeSeconds }: BlockListOptions): string {
  const entries = blocked.map(
    ({ address, severity, reasons, events, hasSucceeded, isIncident, firstTimeMs, lastTimeMs }) => ({
      ip: printAddress(address),
      severity,
      reasons,
      events,
      has_succeeded: hasSucceeded,
      is_incident: isIncident,
      first_seen: firstTimeMs === null ? null : new Date(firstTimeMs).toISOString(),
      last_seen: lastTimeMs === null ? null : new Date(lastTimeMs).toISOString(),
    }),
  );
  const list = { made: timeOf(nowMs), valid_until: timeOf(nowMs + lifetimeSeconds * 1000), blocked: entries };
  return `${JSON.stringify(list, null, 2)}\n`;
}
