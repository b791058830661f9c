/** ES: the documents of an index as rows, with the fields that its mapping names. */
import type { TextSpan } from "#text";
import { parsePattern } from "../../pattern/parse.ts";
import { typeName } from "../../types.ts";
import type { MappedDocumentField, WantedAnswer } from "../environment.ts";
import type { ArgumentSyntax, CommandSyntax } from "../syntax/tree.ts";
import type {
  Column,
  ComputedColumn,
  Expression,
  ListingRelation,
  Relation,
  SearchableField,
} from "../tree.ts";
import { constantTexts, expressionOf, namedArguments, reportArguments } from "./arguments.ts";
import { printTime } from "./constants.ts";
import { isConstant } from "./context.ts";
import { documentTypeOf } from "./document-types.ts";
import { listingOf, parsedBy } from "./input.ts";
import type { Session } from "./session.ts";
import {
  columnsOf,
  constantContextOf,
  openState,
  type StreamContext,
  type StreamState,
  startOf,
} from "./stream-state.ts";
import { isUnknown, simple } from "./type-rules.ts";

const ARGUMENTS = ["uri", "index", "credentials", "query"] as const;
const EXAMPLE = "Write ES(uri:'es://es1.example.com:9200', index:'logs-*').";
const TIME = "@timestamp";
/** What a document is called, and where it is. */
const IDENTITY = ["_id", "_index"] as const;

/** `ES(uri:'es://host:9200', index:'logs-*', query:'status:404')` */
export function checkDocuments(command: CommandSyntax, context: StreamContext): StreamState {
  const { session } = context;
  const { named, others } = namedArguments(session, command, ARGUMENTS);
  const uris = addressesOf(command, named, others, context);
  if (uris === null) return openState(command.span);
  const wanted = { kind: "mapping", uris } as const;
  const answer = session.ask(wanted);
  if (answer?.kind === "mapping") return documentRows(command, uris, answer.fields, context);
  if (answer === null && session.awaits(wanted)) return openState(command.span);
  reportUnknown(answer, uris, command.span, session);
  return openState(command.span);
}

function reportUnknown(
  answer: WantedAnswer | null,
  uris: readonly string[],
  span: TextSpan,
  session: Session,
): void {
  const reason = answer?.kind === "missing" ? ` ${answer.message}` : "";
  session.report({
    code: "pattern-missing",
    severity: session.environment.isOffline ? "warning" : "error",
    span,
    message: `The fields of ${uris.map((uri) => `"${uri}"`).join(", ")} are not known.${reason}`,
    help: "The cluster is asked for them before the run.",
  });
}

/** The addresses of the indices, the query behind them; null once reported. */
function addressesOf(
  command: CommandSyntax,
  named: ReadonlyMap<string, ArgumentSyntax>,
  others: readonly ArgumentSyntax[],
  context: StreamContext,
): readonly string[] | null {
  const { session } = context;
  const place = named.get("uri") ?? others[0];
  if (place === undefined) {
    reportArguments(session, command.span, "ES needs an address.", EXAMPLE);
    return null;
  }
  const textsOf = (name: string, what: string) => {
    const argument = named.get(name);
    return argument === undefined ? [] : constantTexts(context, argument, what);
  };
  const [clusters, indices] = [constantTexts(context, place, "An address"), textsOf("index", "An index")];
  const [credentials, query] = [
    textsOf("credentials", "A datastore's name"),
    queryOf(named.get("query"), context),
  ];
  if (clusters === null || indices === null || credentials === null || query === null) return null;
  const [credential] = credentials;
  const addresses = clusters.flatMap((cluster) => {
    const entered =
      credential === undefined ? cluster : cluster.replace(/^(\w+:\/\/)([^/@]*@)?/, `$1${credential}@`);
    const base = entered.replace(/\/+$/, "");
    return (indices.length === 0 ? [base] : indices.map((index) => `${base}/${index}`)).map(
      (one) => one + query,
    );
  });
  const wrong = addresses.find((address) => !/^ess?:\/\/[^/]+\/[^?]/i.test(address));
  if (wrong === undefined) return addresses;
  reportArguments(session, place.span, `"${wrong}" names no index of a cluster.`, EXAMPLE);
  return null;
}

/** What stands behind the address; empty: no query. Null once reported. */
function queryOf(argument: ArgumentSyntax | undefined, context: StreamContext): string | null {
  if (argument === undefined) return "";
  const syntax = expressionOf(context.session, argument, "ES");
  if (syntax === null) return null;
  const checked = context.checkExpression(syntax, constantContextOf(context));
  if (isUnknown(checked.type)) return null;
  const isText = isConstant(checked) && typeof checked.value === "string" && checked.type.kind === "string";
  if (isText && !/^\s*\{/.test(String(checked.value)))
    return `?q=${encodeURIComponent(String(checked.value))}`;
  const json = isText ? String(checked.value) : jsonOf(checked);
  if (json !== null) return `?query=${encodeURIComponent(json)}`;
  context.session.report({
    code: "constant-needed",
    span: syntax.span,
    message: `The query must be known before the run, not ${typeName(checked.type)} that is computed.`,
    help: "Write query:'status:404' as in a search bar, or query:{term:{status:404}}.",
  });
  return null;
}

/** A constant as JSON; null: it is none, or JSON has nothing like it. */
function jsonOf(expression: Expression): string | null {
  const { type } = expression;
  if (expression.kind === "tuple" && type.kind === "tuple") {
    const members = expression.members.map(jsonOf);
    if (members.some((member) => member === null)) return null;
    return `{${type.fields.map(({ name }, index) => `${JSON.stringify(name)}:${members[index]}`).join(",")}}`;
  }
  if (expression.kind === "array") {
    const elements = expression.elements.map(jsonOf);
    return elements.some((element) => element === null) ? null : `[${elements.join(",")}]`;
  }
  if (!isConstant(expression)) return null;
  const { value } = expression;
  if (type.kind === "timestamp" && typeof value === "bigint") return JSON.stringify(printTime(value));
  if (type.kind === "array") {
    const isPlain =
      Array.isArray(value) && value.every((one) => typeof one === "string" || typeof one === "number");
    return isPlain ? JSON.stringify(value) : null;
  }
  if (typeof value === "bigint") return type.kind === "long" ? String(value) : null;
  const isPlain = value === null || ["string", "number", "boolean"].includes(typeof value);
  return isPlain ? JSON.stringify(value) : null;
}

/** The rows: what is mapped in its type, what is not in `_source`. */
function documentRows(
  command: CommandSyntax,
  uris: readonly string[],
  fields: readonly MappedDocumentField[],
  context: StreamContext,
): StreamState {
  const { session } = context;
  const { span } = command;
  const { pattern } = parsePattern({ name: "ES", text: "JSON:_source EOL" });
  const size = fields.reduce((sum, { path }) => sum + 2 * path.split(".").length + 4, 0);
  if (pattern === null || !session.spendExpressions(size, span)) return openState(span);
  const listing = listingOf(uris, null, command, context);
  const parsed = parsedBy(command, listing, { pattern, formatName: null, members: null }, context);
  const source = parsed.columns.find((column) => column.name === "_source");
  if (source === undefined || parsed.kind !== "parse" || listing.kind !== "listing") return openState(span);
  const inDocument = documentAt(source, span);
  const shown = fields
    .toSorted((a, b) => Number(b.path === TIME) - Number(a.path === TIME))
    .map((field) => ({ field, made: computed(field.path, memberAt(field, inDocument, span), session) }));
  const names = new Set(fields.map(({ path }) => path.split(".")[0] ?? path));
  const hidden = [
    ...IDENTITY.map((name) => computed(name, cast("string", inDocument([name]), span), session)),
    ...[...names].map((name) => computed(name, inDocument([name]), session)),
  ];
  const items = [...shown.map(({ made }) => made), ...hidden];
  const columns = columnsOf(
    shown.map(({ made }) => made.as),
    [...hidden.map(({ as }) => ({ ...as, isHidden: true })), ...parsed.columns],
  );
  const kept = new Set(columns.map((column) => column.id));
  const searchable = shown.flatMap(({ field, made }) => searchableAs(field, made.as));
  const input: Relation = { ...parsed, listing: { ...listing, searchable } satisfies ListingRelation };
  return startOf({
    kind: "project",
    input,
    items: items.flatMap(({ item }) => (kept.has(item.column) ? [item] : [])),
    columns,
    span,
  });
}

/** A column that is made, and how. */
interface MadeColumn {
  readonly as: Column;
  readonly item: ComputedColumn;
}

function computed(name: string, expression: Expression, session: Session): MadeColumn {
  const column = session.newColumn();
  return {
    as: { id: column, name, type: expression.type, isHidden: false },
    item: { column, expression },
  };
}

/** Members of a document, by the names on the way. */
type DocumentMember = (names: readonly string[]) => Expression;

function documentAt({ id, type }: Column, span: TextSpan): DocumentMember {
  const whole: Expression = { kind: "column", column: id, type, span };
  return (names) =>
    names.reduce<Expression>(
      (object, name) => ({ kind: "member", object, name, type: simple("variant"), span }),
      whole,
    );
}

/** Members of objects may stand in them, or in the document under a name with dots. */
function memberAt(field: MappedDocumentField, inDocument: DocumentMember, span: TextSpan): Expression {
  const { kind } = documentTypeOf(field);
  const names = field.path.split(".");
  const inside = cast(kind, inDocument(names), span);
  if (names.length === 1) return inside;
  const dotted = cast(kind, inDocument([field.path]), span);
  return { kind: "call", function: "coalesce", arguments: [inside, dotted], type: simple(kind), span };
}

function cast(kind: Parameters<typeof simple>[0], value: Expression, span: TextSpan): Expression {
  if (kind === "variant") return value;
  return { kind: "call", function: kind, arguments: [value], type: simple(kind), span };
}

/** Only members of the document itself: there is one way to write these. */
function searchableAs(field: MappedDocumentField, { id }: Column): readonly SearchableField[] {
  const { search } = documentTypeOf(field);
  if (search === null || !field.isSearchable || field.path.includes(".")) return [];
  return [{ column: id, path: field.path, search, mostCharacters: field.mostCharacters }];
}
