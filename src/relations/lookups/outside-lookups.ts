/** The contract of what answers questions to the outside, and answers for when nobody does. */
import type { Value } from "#language";
import { Failure } from "#text";

/** A question: an outside function of the language's list by its name, and its arguments, none of them NULL. */
export interface OutsideQuestion {
  readonly function: string;
  readonly arguments: readonly Value[];
}

/**
 * Answers questions to the outside. A query asks every question once, many of them at the same time, and bounds how many, how many
 * at once, and how long each may take: then `signal` is aborted.
 */
export interface OutsideLookups {
  /**
   * The answer as `Value` describes it for the function's type; null: the world says there is none.
   *
   * @throws Failure `lookup-unavailable` when nobody can answer such questions here: the query fails. Anything else that is thrown
   *   means that this answer did not come: it is NULL, and the query says how often that happened.
   */
  answer(question: OutsideQuestion, signal: AbortSignal): Promise<Value>;
  /**
   * What answers a function at once out of memory, for any number of questions; null: `answer` does. Asked once per function and batch.
   *
   * @throws Failure when the table that would answer is missing or damaged: the query fails
   */
  readonly local?: (name: string) => Promise<LocalAnswer | null>;
  /** What is to be told of the answers when the query is over, such as the dates of tables; as sentences. */
  readonly notes?: () => readonly string[];
}

/** Answers a question by its arguments, none of them NULL. Called once per row; must not fail on any value of the right type. */
export type LocalAnswer = (values: readonly Value[]) => Value;

const INSTALLED: Readonly<Record<string, string>> = {
  cc: "a table of countries",
  asn: "a table of networks",
  asname: "a table of networks",
  city: "a table of cities",
  geo: "a table of cities",
  in_list: "lists",
  list_info: "lists",
};

const HELP: Readonly<Record<string, string>> = {
  cc: "Install one: trawl geo update country, or trawl geo use FILE.mmdb.",
  asn: "Install one: trawl geo update asn, or trawl geo use FILE.mmdb.",
  asname: "Install one: trawl geo update asn, or trawl geo use FILE.mmdb.",
  city: "Install one: trawl geo update city, or trawl geo use FILE.mmdb.",
  geo: "Install one: trawl geo update city, or trawl geo use FILE.mmdb.",
};

/** The failure of a function that needs something nobody has installed. */
export function nothingInstalled(name: string): Failure {
  const what = INSTALLED[name] ?? "leave to ask other machines";
  return new Failure("lookup-unavailable", `${name.toUpperCase()} needs ${what}, and there is none here.`, {
    help: HELP[name] ?? "Leave the function out, or join a table of your own: CSV('networks.csv').",
  });
}

/** Answers nothing. */
export const NO_LOOKUPS: OutsideLookups = {
  answer: ({ function: name }) => Promise.reject(nothingInstalled(name)),
};
