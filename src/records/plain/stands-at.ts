/** Texts at places. */

/** Whether a text stands at a place; `ignoresCase`: ASCII letters in any case. */
export function standsAt(
  bytes: Uint8Array,
  at: number,
  text: readonly number[],
  ignoresCase: boolean,
): boolean {
  return equalBytes(bytes, at, text, ignoresCase) === text.length;
}

/** How many bytes of a text stand at a place, until one differs. */
export function equalBytes(
  bytes: Uint8Array,
  at: number,
  text: readonly number[],
  ignoresCase: boolean,
): number {
  for (let index = 0; index < text.length; index++) {
    const [wanted, found] = [text[index] ?? 0, bytes[at + index] ?? -1];
    if (wanted === found) continue;
    if (!ignoresCase || lowerCase(wanted) !== lowerCase(found)) return index;
  }
  return text.length;
}

function lowerCase(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}
