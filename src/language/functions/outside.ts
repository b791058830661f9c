/** Functions whose answers come from outside the query: from other machines, or from tables that somebody installed. */
import type { DataType } from "../types.ts";
import { type FunctionEntry, functionsOf, gives, givesBy, optional, required } from "./entry.ts";

const ADDRESS = required("address", "address");

/** A place on the earth, in degrees. */
export const GEOPOINT: DataType = {
  kind: "tuple",
  fields: [
    { name: "latitude", type: { kind: "double" } },
    { name: "longitude", type: { kind: "double" } },
  ],
};

/** What lists say: the list's name, what it means to be in it, its count, and when the list was fetched. */
const LISTINGS: DataType = {
  kind: "array",
  element: {
    kind: "tuple",
    fields: [
      { name: "list", type: { kind: "string" } },
      { name: "kind", type: { kind: "string" } },
      { name: "count", type: { kind: "long" } },
      { name: "date", type: { kind: "timestamp" } },
    ],
  },
};

/** The list. Each is asked after filters and groups; an answer that does not come is NULL. */
export const OUTSIDE_FUNCTIONS: readonly FunctionEntry[] = functionsOf("outside", [
  {
    spelling: "CC",
    signatures: [gives("string", ADDRESS)],
    description: "The country of an address as two letters, '--' when unknown.",
    example: "CC(client_ip)",
  },
  {
    spelling: "ASN",
    signatures: [gives("long", ADDRESS)],
    description: "The number of the network an address belongs to.",
    example: "ASN(client_ip)",
  },
  {
    spelling: "ASNAME ASN_NAME",
    signatures: [gives("string", ADDRESS)],
    description: "The name of the network an address belongs to.",
    example: "ASNAME(client_ip)",
  },
  {
    spelling: "CITY",
    signatures: [gives("string", ADDRESS)],
    description: "The city of an address.",
    example: "CITY(client_ip)",
  },
  {
    spelling: "GEO",
    signatures: [
      givesBy({ kind: "fixed", type: GEOPOINT }, ADDRESS),
      givesBy(
        { kind: "fixed", type: GEOPOINT },
        required("latitude", "number"),
        required("longitude", "number"),
      ),
    ],
    description: "The place of an address, or the place at a latitude and a longitude.",
    example: "GEO(client_ip)[latitude]",
  },
  {
    spelling: "IN_LIST",
    signatures: [
      gives("boolean", required("host", "string"), required("list", "string"), optional("at", "timestamp")),
      gives("boolean", ADDRESS, required("list", "string"), optional("at", "timestamp")),
    ],
    description:
      "Whether an address, or the name of a host, is in a named list, or was in it at a time; NULL when nobody knows.",
    example: "IN_LIST(client_ip, 'ipsum')",
  },
  {
    spelling: "LIST_INFO",
    signatures: [
      givesBy({ kind: "fixed", type: LISTINGS }, required("host", "string"), optional("at", "timestamp")),
      givesBy({ kind: "fixed", type: LISTINGS }, ADDRESS, optional("at", "timestamp")),
    ],
    description: "The lists that an address, or the name of a host, is in, or was in at a time.",
    example: "LIST_INFO(client_ip)",
  },
  {
    spelling: "DNS_LOOKUP",
    signatures: [gives("string", ADDRESS)],
    description: "The name of an address, NULL when it has none.",
    example: "DNS_LOOKUP(client_ip)",
  },
  {
    spelling: "DNS_RESOLVE",
    signatures: [gives("ip", required("name", "string"))],
    description: "The address of a name, NULL when it has none.",
    example: "DNS_RESOLVE(host)",
  },
  {
    spelling: "FETCH",
    signatures: [gives("string", required("url", "string"))],
    description:
      "The text at a URL. A pattern or a value that must be known before the run is fetched before it.",
    example: "FETCH('https://example.com/list.txt')",
  },
]);
