/** Texts that every match of a regular expression holds. Source: what code search engines do to find candidates; here for RE2's syntax. */

/**
 * Texts of which every match holds at least one, in lower case. Null: nothing can be said. An expression that is not understood says nothing,
 * so that the answer is always on the safe side.
 */
export type RequiredTexts = readonly string[] | null;

/** The texts of an expression. */
export function textsOfExpression(expression: string): RequiredTexts {
  const reader = new ExpressionReader(expression);
  const texts = reader.read();
  return reader.isUnderstood ? texts : null;
}

/** More texts than these are no help. */
const MOST_TEXTS = 200;
const MOST_CLASS_TEXTS = 4;
const DEEPEST_NESTING = 100;

/** What a part of an expression is: exactly one of some texts, or something that holds one of some texts. */
type Part =
  | { readonly kind: "exact"; readonly texts: readonly string[] }
  | { readonly kind: "holds"; readonly texts: RequiredTexts };

const ANYTHING: Part = { kind: "holds", texts: null };
const NOTHING: Part = { kind: "exact", texts: [""] };

/** Of two sets of texts the one that lets through less. */
export function betterTexts(first: RequiredTexts, second: RequiredTexts): RequiredTexts {
  if (first === null) return second;
  if (second === null) return first;
  return valueOfTexts(first) >= valueOfTexts(second) ? first : second;
}

/** How much a set tells: its shortest text counts, and that there are few of them. */
function valueOfTexts(texts: readonly string[]): number {
  const shortest = Math.min(...texts.map((text) => text.length));
  return Math.min(shortest, 8) * 10 - Math.log2(texts.length + 1);
}

class ExpressionReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  isUnderstood = true;

  constructor(text: string) {
    this.#text = text;
  }

  read(): RequiredTexts {
    const part = this.#alternatives();
    if (this.#at < this.#text.length) this.isUnderstood = false;
    return textsOfPart(part);
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
    if (branches.every((branch) => branch.kind === "exact")) {
      const texts = [...new Set(branches.flatMap((branch) => branch.texts ?? []))];
      if (texts.length <= MOST_TEXTS) return { kind: "exact", texts };
    }
    const all = branches.map(textsOfPart);
    if (all.some((texts) => texts === null)) return ANYTHING;
    const texts = [...new Set(all.flatMap((one) => one ?? []))];
    return { kind: "holds", texts: texts.length <= MOST_TEXTS ? texts : null };
  }

  #sequence(): Part {
    /** The run of exact parts that is growing, and the best that was seen. */
    let run: readonly string[] = [""];
    let best: RequiredTexts = null;
    let isExact = true;
    const close = () => {
      best = betterTexts(best, usefulTexts(run));
      run = [""];
    };
    while (this.#at < this.#text.length && this.#peek() !== "|" && this.#peek() !== ")") {
      const part = this.#repeated(this.#atom());
      if (part.kind === "exact" && run.length * part.texts.length <= MOST_TEXTS) {
        run = run.flatMap((text) => part.texts.map((next) => text + next));
        continue;
      }
      isExact = false;
      close();
      if (part.kind === "exact") run = part.texts;
      else best = betterTexts(best, part.texts);
    }
    if (isExact) return { kind: "exact", texts: run };
    close();
    return { kind: "holds", texts: best };
  }

  #repeated(part: Part): Part {
    let current = part;
    for (;;) {
      const mark = this.#peek();
      if (mark === "?" || mark === "*") {
        this.#at++;
        current = ANYTHING;
      } else if (mark === "+") {
        this.#at++;
        current = { kind: "holds", texts: textsOfPart(current) };
      } else if (mark === "{") {
        const [whole = "", least = ""] =
          /^\{(\d+)(?:,\d*)?\}/.exec(this.#text.slice(this.#at, this.#at + 24)) ?? [];
        if (whole === "") return current;
        this.#at += whole.length;
        current =
          least === "0" || Number(least) === 0 ? ANYTHING : { kind: "holds", texts: textsOfPart(current) };
      } else return current;
    }
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

  /** A class of a few characters is one of them; others are anything. */
  #class(): Part {
    const start = this.#at;
    if (this.#peek() === "^") this.#at++;
    if (this.#peek() === "]") this.#at++;
    while (this.#at < this.#text.length && this.#peek() !== "]") {
      if (this.#text.startsWith("[:", this.#at)) {
        const end = this.#text.indexOf(":]", this.#at);
        this.#at = end < 0 ? this.#text.length : end + 2;
      } else this.#at += this.#peek() === "\\" ? 2 : 1;
    }
    const inside = this.#text.slice(start, this.#at);
    this.#at++;
    const isPlain = inside !== "" && /^[A-Za-z0-9_.,;:!@=<>~ /]+$/.test(inside) && !inside.includes("-");
    const texts = [...new Set(inside.toLowerCase())];
    return isPlain && texts.length <= MOST_CLASS_TEXTS ? { kind: "exact", texts } : ANYTHING;
  }

  #escape(): Part {
    const character = this.#peek();
    this.#at++;
    if (/[bBAzZ]/.test(character)) return NOTHING;
    if (/[^A-Za-z0-9]/.test(character)) return exactly(character);
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

function exactly(character: string): Part {
  return { kind: "exact", texts: [character.toLowerCase()] };
}

function usefulTexts(texts: readonly string[]): RequiredTexts {
  return texts.length === 0 || texts.some((text) => text === "") ? null : texts;
}

function textsOfPart(part: Part): RequiredTexts {
  return part.kind === "exact" ? usefulTexts(part.texts) : part.texts;
}
