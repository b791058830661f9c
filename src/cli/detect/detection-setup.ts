/** What a run of detections is made of, by the options of the command line. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import {
  type CompiledRule,
  CorrelationDetector,
  type Detector,
  type EventRule,
  type Inventory,
  joinInventories,
  type ListLookup,
  type LogGroup,
  loadRules,
  makeDetectors,
  type PromotionRule,
  parseNetwork,
  RuleEngine,
  type RuleSet,
  readInventory,
  readPromotionRules,
  ruleSourcesAt,
  shippedRuleSources,
  shippedRules,
} from "#detections";
import { countOf, Diagnostics, Failure } from "#text";
import type { Invocation } from "../command.ts";
import { knownLists } from "../enrichment/places.ts";
import type { Session } from "../session.ts";
import { learnInventory } from "./baseline.ts";
import { lookupOf } from "./list-lookup.ts";
import type { OwnRules } from "./tell-unmet-rules.ts";

/** Everything but the logs. */
export interface DetectionSetup {
  readonly engine: RuleEngine;
  readonly detectors: readonly Detector[];
  readonly promotions: readonly PromotionRule[];
  /** Some rule could not be used. */
  readonly hasMistakes: boolean;
  readonly own: OwnRules;
}

/** Logs and what looks at them. */
export interface DetectionParts extends DetectionSetup {
  readonly groups: readonly LogGroup[];
}

/** Reads rules and makes detectors. Mistakes in rules are told; the others count. */
export async function setUpDetection(session: Session, onlyMatches: boolean): Promise<DetectionSetup> {
  const { invocation } = session;
  const { arguments: parsed, messages } = invocation;
  const shipped = shippedRules();
  const rules = readRules(invocation, shipped.rules);
  const promotions = await readPromotions(invocation, shipped.promotionRules);
  messages.diagnostics([...rules.diagnostics, ...promotions.diagnostics]);
  const isMistaken = [...rules.diagnostics, ...promotions.diagnostics].some(
    ({ severity }) => severity === "error",
  );
  const isProfiled = parsed.values.has("profile-rules");
  const { needs } = rules;
  const engine = new RuleEngine(rules.rules, needs === null ? { isProfiled } : { isProfiled, needs });
  const setup = { engine, promotions: promotions.rules, hasMistakes: isMistaken, own: rules.own };
  if (onlyMatches) return { ...setup, detectors: [] };
  const inventory = await inventoryOf(invocation, session);
  const detectors = makeDetectors({
    bucketRules: shipped.bucketRules,
    promotions: promotions.rules,
    trustedProxies: (parsed.values.get("trusted-proxy") ?? []).map(networkOf),
    inventory,
    lists: listsOf(invocation),
    quietIds: rules.quietIds,
  });
  const correlations = rules.correlations.length === 0 ? [] : [new CorrelationDetector(rules.correlations)];
  return { ...setup, detectors: [...detectors, ...correlations] };
}

/** What the site consists of, by a list of its files, by an earlier log, or by both; null: nobody says. */
async function inventoryOf(invocation: Invocation, session: Session): Promise<Inventory | null> {
  const text = await readText(invocation, "inventory");
  const listed = text === null ? null : readInventory(text);
  const uris = invocation.arguments.values.get("baseline") ?? [];
  const learned = uris.length === 0 ? null : await learnInventory(uris, session);
  return listed === null || learned === null ? (listed ?? learned) : joinInventories(listed, learned);
}

/** The lists that were fetched; null: there are none, or they are not to be asked. */
function listsOf({ arguments: parsed, surroundings }: Invocation): ListLookup | null {
  if (parsed.values.has("no-lists")) return null;
  const lists = knownLists(surroundings);
  return lists.fetched().length === 0 ? null : lookupOf(lists);
}

/** Rules about single events that are run. */
interface RunRules {
  readonly rules: readonly EventRule[];
  /** What they need; null: nobody has worked it out yet. */
  readonly needs: readonly CompiledRule["needs"][] | null;
  readonly correlations: RuleSet["correlations"];
  readonly quietIds: RuleSet["quietIds"];
  readonly diagnostics: RuleSet["diagnostics"];
  readonly own: OwnRules;
}

function readRules(
  { arguments: parsed, surroundings, messages }: Invocation,
  shipped: readonly CompiledRule[],
): RunRules {
  const paths = parsed.values.get("rules") ?? [];
  const isOnly = parsed.values.has("only-rules");
  if (isOnly && paths.length === 0) throw new Failure("usage", "--only-rules needs --rules.");
  if (paths.length === 0) {
    const rules = shipped.map(({ rule }) => rule);
    return {
      rules,
      needs: shipped.map(({ needs }) => needs),
      correlations: [],
      quietIds: new Set(),
      diagnostics: [],
      own: { rules: [], correlations: [] },
    };
  }
  const own = paths.flatMap((path) => ruleSourcesAt(path, surroundings.workingDirectory));
  const set = loadRules([...(isOnly ? [] : shippedRuleSources()), ...own]);
  if (own.length > 0) {
    const ours = isOnly ? "" : ", the shipped ones among them";
    messages.note(`${countOf(set.rules.length, "rule")} in ${countOf(own.length, "file")}${ours}`);
  }
  const { correlations, quietIds, diagnostics } = set;
  const rules = set.rules.map(({ rule }) => rule);
  const files = new Set(own.map(({ name }) => name));
  const ownRules = { rules: rules.filter(({ origin }) => files.has(origin)), correlations };
  return { rules, needs: null, correlations, quietIds, diagnostics, own: ownRules };
}

async function readPromotions(
  { arguments: parsed, surroundings }: Invocation,
  known: readonly PromotionRule[],
) {
  const diagnostics = new Diagnostics();
  const paths = parsed.values.get("promote") ?? [];
  const own: PromotionRule[] = [];
  for (const path of paths) {
    const text = await readOrFail(resolve(surroundings.workingDirectory, path), path);
    own.push(...readPromotionRules({ name: path, text }, diagnostics));
  }
  const ids = new Set(own.map(({ id }) => id));
  const shipped = known.filter(({ id }) => !ids.has(id));
  return { rules: [...shipped, ...own], diagnostics: diagnostics.list() };
}

function networkOf(text: string) {
  const network = parseNetwork(text);
  if (network !== null) return network;
  throw new Failure(
    "usage",
    `--trusted-proxy takes an address or a network, such as "192.0.2.0/24", not "${text}".`,
  );
}

/** The text of the file that an option names; null without it. */
async function readText(invocation: Invocation, option: string): Promise<string | null> {
  const path = invocation.arguments.values.get(option)?.at(-1);
  if (path === undefined) return null;
  return readOrFail(resolve(invocation.surroundings.workingDirectory, path), path);
}

/** A file's text. */
export async function readOrFail(path: string, written: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    const what = isMissing ? `There is no file "${written}".` : `"${written}" cannot be read.`;
    throw new Failure(isMissing ? "source-missing" : "source-unreadable", what, {
      place: { uri: written },
      cause,
    });
  }
}
