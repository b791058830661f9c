/** Inputs made to be slow, each with a pattern and harmless input for it: for a test that they end, and a benchmark that they are linear. */

/** A hostile input. */
export interface HostileCase {
  readonly name: string;
  readonly pattern: string;
  /** Repeated up to the size that is wanted. */
  readonly harmless: string;
  /** Repeated up to the size, with `start` before it. */
  readonly hostile: string;
  readonly start?: string;
}

const COMBINED = `IPADDR:ip ' ' LD:id ' ' LD:user ' [' HTTPDATE:t '] "' LD:request '" ' INT:status ' ' LONG:bytes ' "' LD:referrer '" "' LD:agent '"' EOL`;
const LINE = `192.0.2.7 - - [20/Nov/2026:10:00:00 +0000] "GET /a?b=c HTTP/1.1" 200 512 "-" "Mozilla/5.0"\n`;
const JSON_LINE = `{"a":1,"b":"text","c":{"d":[1,2,3],"e":null},"f":"more text of some length"}\n`;
const JSON_PATTERN = "JSON{INT:a, STRING:b}(greedy='rest'):o EOL";

const PAIRS = "KVP{WORD:key '=' NSPACE:value ' '?}";
const CELLS = "CSV{LD:a, LD:b, INT:n} EOL";

/** All hostile inputs. */
export const HOSTILE_CASES: readonly HostileCase[] = [
  { name: "one long line", pattern: COMBINED, harmless: LINE, hostile: "192.0.2.7 - - " },
  { name: "quotes", pattern: COMBINED, harmless: LINE, hostile: '"', start: LINE.slice(0, 50) },
  { name: "quotes and blanks", pattern: COMBINED, harmless: LINE, hostile: '" ', start: LINE.slice(0, 50) },
  {
    name: "starts of records",
    pattern: COMBINED,
    harmless: LINE,
    hostile: '192.0.2.7 - - [20/Nov/2026:10:00:00 +0000] "',
  },
  {
    name: "digits",
    pattern: "DOUBLE:d ' ' LONG:n ' ' LD:rest EOL",
    harmless: "12.5 77 some words\n",
    hostile: "0123456789",
  },
  {
    name: "zeros",
    pattern: "DOUBLE:d ' ' LONG:n ' ' LD:rest EOL",
    harmless: "12.5 77 some words\n",
    hostile: "0",
  },
  {
    name: "colons",
    pattern: "IPADDR:a ' ' LD:rest EOL",
    harmless: "2001:db8::7 some words\n",
    hostile: "1:2:3:4:5:6:",
  },
  { name: "line feeds", pattern: COMBINED, harmless: LINE, hostile: "\n" },
  { name: "NUL bytes", pattern: COMBINED, harmless: LINE, hostile: "\0" },
  {
    name: "text that never ends",
    pattern: "'a' DATA{0,10485760}:d 'end' LF",
    harmless: "a 1 2 3 4 5 6 7 end\n",
    hostile: "a",
  },
  {
    name: "alternatives of one start",
    pattern: "(LD:a '1' | LD:b '2' | LD:c '3') EOL",
    harmless: "some text of the first kind 1\n",
    hostile: "some text ",
  },
  {
    name: "quoted text, unclosed",
    pattern: "DQS:q ' ' INT:n EOL",
    harmless: '"some text" 7\n',
    hostile: '"\\',
  },
  { name: "cells of quotes", pattern: "CSVDQS:a ',' INT:n EOL", harmless: '"some text",7\n', hostile: '"' },
  { name: "cells, unclosed", pattern: "CSVDQS:a ',' INT:n EOL", harmless: '"some text",7\n', hostile: '"a"' },
  { name: "hexadecimal zeros", pattern: "HEXLONG:a ',' INT:n EOL", harmless: "0x7f,7\n", hostile: "0" },
  { name: "nested JSON", pattern: JSON_PATTERN, harmless: JSON_LINE, hostile: '{"a":' },
  { name: "nested arrays", pattern: JSON_PATTERN, harmless: JSON_LINE, hostile: "[", start: '{"a":1,"x":' },
  {
    name: "JSON of backslashes",
    pattern: JSON_PATTERN,
    harmless: JSON_LINE,
    hostile: "\\\\",
    start: '{"a":1,"x":"',
  },
  { name: "JSON of quotes", pattern: JSON_PATTERN, harmless: JSON_LINE, hostile: '"', start: '{"a":1,' },
  { name: "JSON objects without end", pattern: JSON_PATTERN, harmless: JSON_LINE, hostile: '{"a":1,"b":"' },
  {
    name: "JSON of commas",
    pattern: JSON_PATTERN,
    harmless: JSON_LINE,
    hostile: "[1],",
    start: '{"a":1,"x":[',
  },
  { name: "pairs without end", pattern: `${PAIRS}{1,32768}:o EOL`, harmless: "a=1 b=2\n", hostile: "a=1 " },
  {
    name: "pairs of no end, by default",
    pattern: `${PAIRS}:o EOL`,
    harmless: "a=1 b=2\n",
    hostile: "key=value ",
  },
  { name: "items of nothing", pattern: "ARRAY{INT*:n}{0,32768}:a 'x' EOL", harmless: "x\n", hostile: "a" },
  {
    name: "items without end",
    pattern: "ARRAY{INT:n ','}{1,32768}:a 'x' EOL",
    harmless: "1,2,x\n",
    hostile: "1,",
  },
  { name: "groups without end", pattern: "(INT:n ','){1,4096} 'x' EOL", harmless: "1,2,x\n", hostile: "1," },
  { name: "a cell, unclosed", pattern: CELLS, harmless: 'x,"y",7\n', hostile: "a,", start: 'x,"' },
  { name: "cells of nothing but quotes", pattern: CELLS, harmless: 'x,"y",7\n', hostile: '"' },
  { name: "cells of doubled quotes", pattern: CELLS, harmless: 'x,"y",7\n', hostile: '""a' },
  { name: "a cell without end", pattern: CELLS, harmless: 'x,"y",7\n', hostile: "x" },
  { name: "empty cells", pattern: CELLS, harmless: 'x,"y",7\n', hostile: "," },
  { name: "card numbers", pattern: "CREDITCARD:c EOL", harmless: "4111111111111111\n", hostile: "4 " },
  { name: "typed arrays, nested", pattern: "JSON_ARRAY{INT[]}:a EOL", harmless: "[[1],[2]]\n", hostile: "[" },
  {
    name: "typed arrays without end",
    pattern: "JSON_ARRAY{INT[]}:a EOL",
    harmless: "[[1],[2]]\n",
    hostile: "[[1],",
  },
  { name: "words in objects", pattern: "JSON(strict=false):o EOL", harmless: "{a:b}\n", hostile: "{a:" },
];
