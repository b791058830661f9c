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
}

const INSTALLED: Readonly<Record<string, string>> = {
  cc: "a table of countries",
  asn: "a table of networks",
  asname: "a table of networks",
  city: "a table of cities",
  geo: "a table of places",
  in_list: "a list of that name",
};

/** The failure of a function that needs something nobody has installed. */
export function nothingInstalled(name: string): Failure {
  const what = INSTALLED[name] ?? "leave to ask other machines";
  return new Failure("lookup-unavailable", `${name.toUpperCase()} needs ${what}, and there is none here.`, {
    help: "Leave the function out, or join a table of your own: CSV('networks.csv').",
  });
}

/** Answers nothing. */
export const NO_LOOKUPS: OutsideLookups = {
  answer: ({ function: name }) => Promise.reject(nothingInstalled(name)),
};
