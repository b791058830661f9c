/** Names in a page that a web server makes of a directory. */

/** Elements longer than this are none of an index page. */
const LONGEST_TAG = 8192;
const HREF = /\shref\s?=\s?(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i;
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** A name as it stands in an address (`a%20b.log`). */
export interface IndexEntry {
  readonly name: string;
  readonly kind: "file" | "directory";
}

/**
 * The names that a page of HTML links to directly below its own address, which ends with a slash; each once. Links that lead elsewhere
 * (upwards, deeper, to other hosts, to itself in another order) are left out. One pass over the text.
 */
export function readIndexPage(html: string, pageUrl: string): readonly IndexEntry[] {
  const page = new URL(pageUrl);
  const found = new Map<string, IndexEntry>();
  for (const href of hrefsOf(html)) {
    const entry = entryOf(href, page);
    if (entry !== null) found.set(entry.name, entry);
  }
  return [...found.values()];
}

/** Whether a page says by its title that it is an index: one without names is an empty directory then. */
export function isIndexPage(html: string): boolean {
  return /<title>\s?(index of|directory listing)\b/i.test(html);
}

function* hrefsOf(html: string): Generator<string, void, undefined> {
  const anchor = /<a(?=\s)/gi;
  for (let match = anchor.exec(html); match !== null; match = anchor.exec(html)) {
    const end = html.indexOf(">", match.index);
    if (end < 0) return;
    if (end - match.index <= LONGEST_TAG) {
      const [, double, single, bare] = HREF.exec(html.slice(match.index, end)) ?? [];
      const href = double ?? single ?? bare;
      if (href !== undefined) yield withoutEntities(href);
    }
    anchor.lastIndex = end + 1;
  }
}

function withoutEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,4}));/gi, (whole, decimal, hex, name) => {
    const code = decimal === undefined ? Number.parseInt(hex ?? "x", 16) : Number(decimal);
    if (code <= 0x10ffff) return String.fromCodePoint(code);
    return Object.hasOwn(ENTITIES, String(name)) ? (ENTITIES[String(name)] ?? whole) : whole;
  });
}

function entryOf(href: string, page: URL): IndexEntry | null {
  if (!URL.canParse(href, page.href)) return null;
  const target = new URL(href, page);
  const isHere = target.origin === page.origin && target.pathname.startsWith(page.pathname);
  if (!isHere || target.username !== "" || target.search !== "" || target.hash !== "") return null;
  const rest = target.pathname.slice(page.pathname.length);
  const name = rest.replace(/\/$/, "");
  if (name === "" || name.includes("/")) return null;
  return { name, kind: rest === name ? "file" : "directory" };
}
