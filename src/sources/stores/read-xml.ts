/** What stores answer in XML: elements and their text, read strictly, for answers of a bounded size. */

/** An element. Of the name what stands behind a colon. */
export interface XmlElement {
  readonly name: string;
  /** As they are written. */
  readonly attributes: string;
  /** What stands in it outside of other elements. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

interface OpenElement {
  readonly name: string;
  readonly attributes: string;
  text: string;
  readonly children: OpenElement[];
}

const DEEPEST = 32;
const TAG = /^(?:[\w.-]+:)?([A-Za-z_][\w.-]*)(\s[^<]*)?$/;
const ENTITY = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9a-f]{1,6}));/gi;
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/**
 * The outermost element of a document; null when the text is none. A document type is refused, and with it every entity that it could
 * declare. Cost: linear.
 */
export function readXml(text: string): XmlElement | null {
  const top: OpenElement = { name: "", attributes: "", text: "", children: [] };
  const open: OpenElement[] = [top];
  for (let at = text.startsWith("\uFEFF") ? 1 : 0; at < text.length; ) {
    const start = text.indexOf("<", at);
    const between = undone(text.slice(at, start < 0 ? text.length : start));
    const inside = open.at(-1);
    if (between === null || inside === undefined) return null;
    inside.text += between;
    if (start < 0) break;
    const end = endOfMarkup(text, start);
    if (end === null) return null;
    if (text.startsWith("<![CDATA[", start)) inside.text += text.slice(start + 9, end - 3);
    else if (!/^<[?!]/.test(text.slice(start, start + 2)) && !takeTag(text.slice(start + 1, end - 1), open))
      return null;
    at = end;
  }
  const [first, second] = top.children;
  return open.length === 1 && second === undefined && top.text.trim() === "" ? (first ?? null) : null;
}

/** Behind a tag, a comment, an instruction or a text as it stands; null where it has no end, or is something else. */
function endOfMarkup(text: string, start: number): number | null {
  const close = text.startsWith("<!--", start)
    ? "-->"
    : text.startsWith("<![CDATA[", start)
      ? "]]>"
      : text.startsWith("<?", start)
        ? "?>"
        : text.startsWith("<!", start)
          ? null
          : ">";
  const at = close === null ? -1 : text.indexOf(close, start);
  return close === null || at < 0 ? null : at + close.length;
}

/** Opens or closes an element; false when it fits nowhere. */
function takeTag(tag: string, open: OpenElement[]): boolean {
  if (tag.startsWith("/")) {
    const name = TAG.exec(tag.slice(1))?.[1];
    return open.length > 1 && open.pop()?.name === name;
  }
  const isEmpty = tag.endsWith("/");
  const [, name, attributes = ""] = TAG.exec(isEmpty ? tag.slice(0, -1) : tag) ?? [];
  if (name === undefined || open.length > DEEPEST) return false;
  const element: OpenElement = { name, attributes, text: "", children: [] };
  open.at(-1)?.children.push(element);
  if (!isEmpty) open.push(element);
  return true;
}

/** The text with its entities undone; null when it holds an unknown one. */
function undone(text: string): string | null {
  if (!text.includes("&")) return text;
  let isKnown = true;
  const rest = text.replace(ENTITY, "");
  if (rest.includes("&")) return null;
  const plain = text.replace(ENTITY, (_whole, name?: string, decimal?: string, hex?: string) => {
    if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? "";
    const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
    if (code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)) return String.fromCodePoint(code);
    isKnown = false;
    return "";
  });
  return isKnown ? plain : null;
}

/** The elements of a name directly in another. */
export function childrenOf(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

/** The first element of a name directly in another; null without one. */
export function childIn(element: XmlElement, name: string): XmlElement | null {
  return element.children.find((child) => child.name === name) ?? null;
}

/** The text of the first element of a name directly in another; null without one. */
export function textIn(element: XmlElement, name: string): string | null {
  return childIn(element, name)?.text ?? null;
}
