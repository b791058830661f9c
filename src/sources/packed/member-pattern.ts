/** Chooses members of archives by their names. */
import { matchName, parsePathPattern, type Segment } from "../path-pattern.ts";

/**
 * Which names a pattern fits. `*` is any text inside a name; stars alone between slashes are up to that many directories. A pattern
 * without a slash is for the last part of a name, in any directory. A name that is written like the pattern always fits. Backslashes in
 * names count as slashes.
 *
 * Cost per name: its parts × the parts of the pattern.
 */
export function memberMatcher(pattern: string): (name: string) => boolean {
  const written = pattern.replace(/^\/+/, "");
  // Why in front: so that even a pattern without wildcards is taken apart.
  const segments = parsePathPattern(`*/${written}`).segments.slice(1);
  const isForLastPart = !written.includes("/");
  return (name) => {
    if (name === pattern) return true;
    const parts = name.split(/[\\/]/).filter((part) => part !== "");
    return fits(segments, isForLastPart ? parts.slice(-1) : parts);
  };
}

/** Follows all readings of the pattern at once: `places` has, for each that is left, its segment and the directories it may still take. */
function fits(segments: readonly Segment[], parts: readonly string[]): boolean {
  let places = new Map<number, number>();
  reach(places, segments, 0);
  for (const part of parts) {
    const next = new Map<number, number>();
    for (const [at, levelsLeft] of places) {
      const segment = segments[at];
      if (segment === undefined) continue;
      if (segment.kind === "levels") {
        if (levelsLeft === 0) continue;
        next.set(at, Math.max(next.get(at) ?? 0, levelsLeft - 1));
        reach(next, segments, at + 1);
      } else if (isFor(segment, part)) reach(next, segments, at + 1);
    }
    places = next;
  }
  return places.has(segments.length);
}

/** Adds a place, and those behind it, as levels may stand for nothing. */
function reach(places: Map<number, number>, segments: readonly Segment[], from: number): void {
  for (let at = from; at <= segments.length; at++) {
    const segment = segments[at];
    const levels = segment?.kind === "levels" ? segment.count : 0;
    places.set(at, Math.max(places.get(at) ?? 0, levels));
    if (segment?.kind !== "levels") return;
  }
}

function isFor(segment: Segment, part: string): boolean {
  return segment.kind === "name" ? matchName(segment.tokens, part, {}) !== null : segment.written === part;
}
