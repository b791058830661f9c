/** Texts of a fixed form, composed of simpler operations: sockets, networks, identifiers, addresses with a scheme. */
import type { Quantifier } from "#language";
import { setOfRanges } from "./byte-set.ts";
import type { MatchOperation, PatternRange } from "./program.ts";

type Ranges = readonly (readonly [number, number])[];

const DIGITS: Ranges = [[0x30, 0x39]];
const LETTERS: Ranges = [
  [0x41, 0x5a],
  [0x61, 0x7a],
];
const HEX_DIGITS: Ranges = [...DIGITS, [0x41, 0x46], [0x61, 0x66]];
/** RFC 3986, 3.1. */
const SCHEME: Ranges = [...DIGITS, ...LETTERS, [0x2b, 0x2b], [0x2d, 0x2e]];
/** Visible bytes but the quote and angle brackets, which delimit addresses in running text (RFC 3986, appendix C). */
const ADDRESS: Ranges = [
  [0x21, 0x21],
  [0x23, 0x3b],
  [0x3d, 0x3d],
  [0x3f, 0x7e],
  [0x80, 0xff],
];
const LONGEST_SCHEME = 64;

function text(at: PatternRange, ...bytes: readonly number[]): MatchOperation {
  return { kind: "literal", at, bytes, ignoresCase: false };
}

function run(at: PatternRange, ranges: Ranges, min: number, max: number): MatchOperation {
  return { kind: "set", at, set: setOfRanges(ranges), min, max, slot: -1, emptyIsNull: false };
}

/** A number without a sign. */
function count(at: PatternRange, max: bigint): readonly MatchOperation[] {
  const digit: MatchOperation = {
    kind: "look",
    at,
    direction: "ahead",
    isNegated: false,
    body: [run(at, DIGITS, 1, 1)],
  };
  const whole: MatchOperation = {
    kind: "integer",
    at,
    radix: 10,
    min: 0n,
    max,
    minBytes: 1,
    maxBytes: String(max).length,
    mayBeEmpty: false,
    slot: -1,
  };
  return [digit, whole];
}

function address(at: PatternRange, isV6: boolean): MatchOperation {
  return { kind: "address", at, allowsV4: !isV6, allowsV6: isV6, mayBeEmpty: false, slot: -1 };
}

/** `a.b.c.d:port`, and with `allowsV6` also `[v6]:port`. */
export function socketOperations(at: PatternRange, allowsV6: boolean): readonly MatchOperation[] {
  const port = count(at, 65_535n);
  const short = [address(at, false), text(at, 0x3a), ...port];
  if (!allowsV6) return short;
  const long = [text(at, 0x5b), address(at, true), text(at, 0x5d, 0x3a), ...port];
  return [{ kind: "choice", at, branches: [long, short] }];
}

/** Texts of one form each. */
export const tokenOperations: {
  readonly network: (at: PatternRange) => readonly MatchOperation[];
  readonly uuid: (at: PatternRange) => readonly MatchOperation[];
  readonly uri: (at: PatternRange, bounds: Quantifier) => readonly MatchOperation[];
} = {
  network: (at) => [
    {
      kind: "choice",
      at,
      branches: [
        [address(at, false), text(at, 0x2f), ...count(at, 32n)],
        [address(at, true), text(at, 0x2f), ...count(at, 128n)],
      ],
    },
  ],
  uuid: (at) => {
    const groups = [8, 4, 4, 4, 12].map((length) => run(at, HEX_DIGITS, length, length));
    return groups.flatMap((group, index) => (index === 0 ? [group] : [text(at, 0x2d), group]));
  },
  uri: (at, { max }) => [
    run(at, LETTERS, 1, 1),
    run(at, SCHEME, 0, LONGEST_SCHEME),
    text(at, 0x3a),
    run(at, ADDRESS, 1, max),
  ],
};
