/** Who is never blocked: own and private networks, and those of a file. */
import { type Network, printNetwork, readNetwork } from "#language";
import { Failure } from "#text";
import { holdsAddress } from "./networks.ts";

/** Networks that win over every finding, each with the reason. */
export interface AllowedNetwork {
  readonly network: Network;
  readonly reason: string;
}

/** Networks that are nobody's on the internet, or whose blocking locks out the machine itself. Source: RFC 6890 and its registries. */
const OWN_NETWORKS: readonly (readonly [string, string])[] = [
  ["0.0.0.0/8", "this network (RFC 791)"],
  ["10.0.0.0/8", "private (RFC 1918)"],
  ["100.64.0.0/10", "shared by a provider (RFC 6598)"],
  ["127.0.0.0/8", "this machine (RFC 1122)"],
  ["169.254.0.0/16", "this link (RFC 3927)"],
  ["172.16.0.0/12", "private (RFC 1918)"],
  ["192.168.0.0/16", "private (RFC 1918)"],
  ["224.0.0.0/3", "multicast and reserved (RFC 1112)"],
  ["::/128", "no address (RFC 4291)"],
  ["::1/128", "this machine (RFC 4291)"],
  ["fc00::/7", "private (RFC 4193)"],
  ["fe80::/10", "this link (RFC 4291)"],
  ["ff00::/8", "multicast (RFC 4291)"],
];

/** The networks that are allowed whatever a file says. */
export function ownNetworks(): readonly AllowedNetwork[] {
  return OWN_NETWORKS.flatMap(([text, reason]) => {
    const network = readNetwork(text);
    return network === null ? [] : [{ network, reason }];
  });
}

/**
 * Reads an allow-list: an address or network per line, `#` begins a comment.
 *
 * @throws Failure allow-list-line: a line that is neither; whoever mistypes an address must not find it blocked
 */
export function parseAllowList(text: string, uri: string): readonly AllowedNetwork[] {
  const allowed: AllowedNetwork[] = [];
  let offset = 0;
  for (const [index, line] of text.split("\n").entries()) {
    const [entry = "", ...comment] = line.split("#");
    const written = entry.trim();
    if (written !== "") {
      const network = readNetwork(written);
      if (network === null) {
        throw new Failure(
          "allow-list-line",
          `Line ${index + 1} of "${uri}" is neither an address nor a network.`,
          {
            help: 'A line holds an address or a network, such as "192.0.2.0/24"; # begins a comment.',
            place: { uri, offset },
          },
        );
      }
      const why = comment.join("#").trim();
      allowed.push({ network, reason: `${why === "" ? "" : `${why}, `}allowed as ${printNetwork(network)}` });
    }
    offset += Buffer.byteLength(line) + 1;
  }
  return allowed;
}

/** Why an address is allowed; null: it is not. */
export function reasonToAllow(address: bigint, allowed: readonly AllowedNetwork[]): string | null {
  return allowed.find(({ network }) => holdsAddress(network, address))?.reason ?? null;
}
