/** Ids that are the same in every run: name-based UUIDs, RFC 9562 section 5.5. */
import { createHash } from "node:crypto";

/** The name space of everything that is made here. */
const NAME_SPACE = Buffer.from("5b8f2d3c9a414e0cb7d0c1f4a6e83271", "hex");

/** The UUID (version 5) of a list of texts; other cuts of the same characters give other ids. */
export function stableId(parts: readonly string[]): string {
  const name = JSON.stringify(parts);
  const hash = createHash("sha1").update(NAME_SPACE).update(name, "utf8").digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** The id of a finding: what it is about and when it began. */
export function findingId(
  ruleId: string,
  key: Readonly<Record<string, string>>,
  firstTimeMs: number | null,
): string {
  const names = Object.keys(key).sort();
  return stableId(["finding", ruleId, ...names.flatMap((name) => [name, key[name] ?? ""]), `${firstTimeMs}`]);
}
