/** `save` and `render`: what becomes of a stream beside its rows. */
import { nearestName } from "#text";
import type { ArgumentSyntax, CommandSyntax } from "../syntax/tree.ts";
import type { ResultRendering, SaveFormat } from "../tree.ts";
import { constantTexts, expressionOf, reportArguments } from "./arguments.ts";
import { constantFlag } from "./constant-flag.ts";
import { isConstant } from "./context.ts";
import { findColumn } from "./row-names.ts";
import { constantContextOf, namesIn, type StreamContext, type StreamState, stateOf } from "./stream-state.ts";
import { isUnknown } from "./type-rules.ts";

const SAVE_FORMATS: Readonly<Record<string, SaveFormat>> = {
  sxt: "parquet",
  parquet: "parquet",
  csv: "csv",
  ndjson: "ndjson",
  jsonl: "ndjson",
};

/** `save('/user/x.sxt' [, true])`, `save('out.parquet')` */
export function checkSave(command: CommandSyntax, state: StreamState, context: StreamContext): StreamState {
  const { session } = context;
  const [place, replace, ...more] = command.arguments;
  if (place === undefined || more.length > 0) {
    const help = "Write save('/user/name.sxt'), or save('out.parquet', true) to replace what is there.";
    reportArguments(session, command.span, '"save" takes a path, and whether it may be replaced.', help);
    return state;
  }
  const [path] = constantTexts(context, place, "The path of what is saved") ?? [];
  if (path === undefined) return state;
  const replaces = replace === undefined ? false : (constantFlag(replace, context) ?? false);
  const format = SAVE_FORMATS[/\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase() ?? ""];
  const problem = format === undefined ? "Its ending says no format." : problemOfPath(path);
  if (format === undefined || problem !== null) {
    session.report({
      code: "save-path",
      span: place.span,
      message: `Nothing can be saved as "${path}". ${problem}`,
      help: "Save as /user/name.sxt, or as a relative path that ends with .parquet, .csv or .ndjson.",
    });
    return state;
  }
  const input = state.relation;
  return stateOf(
    { kind: "save", input, path, format, replaces, columns: input.columns, span: command.span },
    state,
  );
}

/** Scripts are untrusted: they name a table of a store, or a file below a folder that whoever runs them has opened. */
function problemOfPath(path: string): string | null {
  if (path.includes("\0") || path.includes("\\")) return "The path has characters that a path cannot have.";
  if (/^[a-z][a-z0-9+.-]*:/i.test(path)) return "Only files and stored tables are written.";
  if (path.split("/").includes("..")) return 'A path that is written to has no "..".';
  if (!path.startsWith("/")) return null;
  return /^\/(user|shared)\//.test(path) ? null : "An absolute path would be anywhere on the machine.";
}

const RENDERINGS: readonly ResultRendering["kind"][] = ["line", "bar", "map", "table"];

/** `render(line, x:time, y:hits, title:'…')` */
export function checkRender(command: CommandSyntax, state: StreamState, context: StreamContext): StreamState {
  const { session } = context;
  const [first, ...others] = command.arguments;
  const word = first === undefined || first.name !== null ? null : wordOf(first);
  const kind = RENDERINGS.find((each) => each === word?.toLowerCase());
  if (first === undefined || kind === undefined) {
    const near = word === null ? null : nearestName(word, RENDERINGS);
    const help = near === null ? `Write one of ${RENDERINGS.join(", ")} first.` : `Did you mean "${near}"?`;
    reportArguments(session, first?.span ?? command.span, '"render" starts with a way to draw.', help);
    return state;
  }
  const options: Record<string, string | number | boolean> = {};
  for (const option of others) {
    const value = optionOf(option, state, context);
    if (option.name !== null && value !== null) options[option.name.text] = value;
  }
  const input = state.relation;
  const rendering: ResultRendering = { kind, options };
  return stateOf({ kind: "render", input, rendering, columns: input.columns, span: command.span }, state);
}

function wordOf({ value }: ArgumentSyntax): string | null {
  if (value.kind !== "expression") return null;
  const { expression } = value;
  if (expression.kind === "field") return expression.name.text;
  return expression.kind === "literal" && typeof expression.value === "string" ? expression.value : null;
}

/** A column by its name, or a constant. */
function optionOf(
  option: ArgumentSyntax,
  state: StreamState,
  context: StreamContext,
): string | number | boolean | null {
  const { session } = context;
  if (option.name === null) {
    reportArguments(session, option.span, "What is drawn has a name.", "Write x:column, y:column.");
    return null;
  }
  const syntax = expressionOf(session, option, "render");
  if (syntax === null) return null;
  if (syntax.kind === "field" && syntax.qualifier === null) {
    const column = findColumn(session, namesIn(state), null, syntax.name);
    return column === null ? null : syntax.name.text;
  }
  const checked = context.checkExpression(syntax, constantContextOf(context));
  const value = isConstant(checked) ? checked.value : null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (!isUnknown(checked.type))
    reportArguments(session, option.span, "An option is a column or a constant.", "Write x:column.");
  return null;
}
