/** The layout of a script: statements, pipelines, brackets, and the comments between them. */
import { findCommand } from "../query/commands.ts";
import type { Atom, KeptComment } from "./format-atoms.ts";
import {
  BLANK_LINE,
  groupLayout,
  HARD_LINE,
  indentLayout,
  type Layout,
  LINE,
  listLayout,
  SOFT_LINE,
  textLayout,
} from "./format-doc.ts";
import { hasBlank, isAtom, isSign, isWordOf } from "./format-spacing.ts";

/** The layout of all atoms; with `isWide` a blank stands between any two. */
export function layoutScript(atoms: readonly Atom[], isWide: boolean): Layout {
  return new LayoutBuilder(atoms, isWide).script();
}

const CLAUSES = new Set(["from", "where", "having", "limit"]);
const CLAUSES_WITH_BY = new Set(["group", "order"]);
const JOIN_KINDS = new Set(["inner", "left", "right", "full", "semi", "anti"]);
const JOIN = new Set(["join"]);
const JOIN_WORDS = new Set(["join", "outer"]);
const BY = new Set(["by"]);
const SELECT = new Set(["select"]);
const CASE = new Set(["case"]);
const BRANCHES = new Set(["when", "else", "end"]);
const END = new Set(["end"]);
const BETWEEN = new Set(["between"]);
const CONNECTIVES = new Set(["and", "or"]);
const AND = new Set(["and"]);

/** A place for a line break inside of a value: what follows stands further right. */
const INNER_LINE: Layout = indentLayout(LINE);

/** A part of a pipeline: what stands in front of the first pipe, or a pipe with its command. */
interface Segment {
  readonly isIndented: boolean;
  /** Comments, and the place for a line break. */
  readonly lead: readonly Layout[];
  readonly parts: Layout[];
  /** Comments behind it; they do not break it. */
  tail: readonly Layout[];
}

/** A layout, and the comments behind its last atom: they do not break it. */
interface Built {
  readonly layout: Layout;
  readonly tail: readonly Layout[];
}

class LayoutBuilder {
  readonly #atoms: readonly Atom[];
  readonly #isWide: boolean;
  #at = 0;
  /** The atom whose comments in front are written already. */
  #led: Atom | null = null;

  constructor(atoms: readonly Atom[], isWide: boolean) {
    this.#atoms = atoms;
    this.#isWide = isWide;
  }

  script(): Layout {
    const parts: Layout[] = [];
    for (;;) {
      const first = this.#peek();
      if (first === undefined || first.kind === "end") break;
      const isAfterBlank = first.before[0]?.isAfterBlank ?? first.isAfterBlank;
      const isStray = isAtom(first, ";") && first.before.length === 0;
      if (parts.length > 0 && !isStray) parts.push(isAfterBlank ? BLANK_LINE : HARD_LINE);
      parts.push(...this.#lead(first));
      if (!isAtom(first, ";")) {
        const { layout, tail } = this.#pipeline(true);
        parts.push(layout, ...tail);
      }
      const next = this.#peek();
      if (next === undefined || next.kind === "end") continue;
      if (!isAtom(next, ";")) parts.push(textLayout(" "));
      parts.push(...this.#take());
    }
    const end = this.#peek();
    if (end !== undefined) parts.push(...this.#comments(end));
    return listLayout(parts);
  }

  #peek(ahead = 0): Atom | undefined {
    return this.#atoms[this.#at + ahead];
  }

  /** The next atom with the comments around it. */
  #take(): readonly Layout[] {
    const atom = this.#peek();
    if (atom === undefined) return [];
    this.#at++;
    return [...this.#comments(atom), textLayout(atom.text), ...behind(atom)];
  }

  /** The comments in front of an atom that begins something, outside of its layout. */
  #lead(atom: Atom): readonly Layout[] {
    const comments = this.#comments(atom);
    this.#led = atom;
    return comments;
  }

  /** The comments in front of an atom. */
  #comments(atom: Atom): readonly Layout[] {
    if (atom === this.#led) return [];
    const { before } = atom;
    return before.flatMap(({ text, isAfterBlank }, index) => {
      const isLast = index === before.length - 1;
      const start = isAfterBlank && (index > 0 || atom.kind === "end") ? BLANK_LINE : HARD_LINE;
      return [start, textLayout(text), isLast && atom.isAfterBlank ? BLANK_LINE : HARD_LINE];
    });
  }

  /** Up to what closes or separates: a value, or a stream with its pipes. */
  #pipeline(isTop: boolean): Built {
    const isSelect =
      isWordOf(this.#peek(), SELECT) && !isAtom(this.#peek(1), ":") && !isAtom(this.#peek(1), "(");
    const isBound = isTop && isWordOf(this.#peek(2), SELECT) && isAtom(this.#peek(1), "=");
    const segments: Segment[] = [{ isIndented: false, lead: [], parts: [], tail: [] }];
    let state = START;
    let isBroken = false;
    let tail: readonly Layout[] = [];
    for (;;) {
      const atom = this.#peek();
      if (atom === undefined || endsElement(atom, isTop)) break;
      const { previous } = state;
      const isPipe = this.#isPipe(previous, isTop);
      const isClause = (isSelect || isBound) && this.#isClause(previous);
      let segment = segments.at(-1);
      if (isPipe || isClause) {
        isBroken ||= isTop && (atom.isOnNewLine || (isPipe && this.#peek(1)?.isOnNewLine === true));
        const edge = isAtom(atom, ".") && !this.#isWide ? SOFT_LINE : LINE;
        if (segment !== undefined) segment.tail = tail;
        segment = { isIndented: isPipe, lead: [...this.#lead(atom), edge], parts: [], tail: [] };
        segments.push(segment);
      } else if (segment !== undefined)
        segment.parts.push(...tail, ...this.#gap(state, atom, tail.length > 0));
      const built = this.#atomOrBracket(state);
      segment?.parts.push(built.layout);
      tail = built.tail;
      state = nextState(state, atom, this.#atoms[this.#at - 1] ?? atom);
    }
    return { layout: groupLayout(joinSegments(segments), isBroken), tail };
  }

  /** One atom, or brackets with all they hold. */
  #atomOrBracket({ previous, isBody }: ElementState): Built {
    const atom = this.#peek();
    if (atom === undefined) return { layout: listLayout([]), tail: [] };
    if (atom.kind === "symbol" && "([{".includes(atom.text)) return this.#bracket(previous, isBody);
    this.#at++;
    const comments = this.#comments(atom);
    const isOwnLine = atom.kind === "here" && !isAtom(this.#peek(), ";");
    const layout = listLayout([...comments, textLayout(atom.text), ...(isOwnLine ? [HARD_LINE] : [])]);
    return { layout, tail: behind(atom) };
  }

  #bracket(previous: Atom | null, isBody: boolean): Built {
    const open = this.#peek();
    if (open === undefined) return { layout: listLayout([]), tail: [] };
    const isIndex = open.text === "[" && previous?.endsValue === true;
    this.#at++;
    const first = this.#peek();
    const items: Layout[] = [];
    let count = 0;
    for (;;) {
      const atom = this.#peek();
      if (atom === undefined || atom.kind === "end" || isClosing(atom)) break;
      if (!isAtom(atom, ",") && !isAtom(atom, ";")) {
        const { layout, tail } = this.#pipeline(false);
        items.push(groupLayout(layout), ...tail);
        count++;
      } else {
        items.push(...this.#take());
        const next = this.#peek();
        if (next !== undefined && !isClosing(next)) items.push(LINE);
      }
    }
    const close = this.#peek();
    if (close === undefined || close.kind === "end") return { layout: listLayout(items), tail: [] };
    this.#at++;
    const inner = listLayout([...items, ...this.#comments(close)]);
    const isCommented = open.behind.length > 0 || close.before.length > 0;
    const isHugged =
      isIndex || (count === 1 && !isCommented && isOnlyBracket(first, this.#atoms[this.#at - 2]));
    const opening = [...this.#comments(open), textLayout(open.text), ...behind(open)];
    if (isHugged || items.length === 0) {
      return { layout: listLayout([...opening, inner, textLayout(close.text)]), tail: behind(close) };
    }
    const edge = isBody ? LINE : SOFT_LINE;
    const parts = [...opening, indentLayout(listLayout([edge, inner])), edge, textLayout(close.text)];
    return { layout: groupLayout(listLayout(parts), first?.isOnNewLine === true), tail: behind(close) };
  }

  /** What stands between the last atom and this one. */
  #gap(state: ElementState, atom: Atom, isBehindComment: boolean): readonly Layout[] {
    const { previous } = state;
    if (previous === null) return [];
    if (isAtom(atom, ",")) return [];
    if (isAtom(previous, ",")) return [INNER_LINE];
    if (isWordOf(atom, CONNECTIVES) && !(state.isBetween && isWordOf(atom, AND))) return [INNER_LINE];
    if (state.cases > 0 && isWordOf(atom, BRANCHES)) return [INNER_LINE];
    const isBlank = this.#isWide || isBehindComment || (hasBlank(previous, atom) && !state.isSigned);
    return isBlank ? [textLayout(" ")] : [];
  }

  #isPipe(previous: Atom | null, isTop: boolean): boolean {
    const atom = this.#peek();
    if (previous === null) return false;
    if (isAtom(atom, "."))
      return previous.endsValue && (previous.kind === "name" || previous.kind === "symbol");
    if (!isAtom(atom, "|")) return false;
    const next = this.#peek(1);
    if (isTop || next?.text.startsWith("@@") === true) return true;
    return next?.kind === "word" && isAtom(this.#peek(2), "(") && findCommand(next.text)?.takesRows === true;
  }

  /** Whether a clause of a SELECT statement begins here. */
  #isClause(previous: Atom | null): boolean {
    const [atom, next] = [this.#peek(), this.#peek(1)];
    if (previous === null || isAtom(previous, ".")) return false;
    if (isWordOf(atom, CLAUSES_WITH_BY)) return isWordOf(next, BY);
    if (isWordOf(atom, JOIN_KINDS)) return isWordOf(next, JOIN_WORDS);
    if (isWordOf(atom, JOIN)) return !isWordOf(previous, JOIN_KINDS) && !isWordOf(previous, JOIN_WORDS);
    return (
      isWordOf(atom, CLAUSES) && (previous.kind !== "symbol" || previous.endsValue || isAtom(previous, "*"))
    );
  }
}

/** What is known of an element while its atoms are read. */
interface ElementState {
  readonly previous: Atom | null;
  /** The last atom is a sign in front of a value. */
  readonly isSigned: boolean;
  readonly isBetween: boolean;
  /** How many CASE are open. */
  readonly cases: number;
  /** A `{` here begins the body of a function: the element is `$f(…)` so far. */
  readonly isBody: boolean;
}

const START: ElementState = { previous: null, isSigned: false, isBetween: false, cases: 0, isBody: false };

/** `last` is the last atom taken: the closing bracket when `atom` opened one. */
function nextState(state: ElementState, atom: Atom, last: Atom): ElementState {
  const { previous, cases } = state;
  const isName = previous?.kind === "name" && previous.text.startsWith("$");
  return {
    previous: last,
    isSigned: isSign(previous, atom),
    isBetween: isWordOf(atom, BETWEEN) || (state.isBetween && !isWordOf(atom, AND)),
    cases: cases + (isWordOf(atom, CASE) ? 1 : 0) - (isWordOf(atom, END) && cases > 0 ? 1 : 0),
    isBody: isName && isAtom(atom, "("),
  };
}

/** Comments behind an atom, on its line. */
function behind({ behind: comments }: Atom): readonly Layout[] {
  return comments.flatMap(({ text, isLine }: KeptComment) => [
    textLayout(` ${text}`),
    ...(isLine ? [HARD_LINE] : []),
  ]);
}

function joinSegments(segments: readonly Segment[]): Layout {
  const parts = segments.map(({ isIndented, lead, parts: own, tail }) => {
    const whole = listLayout([...lead, groupLayout(listLayout(own)), ...tail]);
    return isIndented ? indentLayout(whole) : whole;
  });
  return listLayout(parts);
}

function endsElement(atom: Atom, isTop: boolean): boolean {
  if (atom.kind === "end" || isAtom(atom, ";")) return true;
  return !isTop && (isAtom(atom, ",") || isClosing(atom));
}

function isClosing(atom: Atom): boolean {
  return isAtom(atom, ")") || isAtom(atom, "]") || isAtom(atom, "}");
}

/** Whether a list's only element is in brackets itself. */
function isOnlyBracket(first: Atom | undefined, last: Atom | undefined): boolean {
  if (first === undefined || last === undefined || first.before.length > 0 || last.behind.length > 0)
    return false;
  return (isAtom(first, "[") || isAtom(first, "{")) && isClosing(last) && !isAtom(last, ")");
}
