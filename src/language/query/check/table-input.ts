/** Input commands whose files say themselves which columns they have: CSV, JSON, PARQUET, LINES, and stored tables. */
import type { TextSpan } from "#text";
import { parsePattern } from "../../pattern/parse.ts";
import type { ArgumentSyntax, CommandSyntax } from "../syntax/tree.ts";
import type { Column, TableFormat, TableOptions } from "../tree.ts";
import { constantTexts, namedArguments, reportArguments } from "./arguments.ts";
import { constantFlag } from "./constant-flag.ts";
import { listingOf, parsedBy } from "./input.ts";
import { openState, type StreamContext, type StreamState, startOf } from "./stream-state.ts";

const NO_OPTIONS: TableOptions = { separator: null, hasHeader: null };

/** `CSV('x.csv', separator:';', header:true)`, `JSON('x.ndjson')`, `PARQUET('x.parquet')` */
export function checkTable(command: CommandSyntax, format: TableFormat, context: StreamContext): StreamState {
  const { session } = context;
  const known = format === "csv" ? ["src", "separator", "header"] : ["src"];
  const { named, others } = namedArguments(session, command, known);
  const uris = addressesOf(
    command,
    [...others, ...[named.get("src")].filter((each) => each !== undefined)],
    context,
  );
  if (uris === null) return openState(command.span);
  const separator = named.get("separator");
  const header = named.get("header");
  const options: TableOptions = {
    separator:
      separator === undefined ? null : (constantTexts(context, separator, "A separator")?.[0] ?? null),
    hasHeader: header === undefined ? null : constantFlag(header, context),
  };
  return tableAt({ format, uris, options, span: command.span }, context);
}

function addressesOf(
  command: CommandSyntax,
  places: readonly ArgumentSyntax[],
  context: StreamContext,
): readonly string[] | null {
  const word = command.name.text.toUpperCase();
  if (places.length === 0) {
    reportArguments(context.session, command.span, `${word} needs an address.`, `Write ${word}('name').`);
    return null;
  }
  const texts = places.map((place) => constantTexts(context, place, "An address"));
  return texts.some((each) => each === null) ? null : texts.flatMap((each) => each ?? []);
}

/** `@[/user/x.sxt]` */
export function checkStoredTable(path: string, span: TextSpan, context: StreamContext): StreamState {
  return tableAt({ format: "parquet", uris: [path], options: NO_OPTIONS, span }, context);
}

interface TablePlace {
  readonly format: TableFormat;
  readonly uris: readonly string[];
  readonly options: TableOptions;
  readonly span: TextSpan;
}

/** The table as whoever looked at it says it is. */
function tableAt(place: TablePlace, { session, scope }: StreamContext): StreamState {
  const { format, uris, options, span } = place;
  const wanted = { kind: "table", format, uris, options, from: scope.source.name } as const;
  const answer = session.ask(wanted);
  if (answer?.kind === "table") {
    const fields = answer.columns.map(({ name, type }) => ({ name, type, column: session.newColumn() }));
    const columns = fields.map(
      ({ name, type, column }): Column => ({ id: column, name, type, isHidden: false }),
    );
    return startOf({
      kind: "table",
      format,
      uris: answer.paths,
      options,
      fields: fields.map(({ name, column }) => ({ name, column })),
      columns,
      span,
    });
  }
  if (answer === null && session.awaits(wanted)) return openState(span);
  const reason = answer?.kind === "missing" ? ` ${answer.message}` : "";
  session.report({
    code: "pattern-missing",
    severity: session.environment.isOffline ? "warning" : "error",
    span,
    message: `The columns of ${uris.map((uri) => `"${uri}"`).join(", ")} are not known.${reason}`,
    help: "Tables are looked at before the run.",
  });
  return openState(span);
}

/** `LINES('x.log')`: a row per line. */
export function checkLines(command: CommandSyntax, context: StreamContext): StreamState {
  const { named, others } = namedArguments(context.session, command, ["src"]);
  const uris = addressesOf(
    command,
    [...others, ...[named.get("src")].filter((each) => each !== undefined)],
    context,
  );
  if (uris === null) return openState(command.span);
  const { pattern } = parsePattern({ name: "LINES", text: "LD*:line EOL" });
  if (pattern === null) return openState(command.span);
  return startOf(
    parsedBy(
      command,
      listingOf(uris, null, command, context),
      { pattern, formatName: null, members: null },
      context,
    ),
  );
}
