/** Who the client of an event is. */
import type { DetectionEvent } from "../event.ts";
import { ownText, textField } from "./event-values.ts";
import type { ClientOf } from "./event-view.ts";
import { containsAddress, type Network } from "./networks.ts";

/** Fields that say who connected, the surest first. */
const CLIENT_FIELDS = ["source.ip", "source.domain"] as const;
/** What a proxy, or the client itself, says of who asked. */
const FORWARDED_FIELD = "client.address";

/** Fields that `clientOf` reads. */
export const IDENTITY_FIELDS: readonly string[] = [...CLIENT_FIELDS, FORWARDED_FIELD];

/**
 * Tells who asked. It is the address that connected: anybody can write a forwarded-for header. Only when that address is one of the trusted
 * proxies, the last address of the header that is no trusted proxy itself counts; what stands before it is hearsay.
 */
export function clientOf(trustedProxies: readonly Network[]): ClientOf {
  if (trustedProxies.length === 0) return (event) => event.ipv4?.(CLIENT_FIELDS[0]) ?? connectedClient(event);
  const isTrusted = (address: string) => trustedProxies.some((network) => containsAddress(network, address));
  return (event) => {
    const connected = connectedClient(event);
    if (connected === null || !isTrusted(connected)) return connected;
    const said =
      textField(event, FORWARDED_FIELD)
        ?.split(",")
        .map((part) => part.trim()) ?? [];
    const client = said.findLast((address) => address !== "" && !isTrusted(address));
    return client === undefined ? connected : ownText(client);
  };
}

function connectedClient(event: DetectionEvent): string | null {
  return textField(event, CLIENT_FIELDS[0]) ?? textField(event, CLIENT_FIELDS[1]);
}
