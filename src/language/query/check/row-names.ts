/** Which columns can be named at a place of a pipeline. */
import { nearestName, type TextSpan } from "#text";
import type { NameSyntax } from "../syntax/tree.ts";
import type { Column } from "../tree.ts";
import type { Session } from "./session.ts";

/** Names of the columns of one stream, or of two that are joined. */
export interface RowNames {
  /** The streams, with the words that qualify their columns (`left`, `right`, an alias). */
  readonly parts: readonly { readonly qualifiers: readonly string[]; readonly columns: readonly Column[] }[];
  /** Streams of an earlier join: only qualified names look into them. */
  readonly joined: RowNames["parts"];
  /** Names that a group or distinct left behind, and where it stands. */
  readonly lost: LostNames | null;
  /** Whether nothing is known about the stream: every name is accepted. */
  readonly isOpen: boolean;
}

/** Names that end at a command. */
export interface LostNames {
  readonly names: ReadonlySet<string>;
  readonly command: "group" | "distinct";
  readonly span: TextSpan;
  /** Behind a group: takes the value of the group's first row along, for a name of `names`; null when there is none. */
  readonly take: ((name: string) => Column | null) | null;
}

/** The column a name means; reports and gives null when there is none. Visible columns win over hidden ones. */
export function findColumn(
  session: Session,
  rows: RowNames,
  qualifier: NameSyntax | null,
  name: NameSyntax,
): Column | null {
  const parts = qualifier === null ? rows.parts : partsOf(rows, qualifier.text);
  if (qualifier !== null && parts.length === 0) {
    reportQualifier(session, rows, qualifier);
    return null;
  }
  const found = parts.flatMap((part) => lookUp(part.columns, name.text) ?? []);
  const [first, second] = found;
  if (first !== undefined && second !== undefined && !(first.isHidden !== second.isHidden)) {
    reportAmbiguous(session, name);
    return first;
  }
  if (first !== undefined) return second !== undefined && first.isHidden ? second : first;
  const taken = qualifier === null ? (rows.lost?.take?.(name.text) ?? null) : null;
  if (taken !== null) return taken;
  if (!rows.isOpen) reportUnknownField(session, rows, parts, name);
  return null;
}

/** The column of a name, or null; nothing is reported. */
export function lookUp(columns: readonly Column[], name: string): Column | null {
  const visible = columns.find((column) => column.name === name && !column.isHidden);
  return visible ?? columns.find((column) => column.name === name) ?? null;
}

/** The visible columns, in order. */
export function visibleColumns(columns: readonly Column[]): readonly Column[] {
  return columns.filter((column) => !column.isHidden);
}

function partsOf(rows: RowNames, qualifier: string): RowNames["parts"] {
  const word = qualifier.toLowerCase();
  return [...rows.parts, ...rows.joined].filter((part) =>
    part.qualifiers.some((own) => own === qualifier || ((own === "left" || own === "right") && own === word)),
  );
}

function reportQualifier(session: Session, rows: RowNames, qualifier: NameSyntax): void {
  const words = [...rows.parts, ...rows.joined].flatMap((part) => part.qualifiers);
  const near = nearestName(qualifier.text, words);
  const help =
    words.length === 0
      ? `Only a join gives names to qualify; a member of a value is written ${qualifier.text}[name].`
      : near === null
        ? `The streams are called ${words.map((word) => `"${word}"`).join(", ")}.`
        : `Did you mean "${near}"?`;
  session.report({
    code: "field-unknown",
    span: qualifier.span,
    message: `No stream is called "${qualifier.text}" here.`,
    help,
  });
}

function reportAmbiguous(session: Session, name: NameSyntax): void {
  session.report({
    code: "field-ambiguous",
    span: name.span,
    message: `Both streams have a field "${name.text}".`,
    help: `Write "left.${name.text}" or "right.${name.text}".`,
  });
}

function reportUnknownField(
  session: Session,
  rows: RowNames,
  parts: RowNames["parts"],
  name: NameSyntax,
): void {
  const { text, span } = name;
  const { lost } = rows;
  if (lost?.names.has(text)) {
    session.report({
      code: "field-unknown",
      span,
      message: `The field "${text}" ends at "${lost.command}".`,
      help: `Name it in distinct(…), or use it before.`,
      notes: [{ span: lost.span, message: "only the shown columns go on" }],
    });
    return;
  }
  const columns = parts.flatMap((part) => part.columns);
  const near = nearestName(
    text,
    columns.map((column) => column.name),
  );
  session.report({
    code: "field-unknown",
    span,
    message: `No field "${text}" here.`,
    help: near === null ? fieldList(columns) : `Did you mean "${near}"?`,
  });
}

const MOST_LISTED = 12;

function fieldList(columns: readonly Column[]): string {
  const names = visibleColumns(columns).map((column) => column.name);
  if (names.length === 0) return "There are no fields here.";
  const rest = names.length - MOST_LISTED;
  return `Fields: ${names.slice(0, MOST_LISTED).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}.`;
}
