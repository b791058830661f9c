/** Network addresses as text. */

const MAPPED_PREFIX = 0xffffn;

/** An address of 128 bits: IPv4 with dots when it is mapped, else by RFC 5952. */
export function printAddress(bits: bigint): string {
  const address = BigInt.asUintN(128, bits);
  if (address >> 32n === MAPPED_PREFIX) return printIpv4(Number(address & 0xffffffffn));
  const groups: number[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(Number((address >> shift) & 0xffffn));
  return printIpv6(groups);
}

/** A hardware address of 48 bits: six pairs of lower-case hex digits with colons. */
export function printMac(bits: bigint): string {
  const digits = BigInt.asUintN(48, bits).toString(16).padStart(12, "0");
  return (digits.match(/../g) ?? []).join(":");
}

function printIpv4(bits: number): string {
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join(".");
}

/** See RFC 5952, section 4: the longest run of two or more zero groups becomes `::`, the first of equal ones. */
function printIpv6(groups: readonly number[]): string {
  let [longestStart, longest] = [0, 1];
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > longest) [longestStart, longest] = [start, length];
  }
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(":");
  if (longest === 1) return text(groups);
  return `${text(groups.slice(0, longestStart))}::${text(groups.slice(longestStart + longest))}`;
}
