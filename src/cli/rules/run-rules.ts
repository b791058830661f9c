/** What `trawl rules` does. */
import {
  type LoadedRule,
  lintRules,
  loadRules,
  type RuleSet,
  type RuleTrial,
  ruleSourcesAt,
  shippedRuleSources,
  tryRule,
} from "#detections";
import { countOf, Failure, nearestName } from "#text";
import { lastValue } from "../arguments.ts";
import type { Invocation } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { printRule, printRuleAsQuery } from "./print-rule.ts";

type Action = (loaded: Loaded, invocation: Invocation) => number;

/** The rules that are meant. */
interface Loaded {
  readonly rules: readonly LoadedRule[];
  /** Those that were named; all when none was. */
  readonly chosen: readonly LoadedRule[];
  readonly hasMistakes: boolean;
}

const ACTIONS: Readonly<Record<string, Action>> = { list, show, test, lint };

/** Carries out `trawl rules`, and gives the exit code. */
export function runRules(invocation: Invocation): Promise<number> {
  const { arguments: parsed, messages } = invocation;
  const [name = "", ...ids] = parsed.positionals;
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action === undefined) {
    throw new Failure("usage", `"trawl rules" does not know "${name}".`, {
      help: `It knows ${Object.keys(ACTIONS).join(", ")}.`,
    });
  }
  const set = rulesOf(invocation);
  messages.diagnostics(set.diagnostics);
  const hasMistakes = set.diagnostics.some(({ severity }) => severity === "error");
  const code = action({ rules: set.rules, chosen: chosenOf(set.rules, ids), hasMistakes }, invocation);
  return Promise.resolve(hasMistakes && code === EXIT.done.code ? EXIT.wrongText.code : code);
}

function rulesOf({ arguments: parsed, surroundings }: Invocation): RuleSet {
  const paths = parsed.values.get("rules") ?? [];
  if (paths.length === 0) return loadRules(shippedRuleSources());
  return loadRules(paths.flatMap((path) => ruleSourcesAt(path, surroundings.workingDirectory)));
}

function chosenOf(rules: readonly LoadedRule[], ids: readonly string[]): readonly LoadedRule[] {
  if (ids.length === 0) return rules;
  return ids.map((id) => {
    const found = rules.find(({ rule }) => rule.id === id);
    if (found !== undefined) return found;
    const nearest = nearestName(
      id,
      rules.map(({ rule }) => rule.id),
    );
    throw new Failure("usage", `There is no rule "${id}".`, {
      help: nearest === null ? '"trawl rules list" shows all.' : `Did you mean "${nearest}"?`,
    });
  });
}

function list({ chosen }: Loaded, { surroundings, messages }: Invocation): number {
  const width = Math.max(0, ...chosen.map(({ rule }) => rule.id.length));
  const lines = chosen.map(({ rule: { id, severity, techniques, title } }) =>
    `${id.padEnd(width)}  ${severity.padEnd(13)}  ${techniques.join(" ").padEnd(19)}  ${title}`.trimEnd(),
  );
  surroundings.stdout.write(lines.map((line) => `${line}\n`).join(""));
  messages.note(countOf(chosen.length, "rule"));
  return EXIT.done.code;
}

function show({ rules, chosen }: Loaded, { arguments: parsed, surroundings }: Invocation): number {
  if (chosen.length === 0 || (chosen.length === rules.length && parsed.positionals.length === 1)) {
    throw new Failure("usage", '"trawl rules show" needs the id of a rule.', {
      help: '"trawl rules list" shows all.',
    });
  }
  const format = lastValue(parsed, "log-format") ?? "combined";
  const isQuery = parsed.values.has("as-query");
  const texts = chosen.map((one) => (isQuery ? printRuleAsQuery(one.rule, format) : printRule(one)));
  surroundings.stdout.write(texts.join("\n"));
  return EXIT.done.code;
}

function test({ chosen }: Loaded, { surroundings, messages }: Invocation): number {
  const trials = chosen.filter(({ hasExamples }) => hasExamples).map((one) => tryRule(one));
  const width = Math.max(0, ...trials.map(({ id }) => id.length));
  surroundings.stdout.write(trials.map((trial) => `${printTrial(trial, width)}\n`).join(""));
  const diagnostics = trials.flatMap((trial) => trial.diagnostics);
  messages.diagnostics(diagnostics);
  const sum = (count: (trial: RuleTrial) => number) => trials.reduce((all, trial) => all + count(trial), 0);
  const found = sum(({ foundDisguises }) => foundDisguises);
  const all = sum(({ disguises }) => disguises);
  messages.note(
    `${countOf(trials.length, "rule")}, ${countOf(
      sum(({ positives }) => positives),
      "positive example",
    )}, ` +
      `${countOf(
        sum(({ negatives }) => negatives),
        "negative example",
      )}, ` +
      `${countOf(diagnostics.length, "mistake")}; ${found} of ${countOf(all, "disguise")} found`,
  );
  const without = chosen.length - trials.length;
  if (without > 0) messages.note(`${countOf(without, "rule")} in languages without examples: nothing to try`);
  return diagnostics.length > 0 ? EXIT.wrongText.code : EXIT.done.code;
}

function printTrial(trial: RuleTrial, width: number): string {
  const { id, positives, negatives, disguises, foundDisguises, missedEvasions, diagnostics } = trial;
  const examples = diagnostics.length === 0 ? "ok" : `${diagnostics.length} wrong`;
  const score = disguises === 0 ? "–" : `${Math.round((100 * foundDisguises) / disguises)} %`;
  const missed = missedEvasions.length === 0 ? "" : `  not found: ${missedEvasions.join(", ")}`;
  const counts = `${positives} + ${negatives}`;
  return `${id.padEnd(width)}  ${counts.padEnd(6)}  ${examples.padEnd(8)}  ${score.padStart(5)}${missed}`.trimEnd();
}

function lint({ chosen, hasMistakes }: Loaded, { surroundings, messages }: Invocation): number {
  const lacks = lintRules(chosen);
  surroundings.stdout.write(
    lacks.map(({ id, origin, sentence }) => `${origin}: ${id}: ${sentence}\n`).join(""),
  );
  messages.note(`${countOf(chosen.length, "rule")}, ${countOf(lacks.length, "remark")}`);
  return hasMistakes ? EXIT.wrongText.code : EXIT.done.code;
}
