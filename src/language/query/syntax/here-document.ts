/** Finds where a here-document ends. */

/** Where the text of a here-document stands and where reading goes on. */
export interface HereDocument {
  readonly contentStart: number;
  readonly contentEnd: number;
  readonly next: number;
  readonly isClosed: boolean;
}

/**
 * The here-document whose opening line (`<<<NAME`) ends at `lineEnd`. It is closed by `NAME` or `NAME;` alone on a line; the `;`
 * stays to be read. When nothing closes it, or another declaration of a here-document comes first, it ends where the next
 * declaration or comment starts at the beginning of a line, behind an empty line, or at the end of the text.
 */
export function findHereDocument(text: string, lineEnd: number, name: string): HereDocument {
  const contentStart = Math.min(text.length, lineEnd + 1);
  let recovery = -1;
  let isAfterEmptyLine = false;
  for (let start = contentStart; start < text.length; ) {
    const feed = text.indexOf("\n", start);
    const end = feed < 0 ? text.length : feed;
    const line = text.slice(start, end);
    const trimmed = line.trim();
    if (trimmed === name || trimmed === `${name};`) {
      const next = start + line.indexOf(name) + name.length;
      return { contentStart, contentEnd: Math.max(contentStart, start - 1), next, isClosed: true };
    }
    if (recovery < 0 && isAfterEmptyLine && /^([$@][\w@]|\/\/|\/\*)/.test(line)) recovery = start;
    if (/^\s*\$\w+\s*=\s*<<</.test(line)) break;
    if (trimmed !== "") isAfterEmptyLine = false;
    else isAfterEmptyLine = true;
    start = end + 1;
  }
  const end = recovery < 0 ? text.length : recovery;
  return { contentStart, contentEnd: end, next: end, isClosed: false };
}
