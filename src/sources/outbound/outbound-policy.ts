/** Says where connections may go: hosts by their names before they are resolved, addresses before they are connected to. */
import { isIP } from "node:net";
import {
  Failure,
  type HostRule,
  invariant,
  type Network,
  PRIVATE_NETWORKS,
  printAddress,
  RESERVED_NETWORKS,
  readAddress,
  readHostRule,
  readNetwork,
} from "#text";

/** Where connections may go. Rules are as `readHostRule` reads them: the settings refuse others. */
export interface OutboundPolicy {
  /** Hosts or networks that may be reached though they are denied by default: "127.0.0.1", "10.0.0.0/8", "minio.local", "*.corp.example". */
  readonly allow: readonly string[];
  /** Hosts or networks that may never be reached, whatever is allowed. */
  readonly deny: readonly string[];
}

/** Where connections go when nothing was said: to the internet, and to nothing inside. */
export const DEFAULT_POLICY: OutboundPolicy = Object.freeze({ allow: [], deny: [] });

/** Where machines of clouds ask for their own credentials. Only rules that name the address itself reach them: a name may be anybody's. */
const METADATA_ADDRESSES = new Set(
  [
    "169.254.169.254",
    "169.254.170.2",
    "169.254.170.23",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "fd00:ec2::254",
    "fd00:ec2::23",
    "fd20:ce::254",
  ].map(readAddress),
);

/** Teredo (RFC 4380) hides the IPv4 address of a client; nobody serves anything there. */
const TEREDO = "2001::/32";
const INSIDE = networksOf([...PRIVATE_NETWORKS, ...RESERVED_NETWORKS, TEREDO]);
const ALL_IPV4 = networksOf(["0.0.0.0/0"]);
/** What of IPv6 is given out; all else is inside, the forms of old that carry IPv4 addresses too. */
const INTERNET_IPV6 = networksOf(["2000::/3", "64:ff9b::/96"]);

/** Forms of IPv6 that carry an IPv4 address: RFC 6052, and RFC 3056 (6to4). `::ffff:a.b.c.d` is that IPv4 address already. */
const CARRIERS = [
  { networks: networksOf(["64:ff9b::/96"]), shift: 0n },
  { networks: networksOf(["2002::/16"]), shift: 80n },
];
const IPV4_BASE = 0xffff_0000_0000n;

const HOW_TO_ALLOW = "Whoever runs Trawl allows it";

/** Throws `outbound-denied` when a rule denies the host's name, or the host is an address that may not be reached. */
export function checkHost(host: string, policy: OutboundPolicy): void {
  const name = nameOf(host);
  const address = readAddress(name);
  if (address !== null) return checkAddress(name, address, policy);
  // Why not leave it to the lookup: hosts that are addresses are not looked up.
  if (isIP(name) !== 0) throw new Failure("outbound-denied", `"${host}" is an address of one link.`);
  if (names(rulesOf(policy.deny), name)) throw deniedByRule(name);
}

/** Whether a connection to the host may go to this address. */
export function mayReach(host: string, address: bigint, policy: OutboundPolicy): boolean {
  return whyDenied(host, address, policy) === null;
}

/** Throws `outbound-denied` when a connection to the host may not go to this address. */
export function checkAddress(host: string, address: bigint, policy: OutboundPolicy): void {
  const failure = whyDenied(host, address, policy);
  if (failure !== null) throw failure;
}

function whyDenied(host: string, address: bigint, policy: OutboundPolicy): Failure | null {
  const name = nameOf(host);
  const deny = rulesOf(policy.deny);
  const allow = rulesOf(policy.allow);
  const meanings = meaningsOf(address);
  if (names(deny, name) || meanings.some((meaning) => holds(deny, meaning))) return deniedByRule(name);
  const isNamed = names(allow, name);
  const inside = meanings.find((meaning) => {
    if (!isInside(meaning) || holds(allow, meaning)) return false;
    return METADATA_ADDRESSES.has(meaning) || !isNamed;
  });
  return inside === undefined ? null : deniedInside(name, inside);
}

function deniedByRule(host: string): Failure {
  return new Failure("outbound-denied", `Connections to "${host}" are denied by the settings of this run.`, {
    help: "Hosts that are denied: --outbound-deny or TRAWL_OUTBOUND_DENY. What is denied wins over what is allowed.",
  });
}

function deniedInside(host: string, address: bigint): Failure {
  const text = printAddress(address);
  const isAddress = readAddress(host) !== null;
  const what = isAddress ? `"${host}" is` : `"${host}" has the address ${text}, which is`;
  const allowed = isAddress ? text : host;
  const help = METADATA_ADDRESSES.has(address)
    ? `Machines of clouds get their credentials there. ${HOW_TO_ALLOW} by the address alone: --outbound-allow ${text}.`
    : `${HOW_TO_ALLOW}: --outbound-allow ${allowed}, or TRAWL_OUTBOUND_ALLOW=${allowed}.`;
  const message = `${what} no address of the internet, so no connection is made to it.`;
  return new Failure("outbound-denied", message, { help });
}

function isInside(address: bigint): boolean {
  if (METADATA_ADDRESSES.has(address) || isAmong(address, INSIDE)) return true;
  return !isAmong(address, ALL_IPV4) && !isAmong(address, INTERNET_IPV6);
}

/** The address, and the IPv4 address that it carries. */
function meaningsOf(address: bigint): readonly bigint[] {
  const carriers = CARRIERS.filter(({ networks }) => isAmong(address, networks));
  return [address, ...carriers.map(({ shift }) => IPV4_BASE | ((address >> shift) & 0xffff_ffffn))];
}

function networksOf(texts: readonly string[]): readonly Network[] {
  return texts.flatMap((text) => readNetwork(text) ?? []);
}

function isAmong(address: bigint, networks: readonly Network[]): boolean {
  return networks.some(({ base, prefixLength }) => {
    const shift = BigInt(128 - prefixLength);
    return address >> shift === base >> shift;
  });
}

function rulesOf(texts: readonly string[]): readonly HostRule[] {
  return texts.map((text) => {
    const rule = readHostRule(text);
    invariant(rule !== null, `rules of a policy were checked, "${text}" too`);
    return rule;
  });
}

function holds(rules: readonly HostRule[], address: bigint): boolean {
  return rules.some((rule) => rule.kind === "network" && isAmong(address, [rule.network]));
}

function names(rules: readonly HostRule[], name: string): boolean {
  return rules.some((rule) => {
    if (rule.kind === "name") return rule.name === name;
    return rule.kind === "below" && name.endsWith(`.${rule.name}`);
  });
}

/** A host as it stands in an address of the web, without brackets and the dot at its end, in lower case. */
function nameOf(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "");
}
