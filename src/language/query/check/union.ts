/** `union`: the rows of several streams, columns put together by name. */
import { type DataType, typeName } from "../../types.ts";
import type { CommandSyntax } from "../syntax/tree.ts";
import type { Column, Relation } from "../tree.ts";
import { reportArguments, streamOf } from "./arguments.ts";
import { lookUp } from "./row-names.ts";
import type { StreamContext, StreamState } from "./stream-state.ts";
import { simple, widest } from "./type-rules.ts";

/** `union(@a, @b)` behind a stream. */
export function checkUnion(command: CommandSyntax, state: StreamState, context: StreamContext): StreamState {
  const { session } = context;
  const others = command.arguments.flatMap((argument) => {
    const stream = streamOf(argument);
    if (stream !== null) return [context.checkStream(stream, context)];
    reportArguments(session, argument.span, '"union" takes streams.', "Write union(@other).");
    return [];
  });
  if (command.arguments.length === 0) {
    reportArguments(session, command.span, '"union" needs a stream.', "Write union(@other).");
  }
  if (others.length === 0) return state;
  const states = [state, ...others];
  const inputs = states.map((each) => each.relation);
  const merged = mergedColumns(command, inputs, context);
  return {
    relation: {
      kind: "union",
      inputs,
      columns: merged,
      columnsOf: inputs.map((input) =>
        merged.map((column) => lookUp(input.columns, column.name)?.id ?? null),
      ),
      span: command.span,
    },
    lost: null,
    joined: [],
    isOpen: states.some((each) => each.isOpen),
  };
}

/** Visible columns of any input are visible; what all of them have at least hidden stays hidden. */
function mergedColumns(
  command: CommandSyntax,
  inputs: readonly Relation[],
  context: StreamContext,
): readonly Column[] {
  const merged = new Map<string, Column>();
  for (const column of inputs.flatMap((input) => input.columns.filter((each) => !each.isHidden))) {
    if (!merged.has(column.name))
      merged.set(column.name, merge(command, column.name, false, inputs, context));
  }
  const [first, ...rest] = inputs;
  for (const { name } of first?.columns ?? []) {
    const isEverywhere = rest.every((input) => lookUp(input.columns, name) !== null);
    if (!merged.has(name) && isEverywhere) merged.set(name, merge(command, name, true, inputs, context));
  }
  return [...merged.values()];
}

function merge(
  command: CommandSyntax,
  name: string,
  isHidden: boolean,
  inputs: readonly Relation[],
  { session }: StreamContext,
): Column {
  let type: DataType = simple("null");
  for (const input of inputs) {
    const own = lookUp(input.columns, name)?.type ?? simple("null");
    const both = widest(type, own);
    if (both === null) {
      session.report({
        code: "type-mismatch",
        span: command.name.span,
        message: `The column "${name}" is of type ${typeName(type)} in one stream, but ${typeName(own)} in another.`,
        help: `Convert one of them first: select(*, ${name}:STRING(${name})).`,
      });
    }
    type = both ?? type;
  }
  return { id: session.newColumn(), name, type, isHidden };
}
