/** What a check can tell while it works: for editors, who want to know what each place of a script means. */
import type { TextSource } from "#text";
import type { CommandSyntax, ExpressionSyntax, ScriptSyntax, StreamSyntax } from "../syntax/tree.ts";
import type { Column, Expression, Relation } from "../tree.ts";

/** The columns that can be named at a place; see `RowNames`. */
export interface ObservedRows {
  readonly parts: readonly { readonly qualifiers: readonly string[]; readonly columns: readonly Column[] }[];
  readonly isOpen: boolean;
}

/** What can be named where an expression stands; see `ExpressionContext`. */
export interface ObservedPlace {
  readonly rows: ObservedRows | null;
  readonly aliases: ReadonlyMap<string, Expression>;
  readonly parameters: ReadonlyMap<string, Expression>;
  readonly aggregates: "allowed" | "inside" | "refused";
}

/** A stream at a command; see `StreamState`. */
export interface ObservedStream {
  readonly relation: Relation;
  readonly isOpen: boolean;
}

/**
 * Hears what a check finds out. Called by the checker, synchronously, for included and other scripts too; for the same syntax as
 * often as it is checked: a declared stream once per use.
 */
export interface CheckObserver {
  /** A script was parsed; what is told later points into it. */
  readonly onScript: (source: TextSource, script: ScriptSyntax) => void;
  /** An expression was typed. */
  readonly onExpression: (syntax: ExpressionSyntax, place: ObservedPlace, typed: Expression) => void;
  /** A command is about to be checked; `before` is null when it starts a stream. */
  readonly onCommand: (command: CommandSyntax, before: ObservedStream | null) => void;
  /** A command, or all of a stream, was checked. */
  readonly onRows: (syntax: CommandSyntax | StreamSyntax, after: ObservedStream) => void;
  /** A command takes arguments of these names. */
  readonly onArgumentNames: (command: CommandSyntax, names: readonly string[]) => void;
}
