/** IPv4 addresses as numbers. */

/** The bits of an address as it is usually written, without leading zeros; null: it is none. */
export function ipv4Bits(text: string): number | null {
  if (text.length > 15 || !/^[1-9]?\d{0,2}(?:\.\d{1,3}){3}$/.test(text)) return null;
  const bits = text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  // Parts above 255 and leading zeros are written otherwise again.
  return ipv4Text(bits) === text ? bits : null;
}

/** An address as it is written. */
export function ipv4Text(bits: number): string {
  return `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`;
}
