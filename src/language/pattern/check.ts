/** What the grammar cannot say about a pattern: names, types, ends, progress. */
import { invariant, type TextSpan } from "#text";
import { typeName } from "../types.ts";
import { canMatchNothing } from "./can-match-nothing.ts";
import { checkEnds } from "./check-ends.ts";
import { childrenOf, objectsOf } from "./children.ts";
import { type Export, exportsOf, exportsOfObject, type OnClash } from "./fields.ts";
import type { ParseContext } from "./parse-context.ts";
import type { GroupNode, JsonMember, JsonObjectShape, KvpNode, PatternNode } from "./tree.ts";

/** Checks a pattern and its declarations, of which all names are resolved. */
export function checkPattern(context: ParseContext, root: GroupNode): void {
  const bodies = [root, ...[...context.definitions.values()].map(({ body }) => body)];
  const onClash = clashReporter(context);
  const isWellFormed = context.reader.mistakeCount === 0;
  for (const body of bodies) {
    exportsOf(body, onClash);
    checkInside(context, body, onClash);
  }
  checkEnds(context.reader, root);
  if (isWellFormed && canMatchNothing(root)) reportNoProgress(context, root);
}

function reportNoProgress({ reader }: ParseContext, root: GroupNode): void {
  reader.report(
    "pattern-matches-nothing",
    root.span,
    "This pattern can match without taking a byte, so it would never advance.",
    { help: "At least one element must be there: take out a ? or a *, or add EOL." },
  );
}

function checkInside(context: ParseContext, node: PatternNode, onClash: OnClash): void {
  for (const child of childrenOf(node)) {
    checkNode(context, child, onClash);
    checkInside(context, child, onClash);
  }
}

function checkNode(context: ParseContext, node: PatternNode, onClash: OnClash): void {
  if (node.look !== null) checkLook(context, node);
  switch (node.kind) {
    case "kvp":
      checkPairs(context, node, onClash);
      break;
    case "structure":
    case "array":
      exportsOf(node.body, onClash);
      break;
    case "csv":
      exportsOf({ ...node, name: null }, onClash);
      break;
    case "group":
      exportsOf(node, onClash);
      break;
    case "json":
      for (const object of objectsOf(node.shape)) checkObject(context, object, onClash);
      break;
    default:
  }
}

/** Where an exported name is written. */
function spanOfName(context: ParseContext, owner: object): TextSpan {
  const span = context.nameSpans.get(owner);
  invariant(span !== undefined, "the place of every export name is known");
  return span;
}

function spanOfExport(context: ParseContext, { owner }: Export): TextSpan {
  return spanOfName(context, owner);
}

function clashReporter(context: ParseContext): OnClash {
  return (first, second, isChoice) => {
    const span = spanOfExport(context, second);
    const notes = [{ span: spanOfExport(context, first), message: "the first one" }];
    const { name } = second;
    if (!isChoice) {
      const help = "Give one of them another name; only alternatives of one choice may share a name.";
      context.reader.report("name-twice", span, `The name "${name}" is given twice in one record.`, {
        help,
        notes,
      });
      return;
    }
    const types = `${typeName(first.type)} and ${typeName(second.type)}`;
    const message = `The alternatives give "${name}" to values of different types, ${types}.`;
    const help = "Give them different names.";
    context.reader.report("name-type-clash", span, message, { help, notes });
  };
}

/** Names inside a look-around lead nowhere. Those of sub-patterns are meant for other places. */
function checkLook(context: ParseContext, node: PatternNode): void {
  if (node.name !== null && node.kind !== "constant") {
    const message = `The look-around only tests, so "${node.name}" has no value.`;
    const details = { help: "Take out the name.", isWarning: true };
    context.reader.report("look-exports", spanOfName(context, node), message, details);
  }
  if (node.kind !== "group" && node.kind !== "choice") return;
  for (const child of childrenOf(node)) checkLook(context, child);
}

function checkPairs(context: ParseContext, node: KvpNode, onClash: OnClash): void {
  const { reader } = context;
  if (node.body.members.length === 0) return;
  const fields = exportsOf(node.body, onClash);
  const hasKey = fields.some(({ name }) => name === "key");
  const hasValue = fields.some(({ name }) => name.startsWith("value"));
  if (!hasKey || !hasValue) {
    const missing = [hasKey ? [] : ["key"], hasValue ? [] : ["value"]].flat().map((name) => `"${name}"`);
    reader.report("kvp-incomplete", node.span, `This KVP names no ${missing.join(" and no ")}.`, {
      help: "For example: KVP{WORD:key '=' NSPACE:value ' '?}.",
    });
  }
  for (const field of fields) {
    if (field.name === "key" || field.name.startsWith("value")) continue;
    const message = `In a KVP only "key" and names that begin with "value" count; "${field.name}" leads nowhere.`;
    reader.report("kvp-name-lost", spanOfExport(context, field), message, { isWarning: true });
  }
}

function checkObject(context: ParseContext, object: JsonObjectShape, onClash: OnClash): void {
  exportsOfObject(object, onClash);
  const known = new Map<string, JsonMember>();
  for (const member of object.members) {
    const first = known.get(member.memberName);
    known.set(member.memberName, first ?? member);
    if (first === undefined) continue;
    const message = `The member "${member.memberName}" is named twice in one object.`;
    context.reader.report("json-member-twice", member.span, message, {
      notes: [{ span: first.span, message: "the first one" }],
    });
  }
}
