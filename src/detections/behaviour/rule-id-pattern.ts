/** Names of rules with a star for any text. */

/** Whether the id is meant by the pattern: equal, or, with stars, all parts in order. Linear in both. */
export function matchesRuleId(pattern: string, id: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return pattern === id;
  const last = rest.pop() ?? "";
  if (!id.startsWith(first) || !id.endsWith(last) || id.length < first.length + last.length) return false;
  let position = first.length;
  for (const part of rest) {
    const found = id.indexOf(part, position);
    if (found === -1) return false;
    position = found + part.length;
  }
  return position <= id.length - last.length;
}
