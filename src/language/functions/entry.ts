/** What the list of functions says about each function. Plain data, with short ways to write it down. */
import type { DataType, SimpleTypeKind } from "../types.ts";

/** Where a function stands in completion and in the manual. */
export type FunctionCategory =
  | "cast"
  | "time"
  | "text"
  | "network"
  | "array"
  | "maths"
  | "condition"
  | "aggregate"
  | "row order"
  | "outside";

/** What an argument may be: a type, or one of a family. */
export type ArgumentKind =
  | SimpleTypeKind
  | "any"
  | "number" // INTEGER LONG FLOAT DOUBLE
  | "integral" // INTEGER LONG
  | "time" // TIMESTAMP TIMESTAMP_NANO
  | "address" // IPADDR, IPNET, IPSOCKET
  | "ordered" // whatever can be sorted
  | "array";

export interface FunctionParameter {
  readonly name: string;
  readonly kind: ArgumentKind;
  readonly presence: "required" | "optional" | "repeated";
}

/** How the type of the result follows from the arguments. */
export type ResultRule =
  | { readonly kind: "fixed"; readonly type: DataType }
  /** The type of argument `of`. */
  | { readonly kind: "same"; readonly of: number }
  /** The type that all arguments from the first on fit into. */
  | { readonly kind: "widest" }
  | { readonly kind: "element"; readonly of: number }
  | { readonly kind: "array-of"; readonly of: number }
  /** LONG for INTEGER and LONG, else DOUBLE. */
  | { readonly kind: "sum"; readonly of: number };

export interface FunctionSignature {
  readonly parameters: readonly FunctionParameter[];
  readonly result: ResultRule;
}

/** A function. `name` is what the typed tree calls it, `spellings` how users write it; the first is the usual way. */
export interface FunctionEntry {
  readonly name: string;
  readonly spellings: readonly string[];
  readonly category: FunctionCategory;
  readonly isAggregate: boolean;
  readonly signatures: readonly FunctionSignature[];
  readonly description: string;
  readonly example: string;
  /** Why this version does not run it; null: it does. */
  readonly unavailable: string | null;
}

/** The text of a signature, as messages show it: `SUBSTR(text STRING, from LONG [, length LONG])`. */
export function printSignature(spelling: string, signature: FunctionSignature): string {
  const parts = signature.parameters.map((parameter, index) => {
    const comma = index === 0 ? "" : ", ";
    const text = `${comma}${parameter.name} ${parameter.kind.toUpperCase().replace("-", "_")}`;
    if (parameter.presence === "required") return text;
    return parameter.presence === "optional" ? ` [${text}]` : `${text}, …`;
  });
  return `${spelling}(${parts.join("").replaceAll(" [, ", " [, ")})`;
}

/** A parameter that must be given. */
export function required(name: string, kind: ArgumentKind): FunctionParameter {
  return { name, kind, presence: "required" };
}

/** A parameter that may be left out. */
export function optional(name: string, kind: ArgumentKind): FunctionParameter {
  return { name, kind, presence: "optional" };
}

/** A last parameter that may be given again and again, at least once. */
export function repeated(name: string, kind: ArgumentKind): FunctionParameter {
  return { name, kind, presence: "repeated" };
}

/** A signature whose result has always the same type. */
export function gives(kind: SimpleTypeKind, ...parameters: readonly FunctionParameter[]): FunctionSignature {
  return { parameters, result: { kind: "fixed", type: { kind } } };
}

/** A signature whose result follows from the arguments. */
export function givesBy(result: ResultRule, ...parameters: readonly FunctionParameter[]): FunctionSignature {
  return { parameters, result };
}

/** Makes entries of one category; the canonical name is the first spelling in lower case unless `name` says otherwise. */
export function functionsOf(
  category: FunctionCategory,
  list: readonly FunctionText[],
): readonly FunctionEntry[] {
  return list.map((text) => {
    const spellings = text.spelling.split(" ");
    return {
      name: text.name ?? (spellings[0] ?? "").toLowerCase(),
      spellings,
      category,
      isAggregate: category === "aggregate",
      signatures: text.signatures,
      description: text.description,
      example: text.example,
      unavailable: null,
    };
  });
}

/** An entry as the category files write it; `spelling` holds all spellings, separated by blanks. */
export interface FunctionText {
  readonly spelling: string;
  readonly name?: string;
  readonly signatures: readonly FunctionSignature[];
  readonly description: string;
  readonly example: string;
}
