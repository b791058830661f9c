/** Finds the format of a source by looking at it, and says what was chosen. */
import type { Wanted, WantedAnswer } from "#language";
import { detectFormat, loadFormats } from "#records";
import {
  type ListedObject,
  listMembers,
  listObjects,
  type ObjectStreams,
  STANDARD_INPUT_URI,
  type Stores,
} from "#sources";
import type { Messages } from "./messages.ts";
import { countOf, printShare } from "./sizes.ts";

/** What looking at sources needs. */
export interface Looking {
  readonly workingDirectory: string;
  readonly timeZone: string;
  /** Absent: files of this machine only. */
  readonly stores?: Stores;
  readonly streams: ObjectStreams;
  readonly signal: AbortSignal;
  readonly messages: Messages;
  /** Called for each object before it is looked into. */
  readonly onSource?: (object: ListedObject) => void;
}

const SAMPLE_BYTES = 64 << 10;
const LINE_FEED = 10;
/** Empty files say nothing about a format: so many are passed over. */
const MOST_FILES_SAMPLED = 20;

/** A sample of a source. */
export interface Sample {
  readonly object: ListedObject;
  readonly bytes: Uint8Array;
}

/** The format that fits the first of the files that holds anything. Throws the failures of listing and reading. */
export async function answerFormat(
  wanted: Wanted & { readonly kind: "format" },
  looking: Looking,
): Promise<WantedAnswer> {
  const sample = await sampleOf(wanted.uris, looking, wanted.members);
  if (sample === null) return { kind: "missing", message: `There are no bytes in it.` };
  const { object, bytes } = sample;
  const choice = detectFormat(bytes, loadFormats());
  if (choice === null) {
    return { kind: "missing", message: `No shipped format fits ${nameOf(object.uri)}${guessAt(bytes)}.` };
  }
  const { format, pattern } = choice;
  const share = printShare(choice.share, 1);
  looking.messages.note(
    `${nameOf(object.uri)}: ${format.title} (${share} of ${printLookedAt(bytes, choice.lookedBytes)})`,
  );
  return { kind: "format", formatName: format.name, pattern };
}

/** The first bytes of the first object that has any, or of the first such member of archives; null when none has. */
export async function sampleOf(
  uris: readonly string[],
  looking: Looking,
  members: string | null = null,
): Promise<Sample | null> {
  const { workingDirectory, timeZone, signal } = looking;
  const stores = looking.stores === undefined ? {} : { stores: looking.stores };
  let looked = 0;
  for await (const objects of listObjects(uris, { workingDirectory, timeZone, signal, ...stores })) {
    for await (const object of members === null ? objects : membersOf(objects, members, signal)) {
      looking.onSource?.(object);
      const bytes = await looking.streams.readSample(object, SAMPLE_BYTES);
      if (bytes.length > 0) return { object, bytes };
      if (++looked === MOST_FILES_SAMPLED) return null;
    }
  }
  return null;
}

async function* membersOf(
  objects: readonly ListedObject[],
  members: string,
  signal: AbortSignal,
): AsyncGenerator<ListedObject, void, undefined> {
  for (const object of objects)
    for await (const found of listMembers(object, members, { signal, onProblem: () => {} })) yield* found;
}

/** What people call a source. */
function nameOf(uri: string): string {
  return uri === STANDARD_INPUT_URI ? "standard input" : uri;
}

function guessAt(bytes: Uint8Array): string {
  return bytes.includes(0) ? ", which holds NUL bytes and is no plain text" : "";
}

/** A line that the end of a sample cuts is not looked at, and not worth mentioning. */
function printLookedAt(sample: Uint8Array, lookedBytes: number): string {
  const isAll = sample.length < SAMPLE_BYTES && !sample.includes(LINE_FEED, lookedBytes);
  return isAll ? countOf(sample.length, "byte") : `the first ${Math.ceil(lookedBytes / 1024)} KiB`;
}
