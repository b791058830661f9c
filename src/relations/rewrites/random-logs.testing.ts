/** Random logs with values of all kinds of types, and conditions on them. */
import fc from "fast-check";

/** A pattern with a field of each kind of type. */
export const RANDOM_PATTERN = `$p = <<<PATTERN
(INT:i | '-') ' ' (LONG:l | '-') ' ' (DOUBLE:d | '-') ' ' (IPADDR:ip | '-') ' ' (ISO8601:t | '-') ' ' (BOOLEAN:b | '-') ' ' (DQS:s | '-') ' ' JSON:o EOL
PATTERN;
`;

const INTEGERS = fc.constantFrom("0", "1", "-7", "404", "2147483647");
const LONGS = fc.oneof(INTEGERS, fc.constantFrom("9223372036854775807", "-9223372036854775808"));
const DOUBLES = fc.constantFrom("0", "-0", "0.5", "-1.25", "1e300", "404");
const ADDRESSES = fc.constantFrom("192.0.2.1", "192.0.2.200", "198.51.100.7", "2001:db8::1", "0.0.0.0");
const TIMES = fc.constantFrom(
  "2026-01-01T00:00:00Z",
  "2026-01-01T00:00:00.001Z",
  "1969-12-31T23:59:59Z",
  "2026-03-29T12:34:56Z",
);
const TEXTS = fc.constantFrom("", "a", "ab", "abc", "cab", "ÄÖ", "a%b", "A", "İk", "aK", "ki", "KI");

/** A line of a log, as `RANDOM_PATTERN` reads it. */
export function randomLine(): fc.Arbitrary<string> {
  const maybe = (values: fc.Arbitrary<string>) =>
    fc.oneof({ weight: 5, arbitrary: values }, { weight: 1, arbitrary: fc.constant("-") });
  const member = fc.oneof(
    INTEGERS,
    fc.constantFrom('"7"', '"x"', "null", "true", '"192.0.2.1"', "{}", '{"k":5}', "1.5"),
  );
  const object = fc.dictionary(fc.constantFrom("m", "n"), member).map((members) => {
    return `{${Object.entries(members)
      .map(([name, value]) => `"${name}":${value}`)
      .join(",")}}`;
  });
  return fc
    .tuple(
      maybe(INTEGERS),
      maybe(LONGS),
      maybe(DOUBLES),
      maybe(ADDRESSES),
      maybe(TIMES),
      maybe(fc.constantFrom("true", "FALSE")),
      maybe(TEXTS.map((text) => `"${text}"`)),
      object,
    )
    .map((parts) => parts.join(" "));
}

const OPERATORS = fc.constantFrom("=", "!=", "<", "<=", ">", ">=");
const quoted = TEXTS.map((text) => `'${text}'`);
const time = TIMES.map((text) => `T('${text}')`);

/** A condition on one field of a random log. */
export const randomTest: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom("i", "l", "d", "INT(o[m])", "LONG(o[n])", "DOUBLE(o[m])", "INT(o[m][k])"),
      OPERATORS,
      INTEGERS,
    )
    .map((parts) => parts.join(" ")),
  fc.tuple(fc.constantFrom("d"), OPERATORS, DOUBLES).map((parts) => parts.join(" ")),
  fc.tuple(INTEGERS, OPERATORS, fc.constantFrom("i", "l")).map((parts) => parts.join(" ")),
  fc.tuple(fc.constantFrom("ip", "IPADDR(o[m])"), OPERATORS, ADDRESSES).map((parts) => parts.join(" ")),
  fc.tuple(fc.constantFrom("t"), OPERATORS, time).map((parts) => parts.join(" ")),
  fc.tuple(fc.constantFrom("s", "STRING(o[m])", "o[n]"), OPERATORS, quoted).map((parts) => parts.join(" ")),
  fc
    .tuple(
      fc.constantFrom("s"),
      fc.constantFrom("LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE"),
      fc.constantFrom(
        "'a%'",
        "'%b'",
        "'%'",
        "'_b%'",
        "''",
        "'%b%c%'",
        "'ab'",
        "'A%'",
        "'%I%'",
        "'k%'",
        "'Ä%'",
        "'AK'",
      ),
    )
    .map((parts) => parts.join(" ")),
  fc
    .tuple(fc.constantFrom("s"), fc.constantFrom("CONTAINS", "NOT CONTAINS"), quoted)
    .map((parts) => parts.join(" ")),
  fc.tuple(fc.constantFrom("STARTSWITH", "ENDSWITH"), quoted).map(([name, text]) => `${name}(s, ${text})`),
  fc
    .tuple(
      fc.constantFrom("i", "l", "d", "ip", "t", "b", "s", "o[m]", "STRING(o[m])"),
      fc.constantFrom("IS NULL", "IS NOT NULL"),
    )
    .map((parts) => parts.join(" ")),
  fc.constantFrom(
    "b",
    "b = true",
    "b = false",
    "BOOLEAN(o[m])",
    "i IN (1, 404)",
    "i NOT IN (1, NULL)",
    "l BETWEEN 0 AND 404",
    "ip IN 192.0.2.0/24",
    "ip NOT IN (192.0.2.0/25, 2001:db8::1)",
    "s IN ('a', 'ÄÖ')",
    "s IN ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'ab', '', 'ÄÖ')",
    "s NOT IN ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'ab', 'KI')",
    "i IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 404)",
    "d IN (1, 2, 3, 4, 5, 6, 7, 8, 0, -1.25, 1e300)",
    "l NOT IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9223372036854775807)",
    "ip IN (192.0.2.0/30, 192.0.2.128/25, 198.51.100.0/24, 2001:db8::/32, 192.0.2.7)",
    "ip IN (10.0.0.0/8, 10.1.0.0/16, 192.0.2.0/30, 192.0.2.4/30, 1.0.0.0/8, 2.0.0.0/8, 3.0.0.0/8, 4.0.0.0/8, 5.0.0.0/8)",
    "i = 1.5",
    "i > 0.5",
    "i < 404.5",
    "long(i) > 0",
    "s BETWEEN 'a' AND 'b'",
    "i = 1 OR i = 404 OR s = 'a' OR i IN (7, 0)",
    "i != 1 AND i != 404 AND NOT (s = 'a') AND i NOT IN (7, 0)",
    "t BETWEEN T('2026-01-01') AND T('2026-02-01')",
    "_raw_text CONTAINS 'ab'",
    "_raw_text ILIKE '%FALSE%' OR s = 'a'",
    "_raw_text IS NULL",
    "STRLEN(s) > 1",
    "i + 1 > l",
    "_file_name = 'mixed.txt'",
    "_raw_offset > 1000",
    "t[1 day] = T('2026-01-01')",
  ),
);
