/** Messages of several kinds: texts that share most of their words are one kind, with what differs as fields. */
import { type CellText, cellsOf, countsOf } from "./parts.ts";
import { fieldOf, joined, type Sketch } from "./sketch.ts";
import { tokensOf } from "./tokens.ts";

/** Kinds of messages at most; all others are one field. */
const MOST_KINDS = 12;
/** A kind has so many messages, */
const LEAST_MESSAGES = 3;
/** and such a share of all. */
const LEAST_SHARE = 0.01;
/** When kinds cover less than this, they are not worth their place. */
const LEAST_COVERED = 0.4;
/** Messages belong together when they share this much of their cells, */
const LEAST_LIKENESS = 0.6;
/** or this much when they begin with different words. */
const LEAST_LIKENESS_OF_KINDS = 0.85;
/** Different shapes that are compared with each other. */
const MOST_SHAPES = 200;
/** Shapes that are remembered. */
const MOST_REMEMBERED = 5000;

interface Cluster {
  /** Cells with values masked; null where they differ. */
  shape: (string | null)[];
  readonly texts: string[];
}

/** Learns the texts of one kind. */
export type LearnKind = (texts: readonly string[]) => readonly Sketch[] | null;

/** Alternatives of messages, with a last one for all others; null when messages have nothing in common. */
export function learnMessages(texts: readonly string[], learnKind: LearnKind): readonly Sketch[] | null {
  const clusters = clustersOf(texts);
  const least = Math.max(texts.length < 50 ? 2 : LEAST_MESSAGES, LEAST_SHARE * texts.length);
  const kinds = clusters
    .filter((cluster) => cluster.texts.length >= least && isKind(cluster))
    .slice(0, MOST_KINDS);
  const covered = kinds.reduce((sum, cluster) => sum + cluster.texts.length, 0);
  if (covered < LEAST_COVERED * texts.length) return null;
  const branches = kinds.flatMap((cluster) => {
    const learned = learnKind(cluster.texts);
    return learned === null || learned.every(({ kind }) => kind === "literal") ? [] : [learned];
  });
  const [only] = branches;
  if (covered === texts.length && branches.length === 1 && only !== undefined) return only;
  if (branches.length === 0) return null;
  const rest = { ...fieldOf({ kind: "free" }, countsOf(texts)), hint: null };
  return [
    {
      kind: "choice",
      hint: "message",
      branches: [
        ...branches.map((branch) => joined([...withoutWords(branch), { kind: "look", at: "line-end" }])),
        ...(covered === texts.length ? [] : [[rest]]),
      ],
    },
  ];
}

/** Neighbouring words that all differ are one text, where what follows tells its end. */
function withoutWords(branch: readonly Sketch[]): readonly Sketch[] {
  const result: Sketch[] = [];
  for (let index = 0; index < branch.length; index++) {
    const run = wordsFrom(branch, index);
    const [first] = run;
    const behind = branch[index + run.length];
    const isClear = behind === undefined || (behind.kind === "literal" && behind.text.trim() !== "");
    if (run.length < 3 || first?.kind !== "field" || !isClear) {
      const sketch = branch[index];
      if (sketch !== undefined) result.push(sketch);
      continue;
    }
    result.push({
      ...first,
      type: { kind: "free" },
      bytes: { ...first.bytes, maxLength: 0 },
      hint: "text_1",
    });
    index += run.length - 1;
  }
  return joined(result);
}

/** The words from a place on with the blanks between them. */
function wordsFrom(branch: readonly Sketch[], start: number): readonly Sketch[] {
  let end = start;
  while (isWord(branch[end])) {
    const gap = branch[end + 1];
    if (gap?.kind !== "literal" || gap.text !== " " || !isWord(branch[end + 2]))
      return branch.slice(start, end + 1);
    end += 2;
  }
  return [];
}

function isWord(sketch: Sketch | undefined): boolean {
  return sketch?.kind === "field" && sketch.type.kind === "text" && !sketch.mayBeEmpty;
}

/** Enough words that are always the same. */
function isKind({ shape }: Cluster): boolean {
  const words = shape.filter((cell) => cell !== null && /[A-Za-z]{2}/.test(cell)).length;
  return words >= 1 && words >= shape.length / 4;
}

/** Clusters of like texts, the largest first. */
function clustersOf(texts: readonly string[]): readonly Cluster[] {
  const shapes = new Map<string, Cluster>();
  for (const text of texts) {
    const cells = cellsOf(text);
    const shape = maskOf(cells);
    const key = shape.join("\u0000");
    const known = shapes.get(key);
    if (known !== undefined) known.texts.push(text);
    else if (shapes.size < MOST_REMEMBERED) shapes.set(key, { shape, texts: [text] });
  }
  const bySize = [...shapes.values()].sort(larger);
  const clusters: Cluster[] = [];
  for (const cluster of bySize.slice(0, MOST_SHAPES)) {
    const like = clusters.find((other) => isLike(cluster.shape, other.shape));
    if (like === undefined) clusters.push({ shape: [...cluster.shape], texts: [...cluster.texts] });
    else {
      like.shape = like.shape.map((cell, index) => (cell === cluster.shape[index] ? cell : null));
      for (const text of cluster.texts) like.texts.push(text);
    }
  }
  return clusters.sort(larger);
}

function larger(a: Cluster, b: Cluster): number {
  return b.texts.length - a.texts.length || (a.shape.join(" ") < b.shape.join(" ") ? -1 : 1);
}

function isLike(a: readonly (string | null)[], b: readonly (string | null)[]): boolean {
  if (a.length !== b.length) return false;
  let same = 0;
  for (const [index, cell] of a.entries()) if (cell !== null && cell === b[index]) same++;
  const [first, other] = [a[0] ?? null, b[0] ?? null];
  const isOtherKind = first !== other && isPlainWord(first) && isPlainWord(other);
  return same >= (isOtherKind ? LEAST_LIKENESS_OF_KINDS : LEAST_LIKENESS) * a.length;
}

function isPlainWord(cell: string | null): boolean {
  return cell !== null && /^[A-Za-z]+$/.test(cell);
}

/** The cells with values masked, so that messages that differ only in them have the same. */
function maskOf({ cells }: CellText): (string | null)[] {
  return cells.map((cell) =>
    tokensOf(cell)
      .map(({ kind, start, end }) => {
        const text = cell.slice(start, end);
        if (kind === "time" || kind === "value") return "#";
        return kind === "word" && /[\d/@\\]/.test(text) ? "#" : text;
      })
      .join(""),
  );
}
