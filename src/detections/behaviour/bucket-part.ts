/** The part of the pass that counts events by key. */
import type { DetectionEvent, EventKind, EventValue } from "../event.ts";
import type { Finding } from "../finding.ts";
import type { ClientRecord } from "../pass/client-table.ts";
import { numberOf, ownText } from "../pass/event-values.ts";
import type { EventView } from "../pass/event-view.ts";
import type { PassPart } from "../pass/part.ts";
import { textHash } from "../pass/text-hash.ts";
import { countText } from "../pass/words.ts";
import type { EventRule } from "../rule.ts";
import { Bucket, FOLLOWING } from "./bucket.ts";
import { bucketFinding } from "./bucket-finding.ts";
import type { BucketRule } from "./bucket-rule.ts";
import { possibleCondition, splitCondition, statusesOf, type ViewTest } from "./compile-condition.ts";
import { fieldValue } from "./computed-fields.ts";
import { fieldsOfRule } from "./rule-fields.ts";
import { matchesRuleId } from "./rule-id-pattern.ts";

/** Bounds of the counting. */
export interface BucketBounds {
  /**
   * Events may come so late and still be counted exactly; findings are told that much later. Null: as late as they like, everything is
   * counted at the end of the run – as long as no more than `pendingEvents` wait.
   */
  readonly lateMs: number | null;
  /** So many events wait at most; then those that are older than `lateMs` (an hour, if that is null) are counted. */
  readonly pendingEvents: number;
  /** So many keys of one rule are held at most. Keys that are a client alone are bounded by the table of clients. */
  readonly keys: number;
}

const LATE_WHEN_FULL_MS = 3_600_000;
/** Logs may hold any number for a status. */
const MOST_STATUSES = 1_000;
/** Tests of pages whose answers fit into a number. */
const MOST_BITS = 30;

interface CompiledRule {
  readonly rule: BucketRule;
  readonly index: number;
  /** What the page must be like, and what the event. */
  readonly pageTest: ViewTest | null;
  readonly test: ViewTest | null;
  readonly followingPage: ViewTest | null;
  readonly following: ViewTest | null;
  /** Fields of the key besides the client. */
  readonly otherKeys: readonly string[];
  readonly isByClient: boolean;
  readonly buckets: Map<string, Bucket>;
  evictedKeys: number;
  /** The event that was counted last, by its number: several matches of one event count once. */
  lastEvent: number;
}

/** Rules that may count an event, and rules that may wait for it. */
class Candidates {
  readonly plain: readonly CompiledRule[];
  readonly following: readonly CompiledRule[];
  /** Whether any of them asks of the page. */
  readonly asksPage: boolean;
  /** The same for the same rules. */
  readonly key: string;
  /** All that is asked of the page. */
  readonly pageTests: readonly ViewTest[];
  /** Rules that may count, by the log and the status of the answer: most want fields, or statuses, that few have. */
  readonly #ofLogs = new WeakMap<DetectionEvent, Map<number | null, readonly CompiledRule[]>>();

  constructor(plain: readonly CompiledRule[], following: readonly CompiledRule[]) {
    this.plain = plain;
    this.following = following;
    this.asksPage =
      plain.some(({ pageTest }) => pageTest !== null) ||
      following.some(({ followingPage }) => followingPage !== null);
    this.pageTests = [
      ...plain.flatMap(({ pageTest }) => pageTest ?? []),
      ...following.flatMap(({ followingPage }) => followingPage ?? []),
    ];
    this.key = [plain, following].map((rules) => rules.map(({ index }) => index).join(",")).join(";");
  }

  /** Those that may count an event: of the log that it is of, and with its status; null: with whatever it has. */
  plainOf({ event, status }: EventView): readonly CompiledRule[] {
    if (event.has === undefined) return this.plain;
    const known = this.#ofLogs.get(event);
    const ofLog = known ?? new Map<number | null, readonly CompiledRule[]>();
    if (known === undefined) this.#ofLogs.set(event, ofLog);
    const found = ofLog.get(status);
    if (found !== undefined) return found;
    const rules = this.plain.filter(({ rule }) => mayCount(rule, event, status));
    if (ofLog.size < MOST_STATUSES) ofLog.set(status, rules);
    return rules;
  }
}

/** Whether a rule can count events of a log with this status. */
function mayCount({ condition }: BucketRule, event: DetectionEvent, status: number | null): boolean {
  if (condition === null) return true;
  const possible = possibleCondition(condition, (field) => event.has?.(field) ?? true);
  if (possible === null) return false;
  return status === null || (statusesOf(possible)?.has(status) ?? true);
}

/** Counts events by key, and finds stretches of time with too many. */
export class BucketPart implements PassPart {
  readonly fields: readonly string[];
  readonly kinds = null;
  readonly #rules: readonly CompiledRule[];
  readonly #bounds: BucketBounds;
  readonly #clients: () => Iterable<ClientRecord>;
  readonly #ofKind = new Map<EventKind, Candidates>();
  /** By the rules in them: most pages have the same. */
  readonly #ofPages = new Map<string, Candidates>();
  /** Candidates by kind of event and by which of the kind's tests of pages hold, a bit each. */
  readonly #ofTests = new Map<Candidates, Map<number, Candidates>>();
  readonly #ofMatch = new Map<EventRule, readonly CompiledRule[]>();
  readonly #ready: Finding[] = [];
  #event = 0;
  #pending = 0;
  #newestMs = Number.NEGATIVE_INFINITY;
  #late = 0;
  #wereSettledEarly = false;

  constructor(rules: readonly BucketRule[], clients: () => Iterable<ClientRecord>, bounds: BucketBounds) {
    this.#bounds = bounds;
    this.#clients = clients;
    this.#rules = rules.map((rule, index) => compileRule(rule, index));
    this.fields = [...new Set(rules.flatMap(fieldsOfRule))];
  }

  observe(view: EventView): void {
    const { timeMs } = view;
    if (timeMs === null || !view.event.isParsed) return;
    this.#event++;
    if (timeMs > this.#newestMs) this.#newestMs = timeMs;
    const candidates = this.#candidates(view);
    const plain = candidates.plainOf(view);
    const { following } = candidates;
    for (let index = 0; index < plain.length; index++) {
      const compiled = plain[index];
      if (compiled !== undefined && (compiled.test === null || compiled.test(view))) {
        this.#count(compiled, view, timeMs);
      }
    }
    for (const match of view.matches) {
      for (const compiled of this.#rulesOfMatch(match.rule)) this.#countMatch(compiled, view, timeMs);
    }
    for (let index = 0; index < following.length; index++) {
      const compiled = following[index];
      if (compiled?.following?.(view) === true) this.#follow(compiled, view, timeMs);
    }
    if (this.#pending > this.#bounds.pendingEvents) this.#settleFull();
  }

  take(isEnd: boolean): readonly Finding[] {
    if (isEnd) this.#settle(Number.POSITIVE_INFINITY, true);
    else if (this.#bounds.lateMs !== null) this.#settle(this.#newestMs - this.#bounds.lateMs, false);
    return this.#ready.splice(0);
  }

  notes(): readonly string[] {
    const notes: string[] = [];
    if (this.#late > 0) {
      notes.push(
        `${countText(this.#late, "event")} came later than rules wait for them; they were counted, but stretches across the gap may be told short.`,
      );
    }
    if (this.#wereSettledEarly) {
      notes.push(
        `More than ${this.#bounds.pendingEvents} events waited to be put in order, so those older than an hour were counted before the end.`,
      );
    }
    for (const { rule, evictedKeys } of this.#rules) {
      if (evictedKeys > 0)
        notes.push(`Rule "${rule.id}" let go ${evictedKeys} of its keys, the lightest ones.`);
    }
    return notes;
  }

  /** A client is let go: what its buckets hold is counted first. */
  releaseClient(client: ClientRecord): void {
    this.#settleClient(client, Number.POSITIVE_INFINITY, true);
    for (let bucket = client.bucket; bucket !== null; bucket = bucket.next)
      if (bucket instanceof Bucket) this.#pending -= bucket.pending;
  }

  #settleClient(client: ClientRecord, untilMs: number, isEnd: boolean): void {
    for (let bucket = client.bucket; bucket !== null; bucket = bucket.next) {
      const compiled = this.#rules[bucket.rule];
      if (compiled !== undefined && bucket instanceof Bucket)
        this.#settleBucket(compiled.rule, bucket, untilMs, isEnd);
    }
  }

  /** Rules that may count the event, or wait for it. For pages they are worked out once. */
  #candidates(view: EventView): Candidates {
    const { page } = view;
    if (page === null) return this.#candidatesOfKind(view.event.kind, view);
    if (page.candidates instanceof Candidates) return page.candidates;
    const candidates = this.#candidatesOfKind(view.event.kind, view);
    const key = candidates.key;
    const same = this.#ofPages.get(key) ?? candidates;
    this.#ofPages.set(key, same);
    page.candidates = same;
    return same;
  }

  /** For events without a page, conditions about the page are asked each time, by those rules that have some. */
  #candidatesOfKind(kind: EventKind, view: EventView): Candidates {
    let all = this.#ofKind.get(kind);
    if (all === undefined) {
      const asked = this.#rules.filter(({ rule }) => asks(rule, kind));
      all = new Candidates(
        asked.filter(({ rule }) => rule.ruleIds.length === 0),
        asked.filter(({ following }) => following !== null),
      );
      this.#ofKind.set(kind, all);
    }
    if (!all.asksPage) return all;
    const { pageTests } = all;
    if (pageTests.length > MOST_BITS) return candidatesOfPage(all, view);
    let bits = 0;
    for (let index = 0; index < pageTests.length; index++)
      if (pageTests[index]?.(view) === true) bits |= 1 << index;
    const known = this.#ofTests.get(all)?.get(bits);
    if (known !== undefined) return known;
    const candidates = candidatesOfPage(all, view);
    this.#ofTests.set(all, new Map([...(this.#ofTests.get(all) ?? []), [bits, candidates]]));
    return candidates;
  }

  #rulesOfMatch(rule: EventRule): readonly CompiledRule[] {
    let rules = this.#ofMatch.get(rule);
    if (rules === undefined) {
      rules = this.#rules.filter((compiled) =>
        compiled.rule.ruleIds.some((pattern) => matchesRuleId(pattern, rule.id)),
      );
      this.#ofMatch.set(rule, rules);
    }
    return rules;
  }

  #countMatch(compiled: CompiledRule, view: EventView, timeMs: number): void {
    if (compiled.lastEvent === this.#event || !asks(compiled.rule, view.event.kind)) return;
    compiled.lastEvent = this.#event;
    const { pageTest, test } = compiled;
    if ((pageTest === null || pageTest(view)) && (test === null || test(view)))
      this.#count(compiled, view, timeMs);
  }

  #count(compiled: CompiledRule, view: EventView, timeMs: number): void {
    const { rule } = compiled;
    const value = rule.distinct === null ? 0 : distinctValue(view, rule.distinct);
    if (value === null) return;
    const bucket = this.#bucketOf(compiled, view, true);
    if (bucket === null) return;
    const { status } = view;
    if (status !== null && status >= 400) bucket.refused++;
    else if (status !== null && status >= 200) bucket.answered++;
    this.#add(bucket, timeMs, value);
    if (bucket.isWarm(rule, timeMs) && bucket.evidence.wants(timeMs)) bucket.evidence.add(view.evidence());
  }

  #follow(compiled: CompiledRule, view: EventView, timeMs: number): void {
    const bucket = this.#bucketOf(compiled, view, false);
    if (bucket === null) return;
    this.#add(bucket, timeMs, FOLLOWING);
    bucket.evidence.add(view.evidence());
  }

  #add(bucket: Bucket, timeMs: number, value: number): void {
    this.#pending++;
    if (!bucket.add(timeMs, value)) this.#late++;
  }

  #bucketOf(compiled: CompiledRule, view: EventView, canOpen: boolean): Bucket | null {
    const { client } = view;
    if (compiled.isByClient && client === null) return null;
    if (client !== null && compiled.isByClient && compiled.otherKeys.length === 0) {
      return clientBucket(compiled, client, canOpen);
    }
    const others = compiled.otherKeys.map((field) => fieldValue(view, field));
    if (!compiled.isByClient && (others[0] ?? null) === null) return null;
    if (client !== null && compiled.isByClient && others.every((value) => value === null)) {
      return clientBucket(compiled, client, canOpen);
    }
    return this.#keyedBucket(compiled, client, others, canOpen);
  }

  #keyedBucket(
    compiled: CompiledRule,
    client: ClientRecord | null,
    others: readonly (EventValue | null)[],
    canOpen: boolean,
  ): Bucket | null {
    const name = JSON.stringify([compiled.isByClient ? client?.name : null, ...others.map(String)]);
    const known = compiled.buckets.get(name);
    if (known !== undefined || !canOpen) return known ?? null;
    if (compiled.buckets.size >= this.#bounds.keys) this.#evictKeys(compiled);
    const key: Record<string, string> = compiled.isByClient && client !== null ? { client: client.name } : {};
    for (const [index, field] of compiled.otherKeys.entries()) {
      const value = others[index] ?? null;
      if (value !== null) key[field] = ownText(String(value));
    }
    const bucket = new Bucket(compiled.index, key, key["client"] ?? key["source.ip"] ?? null);
    compiled.buckets.set(name, bucket);
    return bucket;
  }

  #evictKeys(compiled: CompiledRule): void {
    const { buckets, rule } = compiled;
    const byWeight = [...buckets].sort(([, a], [, b]) => b.pending - a.pending);
    for (const [name, bucket] of byWeight.slice(Math.floor(this.#bounds.keys / 2))) {
      this.#settleBucket(rule, bucket, Number.POSITIVE_INFINITY, true);
      if (!bucket.isIdle) compiled.evictedKeys++;
      this.#pending -= bucket.pending;
      buckets.delete(name);
    }
  }

  #settleFull(): void {
    this.#wereSettledEarly = this.#bounds.lateMs === null;
    this.#settle(this.#newestMs - (this.#bounds.lateMs ?? LATE_WHEN_FULL_MS), false);
    if (this.#pending > this.#bounds.pendingEvents / 2) this.#settle(this.#newestMs, false);
  }

  #settle(untilMs: number, isEnd: boolean): void {
    for (const { rule, buckets } of this.#rules) {
      for (const [name, bucket] of buckets) {
        this.#settleBucket(rule, bucket, untilMs, isEnd);
        if (!isEnd && bucket.isIdle) buckets.delete(name);
      }
    }
    for (const client of this.#clients()) this.#settleClient(client, untilMs, isEnd);
  }

  #settleBucket(rule: BucketRule, bucket: Bucket, untilMs: number, isEnd: boolean): void {
    const before = bucket.pending;
    for (const episode of bucket.settle(rule, untilMs, isEnd)) {
      this.#ready.push(bucketFinding(rule, bucket, episode));
    }
    this.#pending -= before - bucket.pending;
    if (!isEnd) bucket.forgetSettled();
  }
}

function compileRule(rule: BucketRule, index: number): CompiledRule {
  const counting = rule.condition === null ? null : splitCondition(rule.condition);
  const following = rule.followedBy === null ? null : splitCondition(rule.followedBy.condition);
  return {
    rule,
    index,
    pageTest: counting?.ofPage ?? null,
    test: counting?.ofEvent ?? null,
    followingPage: following?.ofPage ?? null,
    following: following === null ? null : (following.ofEvent ?? (() => true)),
    otherKeys: rule.keys.filter((field) => field !== "client"),
    isByClient: rule.keys.includes("client"),
    buckets: new Map(),
    evictedKeys: 0,
    lastEvent: 0,
  };
}

/** Those whose tests of the page hold. */
function candidatesOfPage(all: Candidates, view: EventView): Candidates {
  const fits = ({ pageTest }: CompiledRule) => pageTest === null || pageTest(view);
  const follows = ({ followingPage }: CompiledRule) => followingPage === null || followingPage(view);
  return new Candidates(all.plain.filter(fits), all.following.filter(follows));
}

/** The bucket of a key that is the client alone; it lives and goes with the client. */
function clientBucket({ index }: CompiledRule, client: ClientRecord, canOpen: boolean): Bucket | null {
  for (let bucket = client.bucket; bucket !== null; bucket = bucket.next)
    if (bucket.rule === index && bucket instanceof Bucket) return bucket;
  if (!canOpen) return null;
  const bucket = new Bucket(index, null, client.name);
  bucket.next = client.bucket;
  client.bucket = bucket;
  return bucket;
}

function asks(rule: BucketRule, kind: EventKind): boolean {
  return rule.kinds.length === 0 || rule.kinds.includes(kind);
}

/** A number that stands for the value; pages have one. */
function distinctValue(view: EventView, field: string): number | null {
  if (field === "url.path" && view.page !== null) return view.page.id;
  return valueNumber(fieldValue(view, field));
}

/** Whole numbers stand for themselves, all else for a number made of its text. Null: there is no value, and nothing to count. */
function valueNumber(value: EventValue | null): number | null {
  const number = typeof value === "string" ? null : numberOf(value);
  if (number !== null && Number.isSafeInteger(number) && number >= 0) return number;
  return value === null ? null : textHash(String(value));
}
