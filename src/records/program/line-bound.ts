/** The proof that a match holds a line feed only as its very last byte, and looks at nothing behind that. */
import { unreachable } from "#text";
import { hasByte } from "./byte-set.ts";
import type { MatchOperation, MatchProgram, TimePart } from "./program.ts";

const LINE_FEED = 0x0a;

/** Where what operations take may hold line feeds: nowhere, only as the last byte, or who knows where. */
type LineFeeds = "none" | "last" | "any";

/** Whether what comes of a piece that begins at the start of a line never depends on what stands before it. */
export function startsAtAnyLine(program: Pick<MatchProgram, "isLineBound" | "header">): boolean {
  return program.isLineBound && program.header === null;
}

/** Whether no match of these operations can go on behind a line feed. False when that cannot be proven. */
export function isLineBound(operations: readonly MatchOperation[]): boolean {
  return lineFeedsOf(operations) !== "any";
}

function lineFeedsOf(operations: readonly MatchOperation[]): LineFeeds {
  let feeds: LineFeeds = "none";
  for (const operation of operations) {
    if (feeds === "last" && seesFurther(operation)) return "any";
    feeds = worse(feeds, lineFeedsIn(operation));
  }
  return feeds;
}

function worse(first: LineFeeds, second: LineFeeds): LineFeeds {
  if (first === "any" || second === "any") return "any";
  return first === "last" ? first : second;
}

function lineFeedsIn(operation: MatchOperation): LineFeeds {
  switch (operation.kind) {
    case "literal":
      return lineFeedsInText(operation.bytes);
    case "set":
      if (!hasByte(operation.set, LINE_FEED)) return "none";
      return operation.max === 1 ? "last" : "any";
    case "until":
    case "quoted":
      return operation.staysInLine ? "none" : "any";
    case "timestamp":
      return operation.parts
        .map((part) => (textsOfPart(part).some((bytes) => bytes.includes(LINE_FEED)) ? "any" : "none"))
        .reduce(worse, "none");
    case "line-end":
      return "last";
    case "optional":
    case "capture":
    case "decode":
      return lineFeedsOf(operation.body);
    case "cell":
      return "any";
    case "choice":
      return operation.branches.map(lineFeedsOf).reduce(worse, "none");
    case "repeat":
    case "pairs": {
      const once = lineFeedsOf(operation.body);
      return once === "last" && operation.max > 1 ? "any" : once;
    }
    case "enum":
      return operation.entries.map((entry) => lineFeedsInText(entry.bytes)).reduce(worse, "none");
    case "json":
      return "any";
    case "integer":
    case "decimal":
    case "boolean":
    case "address":
    case "mac":
    case "card":
    case "word":
    case "edge":
    case "constant":
      return "none";
    case "look":
      // What is looked at must lie in the line, too.
      return operation.direction === "ahead" && lineFeedsOf(operation.body) === "any" ? "any" : "none";
    default:
      return unreachable(operation);
  }
}

/** The texts that a part of a time may be, where it is not made of digits and signs: charsets may put line feeds into them. */
function textsOfPart(part: TimePart): readonly (readonly number[])[] {
  if (part.kind === "literal") return [part.bytes];
  const isName = part.kind === "month-name" || part.kind === "weekday-name";
  return isName && part.names !== null ? part.names.map(({ bytes }) => bytes) : [];
}

function lineFeedsInText(bytes: readonly number[]): LineFeeds {
  const first = bytes.indexOf(LINE_FEED);
  if (first < 0) return "none";
  return first === bytes.length - 1 ? "last" : "any";
}

/** Whether an operation takes bytes, or its outcome depends on those that follow: what begins the next line is not yet known at a line's end. */
function seesFurther(operation: MatchOperation): boolean {
  switch (operation.kind) {
    case "edge":
      return operation.edge === "end";
    case "look":
      return operation.direction === "ahead";
    case "constant":
      return false;
    case "optional":
    case "capture":
    case "decode":
    case "repeat":
    case "pairs":
      return operation.body.some(seesFurther);
    case "choice":
      return operation.branches.some((branch) => branch.some(seesFurther));
    default:
      return true;
  }
}
