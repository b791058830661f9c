/** Layouts: text that can be broken into lines in some places, and how it is written within a width. */

/** A layout. `width` is that of its one-line form; `isForced`: it has no such form. */
export type Layout = TextLayout | LineLayout | ListLayout | IndentLayout | GroupLayout;

interface LayoutBase {
  readonly width: number;
  readonly isForced: boolean;
}
interface TextLayout extends LayoutBase {
  readonly kind: "text";
  readonly text: string;
}
/** A place for a line break; `flat` stands there in one line. `blank`: with an empty line. */
interface LineLayout extends LayoutBase {
  readonly kind: "line";
  readonly flat: string;
  readonly isBlank: boolean;
}
interface ListLayout extends LayoutBase {
  readonly kind: "list";
  readonly parts: readonly Layout[];
}
interface IndentLayout extends LayoutBase {
  readonly kind: "indent";
  readonly inner: Layout;
}
/** All places for line breaks directly inside of it are used, or none. */
interface GroupLayout extends LayoutBase {
  readonly kind: "group";
  readonly inner: Layout;
}

/** Text as it stands; with line feeds in it nothing around it fits into a line. */
export function textLayout(text: string): Layout {
  return { kind: "text", text, width: text.length, isForced: text.includes("\n") };
}

/** A blank, or a line break. */
export const LINE: Layout = { kind: "line", flat: " ", isBlank: false, width: 1, isForced: false };

/** Nothing, or a line break. */
export const SOFT_LINE: Layout = { kind: "line", flat: "", isBlank: false, width: 0, isForced: false };

/** A line break. */
export const HARD_LINE: Layout = { kind: "line", flat: "", isBlank: false, width: 0, isForced: true };

/** A line break and an empty line. */
export const BLANK_LINE: Layout = { kind: "line", flat: "", isBlank: true, width: 0, isForced: true };

/** Layouts one behind the other. */
export function listLayout(parts: readonly Layout[]): Layout {
  const width = parts.reduce((sum, part) => sum + part.width, 0);
  return { kind: "list", parts, width, isForced: parts.some((part) => part.isForced) };
}

/** Lines inside start further right. */
export function indentLayout(inner: Layout): Layout {
  return { kind: "indent", inner, width: inner.width, isForced: inner.isForced };
}

/** In one line if it fits, unless `isBroken`. */
export function groupLayout(inner: Layout, isBroken = false): Layout {
  return { kind: "group", inner, width: inner.width, isForced: inner.isForced || isBroken };
}

const INDENT = "  ";

/** The text of a layout, with `feed` for line breaks. Neighbouring line breaks count once. */
export function renderLayout(layout: Layout, widest: number, feed: string): string {
  const writer = new Writer(widest, feed);
  writer.write(layout, 0, false);
  return writer.finish();
}

class Writer {
  readonly #widest: number;
  readonly #feed: string;
  readonly #parts: string[] = [];
  #column = 0;
  /** A line break that is due, with the indentation behind it; null: none. */
  #due: number | null = null;
  #isBlankDue = false;

  constructor(widest: number, feed: string) {
    this.#widest = widest;
    this.#feed = feed;
  }

  finish(): string {
    return this.#parts.join("");
  }

  write(layout: Layout, depth: number, isFlat: boolean): void {
    switch (layout.kind) {
      case "text":
        this.#text(layout.text);
        return;
      case "line":
        if (isFlat && !layout.isForced) this.#text(layout.flat);
        else this.#break(depth, layout.isBlank);
        return;
      case "list":
        for (const part of layout.parts) this.write(part, depth, isFlat);
        return;
      case "indent":
        this.write(layout.inner, depth + 1, isFlat);
        return;
      case "group": {
        const column = this.#due === null ? this.#column : this.#due * INDENT.length;
        const fits = !layout.isForced && column + layout.width < this.#widest;
        this.write(layout.inner, depth, isFlat || fits);
      }
    }
  }

  #break(depth: number, isBlank: boolean): void {
    if (this.#parts.length === 0) return;
    this.#due = depth;
    this.#isBlankDue ||= isBlank;
  }

  #text(text: string): void {
    if (text === "" || (this.#due !== null && text === " ")) return;
    if (this.#due !== null) {
      const indent = INDENT.repeat(this.#due);
      this.#parts.push(this.#isBlankDue ? this.#feed.repeat(2) : this.#feed, indent);
      this.#column = indent.length;
      this.#due = null;
      this.#isBlankDue = false;
    }
    this.#parts.push(text);
    const feed = text.lastIndexOf("\n");
    this.#column = feed < 0 ? this.#column + text.length : text.length - feed - 1;
  }
}
