/** Texts that every match of a regular expression holds. Source: how code search finds candidates for expressions; here for RE2's syntax. */

import { betterNeed, eitherNeed, type Need, needOfText, type TextKnowledge } from "./needs.ts";
import { BROKEN_PERCENT, rarestSign } from "./signs.ts";

/** What every match of an expression holds; null when nothing helps, or when the expression is not understood. */
export function needOfExpression(expression: string, knowledge: TextKnowledge): Need | null {
  const reader = new ExpressionReader(expression, knowledge);
  const need = reader.read();
  return reader.isUnderstood ? need : null;
}

/** More ways to write a part are not followed. */
const MOST_WAYS = 512;
/** More ways in which a part begins are not told apart. */
const MOST_STARTS = 4000;
const MOST_CLASS_MEMBERS = 16;
/** What stands more often behind itself is looked for so many times. */
const MOST_TIMES = 8;
const DEEPEST_NESTING = 100;

/**
 * What a part of an expression is: one of some texts and nothing else, or anything of which something is known. `starts`: all of it begins
 * with one of these; null: nobody knows with what.
 */
type Part =
  | { readonly kind: "exact"; readonly texts: readonly string[] }
  | { readonly kind: "any"; readonly need: Need | null; readonly starts: readonly string[] | null };

const DIGITS: readonly string[] = [..."0123456789"];
const ANYTHING: Part = { kind: "any", need: null, starts: null };
/** One character that is no hexadecimal digit. */
const NO_HEX_DIGIT: Part = { kind: "any", need: null, starts: null };
const NOTHING: Part = { kind: "exact", texts: [""] };

class ExpressionReader {
  readonly #text: string;
  readonly #knowledge: TextKnowledge;
  #at = 0;
  #depth = 0;
  isUnderstood = true;

  constructor(text: string, knowledge: TextKnowledge) {
    this.#text = text;
    this.#knowledge = knowledge;
  }

  read(): Need | null {
    const part = this.#alternatives();
    if (this.#at < this.#text.length) this.isUnderstood = false;
    return this.#needOf(part);
  }

  #needOf(part: Part): Need | null {
    if (part.kind === "any") return part.need;
    return eitherNeed(part.texts.map((text) => needOfText(text, this.#knowledge)));
  }

  #peek(): string {
    return this.#text[this.#at] ?? "";
  }

  #alternatives(): Part {
    if (++this.#depth > DEEPEST_NESTING) {
      this.isUnderstood = false;
      this.#at = this.#text.length;
      return ANYTHING;
    }
    const branches = [this.#sequence()];
    while (this.#peek() === "|") {
      this.#at++;
      branches.push(this.#sequence());
    }
    this.#depth--;
    const [only] = branches;
    if (branches.length === 1 && only !== undefined) return only;
    const texts = branches.flatMap((branch) => (branch.kind === "exact" ? branch.texts : []));
    const isExact = branches.every(({ kind }) => kind === "exact") && texts.length <= MOST_WAYS;
    if (isExact) return { kind: "exact", texts: [...new Set(texts)] };
    return {
      kind: "any",
      need: eitherNeed(branches.map((branch) => this.#needOf(branch))),
      starts: startsOfAll(branches),
    };
  }

  #sequence(): Part {
    /** The run of exact parts that is growing, and the best that was seen. */
    let run: readonly string[] = [""];
    let best: Need | null = null;
    /** What all of it begins with; undefined: the first run is still growing. */
    let starts: readonly string[] | null | undefined;
    const close = () => {
      best = betterNeed(best, this.#needOf({ kind: "exact", texts: run }), this.#knowledge);
      run = [""];
    };
    while (this.#at < this.#text.length && this.#peek() !== "|" && this.#peek() !== ")") {
      const part = this.#repeated(this.#atom());
      if (part.kind === "exact" && run.length * part.texts.length <= MOST_WAYS) {
        run = joined(run, part.texts);
        continue;
      }
      if (part === NO_HEX_DIGIT && run.every((text) => /%[0-9a-f]?$/.test(text)))
        best = betterNeed(best, this.#brokenPercent(), this.#knowledge);
      const next = part.kind === "exact" ? part.texts : part.starts;
      if (next !== null && run.length * next.length <= MOST_STARTS) run = joined(run, next);
      if (starts === undefined) starts = run;
      close();
      if (part.kind === "exact") run = part.texts;
      else best = betterNeed(best, part.need, this.#knowledge);
    }
    if (starts === undefined) return { kind: "exact", texts: run };
    close();
    return { kind: "any", need: best, starts: helpful(starts) };
  }

  #brokenPercent(): Need | null {
    const signs = BROKEN_PERCENT & this.#knowledge.signs;
    return signs === 0 ? null : { texts: [], signs };
  }

  #repeated(part: Part): Part {
    let current = part;
    for (;;) {
      const mark = this.#peek();
      const bounds =
        mark === "{" ? /^\{(\d+)(?:,\d*)?\}/.exec(this.#text.slice(this.#at, this.#at + 24)) : null;
      if (mark === "?") {
        this.#at++;
        current =
          current.kind === "exact"
            ? { kind: "exact", texts: [...new Set(["", ...current.texts])] }
            : ANYTHING;
      } else if (mark === "*") {
        this.#at++;
        current = ANYTHING;
      } else if (mark === "+") {
        this.#at++;
        current = { kind: "any", need: this.#needOf(current), starts: startsOf(current) };
      } else if (bounds !== null) {
        const [whole, least = "0"] = bounds;
        this.#at += whole.length;
        current = this.#times(current, Number(least));
      } else return current;
    }
  }

  /** A part that stands at least so many times: some of them behind each other are known. */
  #times(part: Part, least: number): Part {
    if (least === 0) return ANYTHING;
    if (part.kind !== "exact") return part;
    let { texts } = part;
    for (let times = 2; times <= Math.min(least, MOST_TIMES); times++) {
      if (texts.length * part.texts.length > MOST_WAYS) break;
      texts = joined(texts, part.texts);
    }
    return { kind: "any", need: this.#needOf({ kind: "exact", texts }), starts: helpful(texts) };
  }

  #atom(): Part {
    const character = this.#peek();
    this.#at++;
    switch (character) {
      case "(":
        return this.#group();
      case "[":
        return this.#class();
      case "\\":
        return this.#escape();
      case ".":
        return ANYTHING;
      case "^":
      case "$":
        return NOTHING;
      default:
        return exactly(character);
    }
  }

  #group(): Part {
    const head = /^\?(?:P?<[A-Za-z_]\w*>|[imsU-]*:)/.exec(this.#text.slice(this.#at, this.#at + 80))?.[0];
    if (head !== undefined) this.#at += head.length;
    else if (this.#peek() === "?") {
      const flags = /^\?[imsU-]+\)/.exec(this.#text.slice(this.#at, this.#at + 12))?.[0];
      if (flags === undefined) this.isUnderstood = false;
      this.#at += flags?.length ?? 1;
      return NOTHING;
    }
    const part = this.#alternatives();
    if (this.#peek() === ")") this.#at++;
    else this.isUnderstood = false;
    return part;
  }

  /** A class of a few characters is one of them; of others it is known whether all of them are signs. */
  #class(): Part {
    const isNegated = this.#peek() === "^";
    if (isNegated) this.#at++;
    const members: string[] = [];
    let isListed = !isNegated;
    for (
      let isFirst = true;
      this.#at < this.#text.length && (isFirst || this.#peek() !== "]");
      isFirst = false
    ) {
      if (this.#text.startsWith("[:", this.#at)) {
        const end = this.#text.indexOf(":]", this.#at);
        this.#at = end < 0 ? this.#text.length : end + 2;
        isListed = false;
        continue;
      }
      const first = this.#classMember();
      const isRange = this.#peek() === "-" && this.#text[this.#at + 1] !== "]";
      if (isRange) this.#at++;
      const last = isRange ? this.#classMember() : first;
      const listed = first === null || last === null ? null : rangeOf(first, last);
      if (listed === null) isListed = false;
      else members.push(...listed);
    }
    this.#at++;
    if (!isListed || members.length === 0) return isNegated && isHexListed(members) ? NO_HEX_DIGIT : ANYTHING;
    if (members.length <= MOST_CLASS_MEMBERS)
      return { kind: "exact", texts: [...new Set(members.map(lower))] };
    const signs = members.map((member) => rarestSign(member, this.#knowledge.signs));
    if (signs.includes(0)) return ANYTHING;
    return {
      kind: "any",
      need: { texts: [], signs: signs.reduce((all, sign) => all | sign, 0) },
      starts: null,
    };
  }

  /** The characters that a member of a class stands for; null: too many to list. */
  #classMember(): string | null {
    const character = this.#peek();
    this.#at++;
    if (character !== "\\") return character;
    const part = this.#escape();
    if (part.kind === "exact" && part.texts.length === 1) return part.texts[0] ?? null;
    return null;
  }

  #escape(): Part {
    const character = this.#peek();
    this.#at++;
    if (/[bBAzZ]/.test(character)) return NOTHING;
    if (/[^A-Za-z0-9]/.test(character)) return exactly(character);
    if (character === "d") return { kind: "exact", texts: DIGITS };
    // The tab stands for all blanks but the space: they have the same sign.
    if (character === "s")
      return this.#knowledge.tricks === "unknown" ? ANYTHING : { kind: "exact", texts: [" ", "\t"] };
    const [whole = "", digits = "", wide = ""] =
      /^x(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,6})\})/.exec(this.#text.slice(this.#at - 1, this.#at + 9)) ??
      [];
    if (whole !== "") {
      this.#at += whole.length - 1;
      const point = Number.parseInt(digits === "" ? wide : digits, 16);
      return point < 0x80 ? exactly(String.fromCharCode(point)) : ANYTHING;
    }
    if (/[pP]/.test(character))
      this.#at += /^(?:\{\^?\w+\}|\w)/.exec(this.#text.slice(this.#at, this.#at + 40))?.[0].length ?? 0;
    else if (character === "Q") this.isUnderstood = false;
    const named: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", f: "\f", v: "\v" };
    return Object.hasOwn(named, character) ? exactly(named[character] ?? "") : ANYTHING;
  }
}

function isHexListed(members: readonly string[]): boolean {
  return [..."0123456789abcdef"].every((digit) => members.includes(digit));
}

/** What texts begin with that a part begins; null: nobody knows. */
function startsOf(part: Part): readonly string[] | null {
  return part.kind === "exact" ? helpful(part.texts) : part.starts;
}

function startsOfAll(branches: readonly Part[]): readonly string[] | null {
  const all = branches.map(startsOf);
  const known = all.flatMap((starts) => starts ?? []);
  return all.includes(null) ? null : helpful([...new Set(known)]);
}

/** Beginnings that say something: few enough, and none of them empty. */
function helpful(starts: readonly string[] | null): readonly string[] | null {
  return starts === null || starts.length > MOST_STARTS || starts.includes("") ? null : starts;
}

function joined(texts: readonly string[], next: readonly string[]): readonly string[] {
  return texts.flatMap((text) => next.map((other) => text + other));
}

function exactly(character: string): Part {
  return { kind: "exact", texts: [lower(character)] };
}

function lower(character: string): string {
  return character.toLowerCase();
}

/** All characters of a range; null: too many to list. */
function rangeOf(first: string, last: string): readonly string[] | null {
  const [from, to] = [first.charCodeAt(0), last.charCodeAt(0)];
  if (to - from > 40) return null;
  return Array.from({ length: to - from + 1 }, (_, index) => String.fromCharCode(from + index));
}
