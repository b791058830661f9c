/** Logs by their formats: each file is looked at. */
import { realpathSync } from "node:fs";
import type { LogGroup } from "#detections";
import { printPattern } from "#language";
import {
  detectFormat,
  type FormatCandidate,
  loadFormats,
  type ScanInput,
  type ShippedFormat,
} from "#records";
import { type ListedObject, listObjects, type ObjectStreams } from "#sources";
import { countOf, Failure, invariant } from "#text";
import { sampleOrLoss } from "../detection.ts";
import type { Messages } from "../messages.ts";
import { lookingOf, type Session } from "../session.ts";
import { printShare } from "../sizes.ts";
import { tellWarnings, warningOf } from "../warnings.ts";

const SAMPLE_BYTES = 64 << 10;
/** A file that is not known by its beginning is looked at in so many places of so many bytes. */
const LARGER_SAMPLE_BYTES = 4 << 20;
const LATER_LOOKS = 8;
const LONGEST_USUAL_LINE = 16 << 10;
const LINE_FEED = 10;
const NO_BYTES = new Uint8Array(0);
/** Files that no format fits are named up to so many. */
const SHOWN_UNKNOWN = 5;

const NOTHING_SEEN: Look = { candidate: null, isEmpty: true, damage: null };

interface Group {
  readonly candidate: FormatCandidate;
  readonly objects: ListedObject[];
}

/**
 * The files of the addresses, by the formats that fit them, and what was chosen on standard error.
 *
 * @throws Failure format-unknown: no file has a known format; source-missing and the like
 */
export async function findLogGroups(uris: readonly string[], session: Session): Promise<readonly LogGroup[]> {
  const looking = lookingOf(session);
  const { workingDirectory, timeZone, signal, messages } = looking;
  const { stores } = session;
  const formats = loadFormats();
  const groups = new Map<string, Group>();
  const unread: Unread = { unknown: [], lost: [], empty: 0 };
  const onProblem = (failure: Failure) =>
    tellWarnings(messages, [warningOf(failure, failure.place?.uri ?? "")]);
  const options = { workingDirectory, timeZone, signal, stores, onProblem };
  const seen = new Set<string>();
  let repeated = 0;
  for await (const listed of listObjects(uris, options)) {
    const objects = listed.filter((object) => {
      const identity = identityOf(object);
      return !seen.has(identity) && seen.add(identity);
    });
    repeated += listed.length - objects.length;
    for (const object of objects) looking.onSource?.(object);
    // All of an array at once: the way to a store is long.
    const looks = await Promise.all(objects.map((object) => lookAt(object, looking.streams, formats)));
    for (const [index, object] of objects.entries()) {
      const { candidate, isEmpty, damage } = looks[index] ?? NOTHING_SEEN;
      if (candidate === null && damage !== null) unread.lost.push({ uri: object.uri, failure: damage });
      else if (isEmpty) unread.empty++;
      else if (candidate === null) unread.unknown.push(object.uri);
      else {
        const key = `${candidate.format.name}\n${candidate.format.header === null ? "" : printPattern(candidate.pattern)}`;
        const group = groups.get(key) ?? { candidate, objects: [] };
        groups.set(key, group);
        group.objects.push(object);
        if (group.objects.length === 1) {
          const share = printShare(candidate.share, 1);
          messages.note(`${object.uri}: ${candidate.format.title} (${share} of its first bytes)`);
        }
      }
    }
  }
  const end = groups.size === 0 ? nothingToRead(unread) : null;
  tellUnread(unread, messages);
  if (repeated > 0) messages.note(`${countOf(repeated, "file")} named more than once; each is read once`);
  if (end !== null) throw end;
  return [...groups.values()].map(({ candidate, objects }) => ({
    ...candidate,
    inputs: inputsOf(objects, session),
  }));
}

/** What tells a file from others, under whatever name: a record that is read twice would count twice. */
function identityOf({ opening, uri, isOneTime }: ListedObject): string {
  if (opening.kind === "file") return realPathOf(opening.path);
  const isArchivePart = opening.kind === "stream" && opening.member !== undefined;
  return opening.kind === "stream" && !isOneTime && !isArchivePart ? realPathOf(opening.uri) : uri;
}

/** The path itself where nothing is: reading it will tell. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Files that are not read, and why. */
interface Unread {
  /** No format fits. */
  readonly unknown: string[];
  /** They are damaged, or cannot be read at all. */
  readonly lost: { readonly uri: string; readonly failure: Failure }[];
  empty: number;
}

function tellUnread({ unknown, lost }: Unread, messages: Messages): void {
  for (const uri of unknown.slice(0, SHOWN_UNKNOWN))
    messages.warning(`${uri}: no shipped format fits; it was not read.`);
  if (unknown.length > SHOWN_UNKNOWN)
    messages.warning(`And ${countOf(unknown.length - SHOWN_UNKNOWN, "file")} more.`);
  tellWarnings(
    messages,
    lost.map(({ uri, failure }) => warningOf(failure, uri)),
  );
}

interface Look {
  readonly candidate: FormatCandidate | null;
  readonly isEmpty: boolean;
  /** What ended its bytes before as many were seen as are looked at. */
  readonly damage: Failure | null;
}

/** The format of a file. One huge line at its beginning, or a flood of other lines, does not hide that it is a log. */
async function lookAt(
  object: ListedObject,
  streams: ObjectStreams,
  formats: readonly ShippedFormat[],
): Promise<Look> {
  const { bytes: sample, damage: early } = await sampleOrLoss(object, streams, SAMPLE_BYTES);
  if (sample.length === 0) return { candidate: null, isEmpty: true, damage: early };
  const first = detectFormat(sample, formats);
  if (first !== null || sample.length < SAMPLE_BYTES)
    return { candidate: first, isEmpty: false, damage: early };
  const { bytes: more, damage } = await sampleOrLoss(object, streams, LARGER_SAMPLE_BYTES);
  const step = Math.ceil(more.length / LATER_LOOKS);
  for (let from = 0; from < more.length; from += step) {
    const candidate = detectFormat(shortLines(more, from), formats);
    if (candidate !== null && candidate.format.header === null) return { candidate, isEmpty: false, damage };
  }
  return { candidate: null, isEmpty: false, damage };
}

/** Whole lines of usual length that begin behind a place, or at the very beginning. */
function shortLines(bytes: Uint8Array, from: number): Uint8Array {
  const lines: Uint8Array[] = [];
  let taken = 0;
  let start = from === 0 ? 0 : bytes.indexOf(LINE_FEED, from) + 1;
  if (start === 0 && from > 0) return NO_BYTES;
  while (taken < SAMPLE_BYTES) {
    const end = bytes.indexOf(LINE_FEED, start) + 1;
    if (end === 0) break;
    if (end - start <= LONGEST_USUAL_LINE) {
      lines.push(bytes.subarray(start, end));
      taken += end - start;
    }
    start = end;
  }
  return Buffer.concat(lines);
}

/** The end of a run of which nothing is left to read; takes the failure that it is from those that are told beside it. */
function nothingToRead({ unknown, lost, empty }: Unread): Failure {
  const first = lost.shift();
  if (first !== undefined) return first.failure;
  if (unknown.length === 0)
    return new Failure("format-unknown", `There is nothing in ${countOf(empty, "file")}.`);
  return new Failure("format-unknown", "No shipped format fits what was given.", {
    help: '"trawl formats" shows the formats that are known; "trawl infer" learns a pattern.',
  });
}

function inputsOf(objects: readonly ListedObject[], { streams, stop, nowMs }: Session): readonly ScanInput[] {
  const openings = streams.openingsOf(objects, stop.signal);
  return objects.map(({ uri, sizeBytes, lastModifiedMs, pathTimeMs }, index) => {
    const opening = openings[index];
    invariant(opening !== undefined, "each object has an opening");
    return { uri, opening, sizeBytes, referenceTimeMs: lastModifiedMs ?? pathTimeMs ?? nowMs };
  });
}
