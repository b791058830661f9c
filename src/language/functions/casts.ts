/** Casts: values as another type. What cannot be converted becomes NULL. */
import { type FunctionEntry, functionsOf, gives, optional, required } from "./entry.ts";

const ANY = required("value", "any");

/** The casts; each is named after the type it gives. */
export const CASTS: readonly FunctionEntry[] = functionsOf("cast", [
  {
    spelling: "STRING TRY_STRING",
    signatures: [gives("string", ANY)],
    description: "The value as text; a tuple, array or object as JSON.",
    example: "STRING(status)",
  },
  {
    spelling: "INT INTEGER TRY_INT TRY_INTEGER",
    name: "integer",
    signatures: [gives("integer", ANY)],
    description: "The value as a whole number of 32 bits, NULL when it is none.",
    example: "INT(o[status])",
  },
  {
    spelling: "LONG TRY_LONG",
    signatures: [gives("long", ANY)],
    description:
      "The value as a whole number of 64 bits, NULL when it is none; a time gives milliseconds since 1970.",
    example: "LONG(o[bytes])",
  },
  {
    spelling: "FLOAT TRY_FLOAT",
    signatures: [gives("float", ANY)],
    description: "The value as a number of 32 bits, NULL when it is none.",
    example: "FLOAT(failures) / total",
  },
  {
    spelling: "DOUBLE TRY_DOUBLE",
    signatures: [gives("double", ANY)],
    description: "The value as a number of 64 bits, NULL when it is none.",
    example: "DOUBLE(o[seconds])",
  },
  {
    spelling: "BOOLEAN BOOL TRY_BOOLEAN",
    signatures: [gives("boolean", ANY)],
    description: "The value as true or false, NULL when it is neither.",
    example: "BOOLEAN(o[enabled])",
  },
  {
    spelling: "IPADDR TRY_IPADDR",
    name: "ip",
    signatures: [gives("ip", ANY)],
    description: "The text as an address, NULL when it is none.",
    example: "IPADDR(o[clientIp])",
  },
  {
    spelling: "IPNET TRY_IPNET",
    signatures: [
      gives("ipnet", ANY),
      gives("ipnet", required("address", "ip"), required("bits", "integral")),
    ],
    description: "The text as a network; or the network of that many bits around an address.",
    example: "IPNET(client_ip, 24)",
  },
  {
    spelling: "TIMESTAMP T TRY_TIMESTAMP",
    signatures: [
      gives("timestamp", ANY),
      gives(
        "timestamp",
        required("year", "integral"),
        required("month", "integral"),
        optional("day", "integral"),
        optional("hour", "integral"),
        optional("minute", "integral"),
        optional("second", "integral"),
        optional("millisecond", "integral"),
      ),
    ],
    description: "The text, or the milliseconds since 1970, or the parts, as a time; NULL when it is none.",
    example: "T('2020-07-16 00:00:00 +0200')",
  },
  {
    spelling: "TIMESTAMP_NANO TNANO TRY_TIMESTAMP_NANO",
    name: "timestamp-nano",
    signatures: [gives("timestamp-nano", ANY)],
    description: "The text or the time as a time in nanoseconds, NULL when it is none.",
    example: "TNANO('2020-07-16 00:00:00.123456789')",
  },
  {
    spelling: "IPSOCKET IPV4SOCKET",
    name: "ipsocket",
    signatures: [gives("ipsocket", ANY)],
    description: "The text as address and port, NULL when it is none.",
    example: "IPSOCKET('192.0.2.1:443')",
  },
  {
    spelling: "DURATION",
    signatures: [gives("duration", required("milliseconds", "number")), gives("duration", ANY)],
    description: "That many milliseconds as a duration.",
    example: "DURATION(now() - first_seen)",
  },
  {
    spelling: "VAR VARIANT",
    name: "variant",
    signatures: [gives("variant", ANY)],
    description: "The value as a value of any type, to compare with members of objects.",
    example: "o[visibility] = VAR('public')",
  },
]);
