/** Adds answers from outside to batches: every distinct question is asked once, many at the same time. */
import type { ColumnId, Value } from "#language";
import { type Batch, type BatchColumn, valueAt } from "#records";
import { Failure } from "#text";
import type { LookupItem } from "../plan/tree.ts";
import type { LocalAnswer, OutsideLookups, OutsideQuestion } from "./outside-lookups.ts";

/** Questions that are open at the same time. */
const MOST_OPEN = 64;
/** Distinct questions of a query: more is a scan of the internet, not an analysis. */
const MOST_QUESTIONS = 100_000;
/** So long an answer is waited for. */
const LONGEST_ANSWER_MS = 10_000;

/** The questions of one query, and their answers. */
export class Questions {
  readonly #lookups: OutsideLookups;
  readonly #signal: AbortSignal;
  readonly #answers = new Map<string, Promise<Value>>();
  readonly #counts = new Map<string, { asked: number; unanswered: number; why: string }>();
  readonly #waiting: (() => void)[] = [];
  #open = 0;

  constructor(lookups: OutsideLookups, signal: AbortSignal) {
    this.#lookups = lookups;
    this.#signal = signal;
  }

  /** What answers a function at once; null: it must be asked. */
  async local(name: string): Promise<LocalAnswer | null> {
    return (await this.#lookups.local?.(name)) ?? null;
  }

  /** The answer, asked for when it is not known yet. */
  answer(question: OutsideQuestion): Promise<Value> {
    const key = JSON.stringify([question.function, ...question.arguments.map(String)]);
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    if (this.#answers.size >= MOST_QUESTIONS) {
      const message = `The query asks more than ${MOST_QUESTIONS} different questions to the outside, its limit.`;
      const help = "Filter or group first, so that fewer values are asked about.";
      return Promise.reject(new Failure("limit-reached", message, { help }));
    }
    const answer = this.#ask(question);
    this.#answers.set(key, answer);
    return answer;
  }

  /** What did not come, and what is to be told of tables, as sentences. */
  notes(): readonly string[] {
    return [...this.#missing(), ...(this.#lookups.notes?.() ?? [])];
  }

  #missing(): readonly string[] {
    return [...this.#counts].flatMap(([name, { asked, unanswered, why }]) => {
      const of = asked === 1 ? "the question" : `${unanswered} of ${asked} questions`;
      return unanswered === 0
        ? []
        : [`${name.toUpperCase()}: no answer came to ${of}; the value is NULL there.${why}`];
    });
  }

  async #ask(question: OutsideQuestion): Promise<Value> {
    const count = this.#counts.get(question.function) ?? { asked: 0, unanswered: 0, why: "" };
    this.#counts.set(question.function, count);
    count.asked++;
    if (this.#open >= MOST_OPEN) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#open++;
    try {
      return await inTime(this.#lookups, question, this.#signal);
    } catch (error) {
      if (error instanceof Failure && error.code === "lookup-unavailable") throw error;
      if (this.#signal.aborted) throw new Failure("cancelled", "The query was stopped.");
      count.unanswered++;
      if (count.why === "" && error instanceof Failure) count.why = sentencesOf(error);
      return null;
    } finally {
      this.#open--;
      this.#waiting.shift()?.();
    }
  }
}

/** Why an answer did not come, behind another sentence. */
function sentencesOf({ message, help }: Failure): string {
  return ` The first reason: ${message}${help === null ? "" : ` ${help}`}`;
}

/** The answer, or a rejection when it takes too long; whoever answers is told to stop. */
async function inTime(lookups: OutsideLookups, question: OutsideQuestion, stop: AbortSignal): Promise<Value> {
  const own = new AbortController();
  const signal = AbortSignal.any([stop, own.signal]);
  let give: () => void = () => {};
  const late = new Promise<never>((_, reject) => {
    give = () => reject(new Error("no answer in time"));
    signal.addEventListener("abort", give, { once: true });
  });
  const timer = setTimeout(() => own.abort(), LONGEST_ANSWER_MS);
  try {
    return await Promise.race([lookups.answer(question, signal), late]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", give);
  }
}

/** The batch's columns by their ids, with the answers of the items. */
export async function answered(
  batch: Batch,
  columns: ReadonlyMap<ColumnId, BatchColumn>,
  items: readonly LookupItem[],
  questions: Questions,
): Promise<ReadonlyMap<ColumnId, BatchColumn>> {
  const given = new Map(columns);
  for (const item of items) {
    const sources = item.arguments.map((argument) => columns.get(argument.column));
    const local = await questions.local(item.function);
    if (local !== null) {
      given.set(item.column, { kind: "values", values: localValues(batch.rowCount, sources, local) });
      continue;
    }
    const rows = Array.from({ length: batch.rowCount }, (_, row) => {
      const values = sources.map((source) => (source === undefined ? null : valueAt(source, row)));
      return values.includes(null) ? null : questions.answer({ function: item.function, arguments: values });
    });
    given.set(item.column, { kind: "values", values: await Promise.all(rows) });
  }
  return given;
}

/** Answers out of memory, row by row. */
function localValues(
  rowCount: number,
  sources: readonly (BatchColumn | undefined)[],
  answer: LocalAnswer,
): readonly Value[] {
  const values: Value[] = [];
  for (let row = 0; row < rowCount; row++) {
    const given = sources.map((source) => (source === undefined ? null : valueAt(source, row)));
    values.push(given.includes(null) ? null : answer(given));
  }
  return values;
}
