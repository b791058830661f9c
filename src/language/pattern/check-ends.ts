/** Whether something stands behind every LD and DATA that says where it ends. */
import type { TextSpan } from "#text";
import { isRequired } from "./can-match-nothing.ts";
import type { PatternReader } from "./reader.ts";
import type { GroupNode, JsonShape, MatcherNode, PatternNode } from "./tree.ts";

/** Reports LD and DATA with nothing behind them. Sub-patterns are checked where they are used. */
export function checkEnds(reader: PatternReader, root: GroupNode): void {
  checkNode(reader, root, false);
}

/** `hasEnd`: a required unit follows the node. */
function checkNode(reader: PatternReader, node: PatternNode, hasEnd: boolean): void {
  switch (node.kind) {
    case "matcher":
      if (!hasEnd) checkMatcher(reader, node);
      break;
    case "group":
      checkSequence(reader, node, hasEnd);
      break;
    case "choice":
      for (const branch of node.branches) checkSequence(reader, branch, hasEnd);
      break;
    case "reference":
      checkSequence(reader, node.definition, hasEnd);
      break;
    case "structure":
    case "array":
    case "kvp":
      checkSequence(reader, node.body, hasEnd);
      break;
    case "json":
      checkShape(reader, node.shape);
      break;
    default: // The cells of a CSV end by themselves.
  }
}

function checkSequence(reader: PatternReader, group: GroupNode, hasEnd: boolean): void {
  let endsNext = hasEnd;
  for (const [index, node] of [...group.members.entries()].reverse()) {
    const hasSeparator = group.separator !== null && index < group.members.length - 1;
    checkNode(reader, node, endsNext || hasSeparator);
    endsNext ||= isRequired(node);
  }
}

/** The texts of JSON members end by themselves. */
function checkShape(reader: PatternReader, shape: JsonShape): void {
  if (shape.kind === "array") checkShape(reader, shape.element);
  if (shape.kind === "text") checkSequence(reader, shape.body, true);
  if (shape.kind !== "object") return;
  for (const member of shape.object.members) checkShape(reader, member.shape);
}

function checkMatcher(reader: PatternReader, node: MatcherNode): void {
  const place: TextSpan = node.span;
  if (node.matcher === "DATA") {
    reader.report("data-without-end", place, "Nothing behind this DATA says where it ends.", {
      help: "Add what follows it, such as EOL or EOS.",
    });
  }
  if (node.matcher !== "LD") return;
  reader.report(
    "until-without-end",
    place,
    "Nothing behind this LD says where it ends, so it takes the rest of the line.",
    { help: "Add EOL behind it.", isWarning: true },
  );
}
