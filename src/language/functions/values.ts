/** Functions about addresses, arrays, numbers and conditions. */
import type { DataType } from "../types.ts";
import {
  type FunctionEntry,
  type FunctionText,
  functionsOf,
  gives,
  givesBy,
  optional,
  repeated,
  required,
} from "./entry.ts";

/** Functions about addresses that need nothing but the address. */
export const NETWORK_FUNCTIONS: readonly FunctionEntry[] = functionsOf("network", [
  {
    spelling: "IP_TRUNC",
    signatures: [
      gives(
        "ip",
        required("address", "ip"),
        required("ipv4Bits", "integral"),
        optional("ipv6Bits", "integral"),
      ),
    ],
    description: "The first address of the network of that many bits around the address.",
    example: "IP_TRUNC(client_ip, 24, 64)",
  },
  {
    spelling: "IS_PRIVATE",
    signatures: [gives("boolean", required("address", "ip"))],
    description: "Whether the address is of a private, loopback or link-local network.",
    example: "IS_PRIVATE(client_ip)",
  },
  {
    spelling: "IS_BOGON",
    signatures: [gives("boolean", required("address", "ip"))],
    description: "Whether the address can not come from the internet: private, reserved or never given out.",
    example: "IS_BOGON(client_ip)",
  },
  {
    spelling: "PORT",
    signatures: [gives("integer", required("socket", "ipsocket"))],
    description: "The port of a socket.",
    example: "PORT(client) = 443",
  },
  {
    spelling: "DISTANCE",
    signatures: [gives("double", required("from", "any"), required("to", "any"))],
    description: "Kilometres between two places on the surface of the earth.",
    example: "DISTANCE(GEO(client_ip), GEO(59.4, 24.7))",
  },
]);

const TEXTS: DataType = { kind: "array", element: { kind: "string" } };
const VARIANTS: DataType = { kind: "array", element: { kind: "variant" } };

/** Functions about arrays, tuples and objects. */
export const ARRAY_FUNCTIONS: readonly FunctionEntry[] = functionsOf("array", [
  {
    spelling: "ARRAY_LEN",
    signatures: [gives("long", required("array", "array"))],
    description: "How many elements the array has.",
    example: "ARRAY_LEN(users)",
  },
  {
    spelling: "ARRAY_LAST",
    signatures: [givesBy({ kind: "element", of: 0 }, required("array", "array"))],
    description: "The last element of the array.",
    example: "ARRAY_LAST(SPLIT(path, '/'))",
  },
  {
    spelling: "ARRAY_UNIQ",
    signatures: [givesBy({ kind: "same", of: 0 }, required("array", "array"))],
    description: "The array with every value once, in the order of their first appearance.",
    example: "ARRAY_UNIQ(ARRAY_AGG(user))",
  },
  {
    spelling: "ARRAY_SORT",
    signatures: [givesBy({ kind: "same", of: 0 }, required("array", "array"))],
    description: "The array in ascending order.",
    example: "ARRAY_SORT(ARRAY_AGG(user))",
  },
  {
    spelling: "ARRAY_REMOVE_NULLS REMOVE_NULLS",
    signatures: [givesBy({ kind: "same", of: 0 }, required("array", "array"))],
    description: "The array without NULLs.",
    example: "ARRAY_REMOVE_NULLS([user, owner])",
  },
  {
    spelling: "VARIANT_ARRAY",
    signatures: [givesBy({ kind: "fixed", type: VARIANTS }, required("value", "any"))],
    description: "The JSON array as an array of values of any type, NULL when it is none.",
    example: "VARIANT_ARRAY(o[users])",
  },
  {
    spelling: "VARIANT_OBJECT",
    signatures: [gives("object", required("value", "any"))],
    description: "The JSON object as an object, NULL when it is none.",
    example: "UNNEST(VARIANT_OBJECT(o[nodes]))",
  },
  {
    spelling: "KEYS",
    signatures: [givesBy({ kind: "fixed", type: TEXTS }, required("value", "any"))],
    description: "The names of the members of a tuple or an object.",
    example: "KEYS(o)",
  },
  {
    spelling: "VALUES",
    signatures: [givesBy({ kind: "fixed", type: VARIANTS }, required("value", "any"))],
    description: "The values of the members of a tuple or an object.",
    example: "VALUES(o)",
  },
  {
    spelling: "JSON",
    signatures: [gives("variant", required("text", "string"))],
    description: "The text read as JSON, NULL when it is none.",
    example: "JSON(payload)[user]",
  },
  {
    spelling: "UNNEST",
    signatures: [
      givesBy({ kind: "element", of: 0 }, required("array", "array")),
      gives("unknown", required("value", "any")),
    ],
    description:
      "A row per element of an array, or per member (`key`, `value`) of a tuple or an object. Only as an item of select.",
    example: "UNNEST(users)",
  },
  {
    spelling: "SPREAD",
    signatures: [gives("unknown", required("tuple", "any"))],
    description: "A column per member of a tuple. Only as an item of select.",
    example: "SPREAD(request)",
  },
]);

function real(spelling: string, description: string): FunctionText {
  const signatures = [gives("double", required("number", "number"))];
  return { spelling, signatures, description, example: `${spelling}(x)` };
}

/** Functions about numbers. */
export const MATHS_FUNCTIONS: readonly FunctionEntry[] = functionsOf("maths", [
  {
    spelling: "ROUND",
    signatures: [gives("double", required("number", "number"), optional("digits", "integral"))],
    description: "The number rounded to that many digits behind the point, 0 unless said otherwise.",
    example: "ROUND(100.0 * failures / total, 2)",
  },
  {
    spelling: "ABS",
    signatures: [givesBy({ kind: "same", of: 0 }, required("number", "number"))],
    description: "The number without its sign.",
    example: "ABS(difference)",
  },
  real("FLOOR", "The largest whole number that is not greater."),
  real("CEIL", "The smallest whole number that is not less."),
  real("SQRT", "The square root, NULL of a negative number."),
  real("LN", "The natural logarithm, NULL of what is not positive."),
  real("LOG", "The logarithm to the base of 10, NULL of what is not positive."),
  real("SIN", "The sine of an angle in radians."),
  real("COS", "The cosine of an angle in radians."),
  real("RADIANS", "Degrees as radians."),
  {
    spelling: "RANDOM",
    signatures: [gives("double")],
    description: "A number from 0 up to 1, another one in every row and every run.",
    example: "RANDOM() < 0.01",
  },
  {
    spelling: "POW POWER",
    signatures: [gives("double", required("number", "number"), required("exponent", "number"))],
    description: "The number to a power.",
    example: "POW(2, 10)",
  },
  {
    spelling: "GREATEST",
    signatures: [givesBy({ kind: "widest" }, repeated("value", "ordered"))],
    description: "The greatest of the values, NULLs left out.",
    example: "GREATEST(in_bytes, out_bytes)",
  },
  {
    spelling: "LEAST",
    signatures: [givesBy({ kind: "widest" }, repeated("value", "ordered"))],
    description: "The least of the values, NULLs left out.",
    example: "LEAST(in_bytes, out_bytes)",
  },
]);

/** Functions that choose. */
export const CONDITION_FUNCTIONS: readonly FunctionEntry[] = functionsOf("condition", [
  {
    spelling: "COALESCE IFNULL",
    signatures: [givesBy({ kind: "widest" }, repeated("value", "any"))],
    description: "The first value that is not NULL.",
    example: "COALESCE(user, '-')",
  },
  {
    spelling: "IF",
    signatures: [
      givesBy(
        { kind: "widest" },
        required("condition", "boolean"),
        required("then", "any"),
        optional("else", "any"),
      ),
    ],
    description: "One value when the condition is true, the other (or NULL) when not.",
    example: "IF(status >= 500, 'failed', 'fine')",
  },
]);
