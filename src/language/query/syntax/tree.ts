/** The syntax tree of a script: what stands there, names unresolved. Private to the query front end. Plain data. */
import type { TextSpan } from "#text";
import type { SimpleTypeKind, Value } from "../../types.ts";

interface Spanned {
  readonly span: TextSpan;
}

/** A name and where it stands. */
export interface NameSyntax extends Spanned {
  readonly text: string;
}

/** A script: its statements in order. */
export interface ScriptSyntax {
  readonly statements: readonly StatementSyntax[];
}

export type StatementSyntax =
  | ValueStatement
  | FunctionStatement
  | StreamStatement
  | StepStatement
  | ArgumentsStatement
  | IncludeStatement
  | ExecutionStatement;

/** `$n = expression;` */
export interface ValueStatement extends Spanned {
  readonly kind: "value";
  readonly name: NameSyntax;
  readonly value: ExpressionSyntax;
}

/** `$f(a, b) = expression;` and `$f(a) { $x = …; return …; };` */
export interface FunctionStatement extends Spanned {
  readonly kind: "function";
  readonly name: NameSyntax;
  readonly parameters: readonly NameSyntax[];
  readonly locals: readonly { readonly name: NameSyntax; readonly value: ExpressionSyntax }[];
  readonly result: ExpressionSyntax;
}

/** `@s = stream;` */
export interface StreamStatement extends Spanned {
  readonly kind: "stream";
  readonly name: NameSyntax;
  readonly stream: StreamSyntax;
}

/** `@@step = command | command;` */
export interface StepStatement extends Spanned {
  readonly kind: "step";
  readonly name: NameSyntax;
  readonly steps: readonly StepSyntax[];
}

/** `INIT(name:default, name::TYPE);` */
export interface ArgumentsStatement extends Spanned {
  readonly kind: "arguments";
  readonly arguments: readonly ScriptArgumentSyntax[];
}
export interface ScriptArgumentSyntax extends Spanned {
  readonly name: NameSyntax;
  readonly typeName: NameSyntax | null;
  readonly defaultValue: ExpressionSyntax | null;
}

/** `INCLUDE 'path';` */
export interface IncludeStatement extends Spanned {
  readonly kind: "include";
  readonly path: string;
}

/** A stream on its own: what the script gives. */
export interface ExecutionStatement extends Spanned {
  readonly kind: "execution";
  readonly stream: StreamSyntax;
}

/** A source of rows and the steps behind it. */
export interface StreamSyntax extends Spanned {
  readonly source: StreamSourceSyntax;
  readonly steps: readonly StepSyntax[];
}

export type StreamSourceSyntax =
  | { readonly kind: "named"; readonly name: NameSyntax; readonly span: TextSpan }
  | {
      readonly kind: "view";
      readonly path: string;
      readonly arguments: readonly ArgumentSyntax[];
      readonly span: TextSpan;
    }
  | { readonly kind: "command"; readonly command: CommandSyntax; readonly span: TextSpan }
  | { readonly kind: "nested"; readonly stream: StreamSyntax; readonly span: TextSpan }
  | { readonly kind: "error"; readonly span: TextSpan };

export type StepSyntax =
  | { readonly kind: "command"; readonly command: CommandSyntax; readonly span: TextSpan }
  | { readonly kind: "step"; readonly name: NameSyntax; readonly span: TextSpan };

/** A command with its arguments, source or step. */
export interface CommandSyntax extends Spanned {
  readonly name: NameSyntax;
  readonly arguments: readonly ArgumentSyntax[];
  /** The condition or the names behind `ON`. */
  readonly on: readonly ExpressionSyntax[] | null;
}

/** An argument of a command: `value`, `name:value`, `value AS name`, `value DESC`. */
export interface ArgumentSyntax extends Spanned {
  readonly name: NameSyntax | null;
  readonly value: ArgumentValue;
  readonly direction: "ascending" | "descending" | null;
}
export type ArgumentValue =
  | { readonly kind: "expression"; readonly expression: ExpressionSyntax }
  | { readonly kind: "stream"; readonly stream: StreamSyntax }
  | { readonly kind: "star"; readonly span: TextSpan };

export type ExpressionSyntax =
  | LiteralSyntax
  | FieldSyntax
  | PositionSyntax
  | ValueReferenceSyntax
  | TextFileSyntax
  | CallSyntax
  | UserCallSyntax
  | OperatorSyntax
  | InStreamSyntax
  | WithinSyntax
  | CaseSyntax
  | MemberSyntax
  | IndexSyntax
  | TimeOffsetSyntax
  | TupleSyntax
  | ArraySyntax
  | ErrorSyntax;

/** A constant; `content` is where a here-document's text stands. */
export interface LiteralSyntax extends Spanned {
  readonly kind: "literal";
  readonly type: SimpleTypeKind;
  readonly value: Value;
  readonly content: TextSpan | null;
}

/** `name` or `qualifier.name`. */
export interface FieldSyntax extends Spanned {
  readonly kind: "field";
  readonly qualifier: NameSyntax | null;
  readonly name: NameSyntax;
}

/** `@1` */
export interface PositionSyntax extends Spanned {
  readonly kind: "position";
  readonly position: number;
}

/** `$n` */
export interface ValueReferenceSyntax extends Spanned {
  readonly kind: "value";
  readonly name: NameSyntax;
}

/** `$[path]` */
export interface TextFileSyntax extends Spanned {
  readonly kind: "text-file";
  readonly path: string;
}

/** `OVER(PARTITION BY a ORDER BY t DESC)` */
export interface WindowSyntax extends Spanned {
  readonly partition: readonly ExpressionSyntax[];
  readonly order: readonly { readonly expression: ExpressionSyntax; readonly isDescending: boolean }[];
}

/** `f(a, b)`; `isStar` for `count(*)`. */
export interface CallSyntax extends Spanned {
  readonly kind: "call";
  readonly name: NameSyntax;
  readonly arguments: readonly ExpressionSyntax[];
  readonly isStar: boolean;
  readonly isDistinct: boolean;
  readonly window: WindowSyntax | null;
}

/** `$f(a, b)` */
export interface UserCallSyntax extends Spanned {
  readonly kind: "user-call";
  readonly name: NameSyntax;
  readonly arguments: readonly ExpressionSyntax[];
}

/** An operator of the list by its name, with its operands. `at` is the operator itself. */
export interface OperatorSyntax extends Spanned {
  readonly kind: "operator";
  readonly operator: string;
  readonly operands: readonly ExpressionSyntax[];
  readonly isNegated: boolean;
  readonly at: TextSpan;
}

/** `x IN (@stream)` */
export interface InStreamSyntax extends Spanned {
  readonly kind: "in-stream";
  readonly operand: ExpressionSyntax;
  readonly stream: StreamSyntax;
  readonly isNegated: boolean;
}

/** `left.t WITHIN 2 sec OF right.t` */
export interface WithinSyntax extends Spanned {
  readonly kind: "within";
  readonly left: ExpressionSyntax;
  readonly amount: ExpressionSyntax;
  readonly unit: NameSyntax;
  readonly right: ExpressionSyntax;
}

export interface CaseSyntax extends Spanned {
  readonly kind: "case";
  readonly subject: ExpressionSyntax | null;
  readonly branches: readonly { readonly when: ExpressionSyntax; readonly result: ExpressionSyntax }[];
  readonly otherwise: ExpressionSyntax | null;
}

/** `x[name]`, `x['odd name']` */
export interface MemberSyntax extends Spanned {
  readonly kind: "member";
  readonly object: ExpressionSyntax;
  readonly name: NameSyntax;
}

/** `x[expression]` */
export interface IndexSyntax extends Spanned {
  readonly kind: "index";
  readonly object: ExpressionSyntax;
  readonly index: ExpressionSyntax;
}

/** `x[-5 min]` (signed: shifts) and `x[1 hour]` (truncates). */
export interface TimeOffsetSyntax extends Spanned {
  readonly kind: "time-offset";
  readonly object: ExpressionSyntax;
  readonly sign: "+" | "-" | null;
  readonly amount: ExpressionSyntax;
  readonly unit: NameSyntax;
}

/** `{a:1, b, *}`; a member without a name is named like a column; `value` null is the star. */
export interface TupleSyntax extends Spanned {
  readonly kind: "tuple";
  readonly members: readonly {
    readonly name: NameSyntax | null;
    readonly value: ExpressionSyntax | null;
    readonly span: TextSpan;
  }[];
}

export interface ArraySyntax extends Spanned {
  readonly kind: "array";
  readonly elements: readonly ExpressionSyntax[];
}

/** What could not be read; already reported. */
export interface ErrorSyntax extends Spanned {
  readonly kind: "error";
}
