/**
 * Where rounds of repeated groups ended, remembered in attempts behind a failed one: an attempt that comes to one of those places goes
 * on from the end of what is known, so that hostile data costs each byte a few rounds and not thousands.
 *
 * A list of addresses lies in memory: rounds begin at each of them but the last, which is where a round failed (closed) or nobody has
 * looked yet. A second list grows while an attempt has not met the first; it takes its place when it never does.
 */
import type { EmitContext } from "./context.ts";
import { get, i32, set } from "./wat.ts";

/** Code around the rounds. */
export interface RoundMemo {
  readonly start: readonly string[];
  /** Before each round: may move the position over rounds that are known and leave the loop. */
  readonly round: readonly string[];
  /** A round has failed; the position is where it began. */
  readonly close: readonly string[];
  /** A round took nothing. */
  readonly spoil: string;
  readonly end: readonly string[];
}

const NONE: RoundMemo = { start: [], round: [], close: [], spoil: "", end: [] };
/** Fewer rounds than this are soon gone through again. */
const FEWEST_ROUNDS = 16;
/** Addresses in a list; when it is full its older half is forgotten. */
const LONGEST_LIST = 65_536;
const MOST_MEMOS = 8;

interface Rounds {
  readonly max: number;
  /** Local that counts rounds. */
  readonly rounds: string;
  /** Label behind the loop. */
  readonly over: string;
  readonly capturesNothing: boolean;
}

/** A memo for the rounds that are being written. */
export function roundMemo(rounds: Rounds, context: EmitContext): RoundMemo {
  const { retry, module, writer } = context;
  const memos = module.roundMemos;
  if (retry === null || rounds.max < FEWEST_ROUNDS || memos.length >= MOST_MEMOS) return NONE;
  const prefix = `$rounds${memos.length}`;
  memos.push(prefix);
  module.memos.push(`${prefix}.count`, `${prefix}.closed`, `${prefix}.side`);
  const capacity = Math.min(2 * rounds.max + 16, LONGEST_LIST);
  const lists = new Lists(prefix, module.data.reserve(8 * capacity), capacity);
  const [grown, met] = [writer.local("i32", "grown"), writer.local("i32", "met")];
  const inRetry = (...code: string[]) => [`(if ${get(retry)} (then`, ...code, "))"];
  const ifMet = (...code: string[]) => `(if ${get(met)} (then ${code.join(" ")}))`;
  const isNew = `(i32.and (i32.eqz ${get(met)}) (i32.gt_u ${get(grown)} ${i32(1)}))`;
  return {
    start: [set(grown, i32(0)), set(met, i32(0))],
    round: inRetry(
      `(if (i32.eqz ${get(met)}) (then`,
      ...meetOrGrow(rounds, lists, { grown, met }, context),
      ") (else",
      ...lists.lengthen(get(context.q)),
      "))",
    ),
    close: inRetry(ifMet(lists.put("closed", i32(1)))),
    spoil: inRetry(set(grown, i32(0)), ifMet(lists.put("count", i32(0)), lists.put("closed", i32(0)))).join(
      " ",
    ),
    // The list that grew takes the other's place; whether its last round failed is not known.
    end: inRetry(
      `(if ${isNew} (then`,
      lists.put("side", lists.otherSide),
      lists.put("count", get(grown)),
      lists.put("closed", i32(0)),
      "))",
    ),
  };
}

/** Code for the two lists of one memo. */
class Lists {
  readonly #prefix: string;
  readonly #at: number;
  readonly capacity: number;

  constructor(prefix: string, at: number, capacity: number) {
    this.#prefix = prefix;
    this.#at = at;
    this.capacity = capacity;
  }

  read(name: "count" | "closed" | "side"): string {
    return `(global.get ${this.#prefix}.${name})`;
  }

  put(name: "count" | "closed" | "side", value: string): string {
    return `(global.set ${this.#prefix}.${name} ${value})`;
  }

  get otherSide(): string {
    return `(i32.xor ${this.read("side")} ${i32(1)})`;
  }

  /** Address of the list of a side. */
  listAt(side: string): string {
    return `(i32.add ${i32(this.#at)} (i32.mul ${side} ${i32(4 * this.capacity)}))`;
  }

  entry(side: string, index: string): string {
    return `(i32.add ${this.listAt(side)} (i32.shl ${index} ${i32(2)}))`;
  }

  /** Appends to the list in use. */
  lengthen(address: string): string[] {
    const side = this.read("side");
    const dropped = this.capacity >> 1;
    const kept = this.capacity - dropped;
    return [
      `(if (i32.eq ${this.read("count")} ${i32(this.capacity)}) (then`,
      `(memory.copy ${this.listAt(side)} ${this.entry(side, i32(dropped))} ${i32(4 * kept)})`,
      this.put("count", i32(kept)),
      "))",
      `(i32.store ${this.entry(side, this.read("count"))} ${address})`,
      this.put("count", `(i32.add ${this.read("count")} ${i32(1)})`),
    ];
  }
}

/** At a place that is in the list: on to its end, at most `max` rounds. Else the other list grows. */
function meetOrGrow(
  { max, rounds, over, capturesNothing }: Rounds,
  lists: Lists,
  { grown, met }: { readonly grown: string; readonly met: string },
  { writer, q }: EmitContext,
): string[] {
  const [index, jump] = [writer.local("i32", "index"), writer.local("i32", "jump")];
  const side = lists.read("side");
  const last = `(i32.sub ${lists.read("count")} ${i32(1)})`;
  const left = `(i32.sub ${i32(max)} ${get(rounds)})`;
  const isAtEnd = `(i32.eq ${get(index)} (i32.sub ${last} ${get(jump)}))`;
  return [
    set(index, `(call $indexOf ${lists.listAt(side)} ${lists.read("count")} ${get(q)})`),
    `(if (i32.ge_s ${get(index)} ${i32(0)}) (then`,
    set(met, i32(1)),
    set(jump, `(i32.sub ${last} ${get(index)})`),
    `(if (i32.gt_u ${get(jump)} ${left}) (then ${set(jump, left)}))`,
    `(if ${get(jump)} (then`,
    set(q, `(i32.load ${lists.entry(side, `(i32.add ${get(index)} ${get(jump)})`)})`),
    set(rounds, `(i32.add ${get(rounds)} ${get(jump)})`),
    ...(capturesNothing ? [] : [`(global.set $again ${i32(1)})`]),
    "))",
    // At the end of a closed list the next round fails.
    `(if (i32.and ${lists.read("closed")} ${isAtEnd}) (then (br ${over})))`,
    ") (else",
    `(if (i32.lt_u ${get(grown)} ${i32(lists.capacity)}) (then`,
    `(i32.store ${lists.entry(lists.otherSide, get(grown))} ${get(q)})`,
    set(grown, `(i32.add ${get(grown)} ${i32(1)})`),
    "))",
    "))",
  ];
}
