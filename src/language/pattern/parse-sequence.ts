/** Sequences, groups, alternatives, declarations. */
import { GROUP_CONFIG } from "./matchers/structures.ts";
import { type ElementCore, groupOf, nested, type ParseContext, takeClose } from "./parse-context.ts";
import { readElement } from "./parse-element.ts";
import { readSettings } from "./parse-matcher.ts";
import type { PatternReader } from "./reader.ts";
import type { GroupNode, PatternNode } from "./tree.ts";

const DECLARATION = /\$[\p{L}_][\p{L}\p{N}_]*\s*=/uy;
const DECLARATION_BEHIND = /;\s*\$[\p{L}_][\p{L}\p{N}_]*\s*=/uy;
const BARE_CONSTANT = /<[^<>'"\n]*>/y;
const UNKNOWN = /[^\s,;()[\]{}'"<>$:|\p{L}_]+/uy;

/** pattern = { declaration | element | ';' } — the elements outside of declarations are the pattern. */
export function readPattern(context: ParseContext): GroupNode {
  const { reader } = context;
  const start = reader.position;
  const members: PatternNode[] = [];
  for (reader.skipSeparators(); !reader.isAtEnd; reader.skipSeparators()) {
    if (reader.take(";")) continue;
    if (reader.peek(DECLARATION) !== null) {
      readDeclaration(context);
      continue;
    }
    const element = readElement(context);
    if (element === null) skipUnknown(reader);
    else members.push(element);
  }
  return groupOf(members, trimmedSpan(reader, start));
}

function trimmedSpan(reader: PatternReader, start: number): GroupNode["span"] {
  const written = reader.text.slice(start);
  const blanks = written.length - written.trimStart().length;
  return reader.span(Math.min(start + blanks, reader.text.length), start + written.trimEnd().length);
}

/** declaration = '$' name '=' sequence ';' */
function readDeclaration(context: ParseContext): void {
  const { reader, definitions } = context;
  const start = reader.position;
  reader.position++;
  const name = reader.identifier() ?? "";
  const nameSpan = reader.span(start);
  reader.skipBlanks();
  reader.position++;
  context.owner = name;
  const bodyStart = reader.position;
  const members: PatternNode[] = [];
  for (reader.skipSeparators(); !endsDeclaration(reader); reader.skipSeparators()) {
    const element = readElement(context);
    if (element === null) skipUnknown(reader);
    else members.push(element);
  }
  context.owner = null;
  const body = groupOf(members, trimmedRange(reader, bodyStart));
  if (!reader.take(";") && !reader.isAtEnd) {
    reader.report("subpattern-open", nameSpan, `The declaration of "$${name}" is not closed.`, {
      help: "Close it with ;.",
    });
  }
  if (members.length === 0 && !reader.hasGivenUp) {
    reader.report("group-empty", nameSpan, `The sub-pattern "$${name}" holds no element.`);
  }
  const earlier = definitions.get(name);
  if (earlier === undefined) {
    definitions.set(name, { name, nameSpan, body });
    return;
  }
  reader.report("subpattern-twice", nameSpan, `The sub-pattern "$${name}" is declared twice.`, {
    notes: [{ span: earlier.nameSpan, message: "first declared here" }],
  });
}

function trimmedRange(reader: PatternReader, start: number): GroupNode["span"] {
  const written = reader.text.slice(start, reader.position);
  const blanks = written.length - written.trimStart().length;
  const end = start + written.trimEnd().length;
  return reader.span(Math.min(start + blanks, end), end);
}

function endsDeclaration(reader: PatternReader): boolean {
  return reader.isAtEnd || reader.sees(";") || reader.peek(DECLARATION) !== null;
}

/** Reports what begins no element, and moves over it. */
function skipUnknown(reader: PatternReader): void {
  const start = reader.position;
  const { character } = reader;
  if (reader.match(BARE_CONSTANT) !== null) {
    reader.report("pattern-syntax", reader.span(start), "A constant is a quoted text.", {
      help: "Write <'text'>:name.",
    });
    return;
  }
  if (reader.match(UNKNOWN) === null) reader.position += character.length;
  const span = reader.span(start);
  if (character === "|") {
    reader.report("alternatives-bare", span, "Alternatives must stand in parentheses.", {
      help: "Write ( a | b ).",
    });
    return;
  }
  if (character === ")" || character === "}" || character === "]") {
    reader.report("pattern-syntax", span, `Nothing is open that "${character}" could close.`);
    return;
  }
  reader.report(
    "pattern-syntax",
    span,
    `No element begins with "${reader.text.slice(start, reader.position)}".`,
    {
      help: "Text that stands for itself is quoted.",
    },
  );
}

/** Elements up to `)`, `}`, `|` or the end of what can be inside of brackets. */
function readSequence(context: ParseContext): readonly PatternNode[] {
  const { reader } = context;
  const members: PatternNode[] = [];
  for (reader.skipSeparators(); !endsSequence(reader); reader.skipSeparators()) {
    if (reader.take(";")) continue;
    const element = readElement(context);
    if (element === null) skipUnknown(reader);
    else members.push(element);
  }
  return members;
}

function endsSequence(reader: PatternReader): boolean {
  if (reader.isAtEnd || /[)}|]/.test(reader.character)) return true;
  return reader.peek(DECLARATION_BEHIND) !== null || reader.peek(DECLARATION) !== null;
}

/** Elements up to a closing character; bare alternatives become one choice. */
export function readElements(context: ParseContext): readonly PatternNode[] {
  const start = context.reader.position;
  const branches = readBranches(context);
  const [only] = branches;
  if (branches.length === 1 && only !== undefined) return only.members;
  const span = context.reader.span(start);
  return [{ kind: "choice", branches, span, quantifier: null, isOptional: false, name: null, look: null }];
}

/** branches = sequence { '|' sequence } */
function readBranches(context: ParseContext): readonly GroupNode[] {
  const { reader } = context;
  const branches: GroupNode[] = [];
  let bar: number | null = null;
  do {
    const start = reader.position;
    const members = readSequence(context);
    const next = reader.position;
    const isEmpty = members.length === 0 && (bar !== null || reader.sees("|"));
    if (isEmpty) reportEmptyAlternative(reader, bar ?? next);
    branches.push(groupOf(members, trimmedRange(reader, start)));
    bar = next;
  } while (reader.take("|"));
  return branches;
}

function reportEmptyAlternative(reader: PatternReader, bar: number): void {
  if (reader.hasGivenUp) return;
  reader.report(
    "alternative-empty",
    reader.span(bar, bar + 1),
    "An alternative is missing beside this bar.",
    {
      help: "What may be missing has ? behind it: ( a | b )?.",
    },
  );
}

/** group = '(' branches ')' [config] */
export function readGroup(context: ParseContext): ElementCore {
  const { reader } = context;
  const open = reader.position;
  reader.position++;
  const branches = nested(context, [], () => readBranches(context));
  takeClose(reader, ")", open);
  const [first] = branches;
  if (branches.length === 1 && first?.members.length === 0 && !reader.hasGivenUp) {
    reader.report("group-empty", reader.span(open), "These parentheses hold no element.");
  }
  const settings = readSettings(reader, GROUP_CONFIG, "A group");
  const separator = settings.get("fs")?.bytes ?? null;
  if (branches.length > 1) {
    const node = { kind: "choice", branches: branches.map((branch) => ({ ...branch, separator })) } as const;
    return { node, label: "alternatives", quantifierUse: "none", quantifier: null };
  }
  const node = { kind: "group", members: first?.members ?? [], separator } as const;
  return { node, label: "a group", quantifierUse: "repetitions", quantifier: null };
}
