/** Text as the bytes of a charset: the platform only decodes, so its tables are read backwards. */

type Encode = (text: string) => readonly number[] | null;

/** Encodes text in a charset; null where the charset does not have a character. Cost: up to some 20 ms for charsets of two bytes. */
export function encoderOf(charset: string): Encode {
  if (charset === "utf-8") return (text) => [...new TextEncoder().encode(text)];
  if (charset.startsWith("utf-16")) return (text) => utf16Of(text, charset === "utf-16be");
  const single = charactersOf(charset, singleBytes());
  let double: ReadonlyMap<string, readonly number[]> | null = null;
  return (text) => {
    const bytes: number[] = [];
    for (const character of text) {
      let found = single.get(character);
      if (found === undefined) {
        double ??= charactersOf(charset, pairsOfBytes());
        found = double.get(character);
      }
      if (found === undefined) return null;
      bytes.push(...found);
    }
    return bytes;
  };
}

function utf16Of(text: string, isBigEndian: boolean): readonly number[] {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index)).flatMap((unit) =>
    isBigEndian ? [unit >> 8, unit & 0xff] : [unit & 0xff, unit >> 8],
  );
}

function* singleBytes(): Generator<readonly number[]> {
  for (let byte = 0; byte < 256; byte++) yield [byte];
}

function* pairsOfBytes(): Generator<readonly number[]> {
  for (let lead = 0x81; lead < 0xff; lead++)
    for (let trail = 0x40; trail < 0xff; trail++) yield [lead, trail];
}

function charactersOf(
  charset: string,
  sequences: Iterable<readonly number[]>,
): ReadonlyMap<string, readonly number[]> {
  const decoder = new TextDecoder(charset);
  const characters = new Map<string, readonly number[]>();
  for (const bytes of sequences) {
    const text = decoder.decode(Uint8Array.from(bytes));
    const isOne = [...text].length === 1 && text !== "\ufffd";
    if (isOne && !characters.has(text)) characters.set(text, bytes);
  }
  return characters;
}
