/** Input commands: LIST, PARSE, VALUES, DUAL. */

import type { Pattern } from "../../pattern/tree.ts";
import type { DataType, SimpleTypeKind } from "../../types.ts";
import type { ArgumentSyntax, CommandSyntax } from "../syntax/tree.ts";
import type { Column, ListingField, Relation, SystemField } from "../tree.ts";
import {
  constantCount,
  constantTexts,
  expressionOf,
  namedArguments,
  reportArguments,
  streamOf,
} from "./arguments.ts";
import { patternOf } from "./check-parse.ts";
import {
  columnsOf,
  constantContextOf,
  openState,
  type StreamContext,
  type StreamState,
  startOf,
} from "./stream-state.ts";
import { simple } from "./type-rules.ts";

const LISTING_FIELDS: Readonly<Record<ListingField, SimpleTypeKind>> = {
  uri: "string",
  file_name: "string",
  length: "long",
  last_modified: "timestamp",
  path_time: "timestamp",
};

const SYSTEM_FIELDS: Readonly<Record<SystemField, SimpleTypeKind>> = {
  _uri: "string",
  _file_name: "string",
  _last_modified: "timestamp",
  path_time: "timestamp",
  _raw_offset: "long",
  _raw_text: "string",
  _raw_bytes: "bytes",
  _unmatched: "string",
};

/** `LIST('uri')`, `LIST([u1, u2])`, `LIST(src:…, tz:'GMT')` */
export function checkList(command: CommandSyntax, context: StreamContext): StreamState {
  const { session } = context;
  const { named, others } = namedArguments(session, command, ["src", "tz"]);
  const sources = [...others, ...(named.has("src") ? [named.get("src")] : [])].filter(
    (each) => each !== undefined,
  );
  if (sources.length === 0) {
    reportArguments(session, command.span, "LIST needs an address.", "Write LIST('logs/*.log').");
    return openState(command.span);
  }
  const uris = sources.map((argument) => constantTexts(context, argument, "An address"));
  const zone = named.get("tz");
  const zones = zone === undefined ? null : constantTexts(context, zone, "A time zone");
  if (uris.some((each) => each === null)) return openState(command.span);
  return startOf(
    listingOf(
      uris.flatMap((each) => each ?? []),
      zones?.[0] ?? null,
      command,
      context,
    ),
  );
}

/** A listing of addresses. */
export function listingOf(
  uris: readonly string[],
  timeZone: string | null,
  { span }: CommandSyntax,
  { session }: StreamContext,
): Relation {
  const fields = entriesOf(LISTING_FIELDS).map(([field, kind]) => ({
    field,
    kind,
    column: session.newColumn(),
  }));
  const columns = fields.map(
    ({ field, kind, column }): Column => ({ id: column, name: field, type: simple(kind), isHidden: false }),
  );
  return {
    kind: "listing",
    uris,
    timeZone,
    fields: fields.map(({ field, column }) => ({ field, column })),
    columns,
    span,
  };
}

function entriesOf<K extends string, V>(record: Readonly<Record<K, V>>): readonly (readonly [K, V])[] {
  const keys: K[] = [];
  for (const key in record) keys.push(key);
  return keys.map((key) => [key, record[key]] as const);
}

/** `PARSE(pattern:$p, src:…)` at the start, or `parse($p)` behind a listing. */
export function checkParse(
  command: CommandSyntax,
  before: StreamState | null,
  context: StreamContext,
): StreamState {
  const { session } = context;
  const { named, others } = namedArguments(session, command, [
    "pattern",
    "src",
    "archive_src",
    "cache",
    "tz",
  ]);
  const archive = named.get("archive_src");
  const chosen = archive === undefined ? [null] : constantTexts(context, archive, "A pattern of members");
  if (chosen !== null && chosen.length > 1)
    reportArguments(
      session,
      archive?.span ?? command.span,
      "archive_src is one pattern.",
      "Write archive_src:'*.log'.",
    );
  const members = chosen?.[0] ?? null;
  const listed = before ?? checkSource(command, named, context);
  const given = named.get("pattern") ?? others[0];
  const choice =
    given === undefined ? findFormat(command, { listed, members }, context) : givenPattern(given, context);
  if (listed.isOpen || choice === null) return openState(command.span);
  if (!isListing(listed.relation)) {
    session.report({
      code: "pattern-input",
      span: command.name.span,
      message: "A pattern reads files, but this stream is no list of files.",
      help: "Put it right behind LIST(…), or behind filters on the list.",
    });
    return openState(command.span);
  }
  return startOf(parsedBy(command, listed.relation, { ...choice, members }, context));
}

function isListing(relation: Relation): boolean {
  let inner = relation;
  while (inner.kind === "filter") inner = inner.input;
  return inner.kind === "listing";
}

function checkSource(
  command: CommandSyntax,
  named: ReadonlyMap<string, ArgumentSyntax>,
  context: StreamContext,
): StreamState {
  const { session } = context;
  const source = named.get("src");
  if (source === undefined) {
    reportArguments(
      session,
      command.name.span,
      "PARSE needs a source.",
      "Write PARSE(src:'access.log'), or LIST(…) | parse(…).",
    );
    return openState(command.span);
  }
  const stream = streamOf(source);
  if (stream !== null) return context.checkStream(stream, context);
  const uris = constantTexts(context, source, "An address");
  const zone = named.get("tz");
  const zones = zone === undefined ? null : constantTexts(context, zone, "A time zone");
  if (uris === null) return openState(command.span);
  return startOf(listingOf(uris, zones?.[0] ?? null, { ...command, span: source.span }, context));
}

interface PatternChoice {
  readonly pattern: Pattern;
  readonly formatName: string | null;
}

/** What is read of files, and how. */
interface ParseChoice extends PatternChoice {
  /** Which members of archives; see `ParseRelation`. */
  readonly members: string | null;
}

function givenPattern(argument: ArgumentSyntax, context: StreamContext): PatternChoice | null {
  const { session } = context;
  const syntax = expressionOf(session, argument, "parse");
  if (syntax === null) return null;
  const checked = context.checkExpression(syntax, constantContextOf(context));
  const pattern = patternOf(checked, session);
  return pattern === null ? null : { pattern, formatName: null };
}

/** Without a pattern the data is looked at. */
function findFormat(
  command: CommandSyntax,
  { listed, members }: { readonly listed: StreamState; readonly members: string | null },
  context: StreamContext,
): PatternChoice | null {
  const { session } = context;
  let inner = listed.relation;
  while (inner.kind === "filter") inner = inner.input;
  if (listed.isOpen || inner.kind !== "listing") return null;
  const wanted = { kind: "format", uris: inner.uris, members } as const;
  const answer = session.ask(wanted);
  if (answer?.kind === "format") return { pattern: answer.pattern, formatName: answer.formatName };
  if (answer === null && session.awaits(wanted)) return null;
  const reason = answer?.kind === "missing" ? ` ${answer.message}` : "";
  session.report({
    code: "pattern-missing",
    severity: session.environment.isOffline ? "warning" : "error",
    span: command.name.span,
    message: `The format of ${inner.uris.map((uri) => `"${uri}"`).join(", ")} is not known.${reason}`,
    help: "Give a pattern: PARSE(pattern:$p, src:…).",
  });
  return null;
}

/** The records of listed files, by a pattern. */
export function parsedBy(
  command: CommandSyntax,
  input: Relation,
  { pattern, formatName, members }: ParseChoice,
  { session }: StreamContext,
): Relation {
  const fields = pattern.fields.map(({ name, type }) => ({ name, type, column: session.newColumn() }));
  const system = entriesOf(SYSTEM_FIELDS).map(([field, kind]) => ({
    field,
    kind,
    column: session.newColumn(),
  }));
  const visible = fields.map(
    ({ name, type, column }): Column => ({ id: column, name, type, isHidden: false }),
  );
  const hidden = system.map(
    ({ field, kind, column }): Column => ({ id: column, name: field, type: simple(kind), isHidden: true }),
  );
  return {
    kind: "parse",
    listing: input,
    members,
    pattern,
    formatName,
    fields: fields.map(({ name, column }) => ({ name, column })),
    systemFields: system.map(({ field, column }) => ({ field, column })),
    columns: columnsOf(visible, [...hidden, ...input.columns]),
    span: command.span,
  };
}

/** `DUAL(n)` */
export function checkDual(command: CommandSyntax, context: StreamContext): StreamState {
  const [argument] = command.arguments;
  const rowCount = argument === undefined ? 1 : (constantCount(context, argument, "DUAL") ?? 1);
  const types: readonly (readonly [string, DataType])[] = [
    ["i", simple("long")],
    ["t", simple("timestamp")],
    ["s", simple("string")],
    ["ip", simple("ip")],
  ];
  const columns = types.map(
    ([name, type]): Column => ({ id: context.session.newColumn(), name, type, isHidden: false }),
  );
  return startOf({ kind: "dual", rowCount, columns, span: command.span });
}
