/** Fields that bucket rules may name besides those of ECS: worked out of the event. */
import type { EventValue } from "../event.ts";
import { numberField, numberOf, textField } from "../pass/event-values.ts";
import type { EventView } from "../pass/event-view.ts";
import { networkOf } from "../pass/networks.ts";
import { extensionOfPath } from "../pass/paths.ts";

/** A field that is worked out, or read quicker than by asking the event. */
export interface ComputedField {
  readonly sentence: string;
  /** Whether its value follows from the page alone, so that it need be asked only once per page. */
  readonly isOfPage: boolean;
  readonly value: (view: EventView) => EventValue | null;
}

/** Ports of services that answer over UDP to any port: what comes from them is an answer. */
const ANSWERING_UDP_PORTS: ReadonlySet<number> = new Set([
  53, 123, 161, 389, 443, 500, 1900, 3478, 5353, 11211,
]);
const SYN = 2;
const RST = 4;
const ACK = 16;

/** All computed fields, by name. */
export const COMPUTED_FIELDS: Readonly<Record<string, ComputedField>> = {
  client: {
    sentence: "The client: the address that connected, or its name.",
    isOfPage: false,
    value: (view) => view.client?.name ?? null,
  },
  "client.network": {
    sentence: "The network of the client's address: /24 for IPv4, /48 for IPv6.",
    isOfPage: false,
    value: (view) => (view.client === null ? null : networkOf(view.client.name)),
  },
  "url.path": {
    sentence: "The path that was asked for, without query, scheme and host.",
    isOfPage: true,
    value: (view) => view.path ?? textField(view.event, "url.path"),
  },
  "url.query": {
    sentence: "What stands behind the question mark.",
    isOfPage: false,
    value: (view) => view.query,
  },
  "url.extension": {
    sentence: "The extension of the path's last part, in lower case.",
    isOfPage: true,
    value: (view) => (view.path === null ? null : extensionOfPath(view.path)),
  },
  "page.is_static": {
    sentence: "True for pictures, styles, scripts and fonts.",
    isOfPage: true,
    value: (view) => view.page?.isStatic ?? null,
  },
  "http.response.status_code": {
    sentence: "The status of the answer.",
    isOfPage: false,
    value: (view) => view.status ?? numberField(view.event, "http.response.status_code"),
  },
  "http.request.method": {
    sentence: "The method as it was sent.",
    isOfPage: false,
    value: (view) => view.method,
  },
  "rule.id": {
    sentence: "The rule about single events that matched first.",
    isOfPage: false,
    value: (view) => view.matches[0]?.rule.id ?? null,
  },
  "packet.is_answer": {
    sentence:
      "True for packets that answer others: SYN with ACK, RST, and UDP from the port of a service. They tell who was asked, not who asks.",
    isOfPage: false,
    value: isAnswer,
  },
};

/** The value of a field, computed or of the event. */
export function fieldValue(view: EventView, field: string): EventValue | null {
  const computed = Object.hasOwn(COMPUTED_FIELDS, field) ? COMPUTED_FIELDS[field] : undefined;
  return computed === undefined ? view.event.value(field) : computed.value(view);
}

function isAnswer({ event }: EventView): boolean {
  const flags = event.value("tcp.flags");
  const bits = typeof flags === "string" ? bitsOfFlags(flags) : numberOf(flags);
  if (bits !== null && bits !== 0) return (bits & RST) !== 0 || (bits & (SYN | ACK)) === (SYN | ACK);
  const transport = textField(event, "network.transport")?.toLowerCase();
  if (transport !== "udp" && numberField(event, "network.iana_number") !== 17) return false;
  return ANSWERING_UDP_PORTS.has(numberField(event, "source.port") ?? -1);
}

/** Flags as words (`ACK SYN`), as letters (`SA`), or as a number in text. */
function bitsOfFlags(text: string): number {
  const number = numberOf(text.trim());
  if (number !== null) return number;
  const names = text.toUpperCase();
  const has = (word: string, letter: string) =>
    names.includes(word) ||
    (/^[A-Z]{1,9}$/.test(names) && !/SYN|ACK|RST|FIN|PSH|URG/.test(names) && names.includes(letter));
  return (has("SYN", "S") ? SYN : 0) | (has("RST", "R") ? RST : 0) | (has("ACK", "A") ? ACK : 0);
}
