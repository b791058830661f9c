/** How text looks on a terminal: how wide it is, and what stands for characters that would steer the terminal. */

/** Code points that take two cells and that `\p{Emoji_Presentation}` does not name, as inclusive ranges. See Unicode UAX #11. */
const WIDE_RANGES: readonly (readonly [first: number, last: number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x17000, 0x18cff],
  [0x1b000, 0x1b2ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

const PLAIN = /^[\x20-\x7e]*$/;
const TAKES_NO_CELL = /^[\p{Mn}\p{Me}\p{Cf}\u{1160}-\u{11ff}]$/u;
const EMOJI = /^\p{Emoji_Presentation}$/u;

/** Controls (C0, DEL, C1), line and paragraph separators, and what turns the direction of writing around. */
const STEERS_TERMINAL = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu;
const SHORT_ESCAPES: Readonly<Record<string, string>> = { "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/** How many cells of a terminal the text takes. Control characters count as one. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** The longest start of the text that takes at most `width` cells. */
export function startOfWidth(text: string, width: number): string {
  if (PLAIN.test(text)) return text.slice(0, width);
  let taken = 0;
  let length = 0;
  for (const character of text) {
    taken += characterWidth(character);
    if (taken > width) break;
    length += character.length;
  }
  return text.slice(0, length);
}

/** The text with every character that could steer a terminal written out: `\n`, `\x1B`, `\u202E`. */
export function visibleText(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(STEERS_TERMINAL, (character) => SHORT_ESCAPES[character] ?? escapeOf(character));
}

/** As `visibleText`, with one mark of one cell for each such character and a blank for a tab: columns stay where they are. */
export function markedText(text: string): string {
  return text.replaceAll("\t", " ").replace(STEERS_TERMINAL, "·");
}

function escapeOf(character: string): string {
  const code = character.charCodeAt(0);
  const digits = code.toString(16).toUpperCase();
  return code < 0x100 ? `\\x${digits.padStart(2, "0")}` : `\\u${digits.padStart(4, "0")}`;
}

function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return code === 0xad ? 0 : 1;
  if (TAKES_NO_CELL.test(character)) return 0;
  if (code < 0x1100) return 1;
  return WIDE_RANGES.some(([first, last]) => code >= first && code <= last) || EMOJI.test(character) ? 2 : 1;
}
