/** The same request in the disguises that attackers use, derived from an example. */

/** A way to write a request differently. */
interface Evasion {
  readonly name: string;
  /** The target in the disguise; the same text when there is nothing to disguise. */
  readonly disguise: (target: string) => string;
  /** Whether it means anything for a request. */
  readonly isMeant: (target: string) => boolean;
}

const always = () => true;

/** SQL that has blanks to write as comments. */
const SQL = /\b(?:select|union|or|and|where|from|sleep|waitfor|exec|order|group)\b/i;

const EVASIONS: readonly Evasion[] = [
  { name: "case", disguise: inPath(mixedCase), isMeant: always },
  { name: "percent", disguise: inParts((text) => encoded(decoded(text))), isMeant: always },
  { name: "double percent", disguise: inParts((text) => encoded(encoded(decoded(text)))), isMeant: always },
  { name: "letters", disguise: inParts((text) => lettersEncoded(decoded(text))), isMeant: always },
  {
    name: "comments",
    disguise: inParts((text) => text.replace(/\+|%20| /g, "/**/")),
    isMeant: (target) => SQL.test(target),
  },
  {
    name: "tabs",
    disguise: inParts((text) => text.replace(/\+|%20| /g, "%09")),
    isMeant: (target) => SQL.test(target),
  },
  {
    name: "path",
    disguise: (target) => target.replace(/\/(?=[\w.])/g, "/./"),
    isMeant: (target) => /\/\w[^?]*\//.test(target) && !target.includes("://"),
  },
  {
    name: "slashes",
    disguise: (target) => target.replace(/\/(?=[\w.])/g, "//"),
    isMeant: (target) => /\/\w[^?]*\//.test(target) && !target.includes("://"),
  },
];

/** A disguise of a request line. */
export interface DisguisedRequest {
  readonly evasion: string;
  readonly request: string;
}

/** All disguises of a request line that differ from it. */
export function disguisesOf(request: string): readonly DisguisedRequest[] {
  const [, method = "", target = ""] = /^([A-Za-z-]{1,30} )?([\s\S]*)$/.exec(request) ?? [];
  return EVASIONS.filter(({ isMeant }) => isMeant(target)).flatMap(({ name, disguise }) => {
    const disguised = disguise(target);
    return disguised === target ? [] : [{ evasion: name, request: method + disguised }];
  });
}

function mixedCase(text: string): string {
  // Escapes keep their letters: %3C is no %3c for everybody.
  return text.replace(/%[0-9a-f]{2}|[a-z]/gi, (match, offset: number) => {
    if (match.length > 1) return match;
    return offset % 2 === 0 ? match.toUpperCase() : match.toLowerCase();
  });
}

function inPath(change: (text: string) => string): (target: string) => string {
  return (target) => change(target);
}

/** Changes segments of the path and values of the query; what separates them stays. */
function inParts(change: (text: string) => string): (target: string) => string {
  return (target) => {
    const mark = target.indexOf("?");
    const path = mark < 0 ? target : target.slice(0, mark);
    const query = mark < 0 ? "" : target.slice(mark);
    const changed = query.replace(
      /([?&][^=&]*=)([^&]*)/g,
      (_, name: string, value: string) => name + change(value),
    );
    // A target without a query hides its path.
    return query === "" ? path.replace(/[^/]+/g, change) : path + changed;
  };
}

function decoded(text: string): string {
  const blanks = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(blanks);
  } catch {
    return blanks;
  }
}

function encoded(text: string): string {
  return text.replace(/[^\w.~-]/gu, (character) => bytesOf(character));
}

function lettersEncoded(text: string): string {
  return text.replace(/[\s\S]/gu, (character) => bytesOf(character));
}

function bytesOf(character: string): string {
  return [...new TextEncoder().encode(character)]
    .map((byte) => `%${byte.toString(16).padStart(2, "0").toUpperCase()}`)
    .join("");
}
