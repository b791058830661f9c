/** Finds the format of a source by looking at it, and says what was chosen. */
import type { Wanted, WantedAnswer } from "#language";
import { detectFormat, type FormatChoice, loadFormats } from "#records";
import {
  type ListedObject,
  listMembers,
  listObjects,
  type ObjectSample,
  type ObjectStreams,
  STANDARD_INPUT_URI,
  type Stores,
} from "#sources";
import { countOf, endsOneSource, type Failure } from "#text";
import type { Messages } from "./messages.ts";
import { printShare } from "./sizes.ts";

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

/** The beginning of a source; never empty. */
export interface Sample extends ObjectSample {
  readonly object: ListedObject;
}

/**
 * The format that fits the first of the files that holds anything. What can be read of none of them is thrown: when there are others,
 * who reads them all tells it. Throws the failures of listing and reading.
 */
export async function answerFormat(
  wanted: Wanted & { readonly kind: "format" },
  looking: Looking,
): Promise<WantedAnswer> {
  const { uris, members } = wanted;
  const losses: Failure[] = [];
  try {
    for await (const sample of samplesOf({ uris, members }, looking, (loss) => losses.push(loss))) {
      const choice = detectFormat(sample.bytes, loadFormats());
      if (choice !== null) return answerOf(choice, sample, looking);
      // What damage cut short may fit nothing: the next file tells more.
      if (sample.damage === null) return noFormat(sample);
    }
  } catch (error) {
    throw endsOneSource(error) ? (losses[0] ?? error) : error;
  }
  if (losses[0] !== undefined) throw losses[0];
  return { kind: "missing", message: "There are no bytes in it." };
}

function answerOf(choice: FormatChoice, { object, bytes }: Sample, { messages }: Looking): WantedAnswer {
  const { format, pattern } = choice;
  const share = printShare(choice.share, 1);
  messages.note(
    `${nameOf(object.uri)}: ${format.title} (${share} of ${printLookedAt(bytes, choice.lookedBytes)})`,
  );
  return { kind: "format", formatName: format.name, pattern };
}

function noFormat({ object, bytes }: Sample): WantedAnswer {
  return { kind: "missing", message: `No shipped format fits ${nameOf(object.uri)}${guessAt(bytes)}.` };
}

/** The first bytes of the first object that has any; null when none has. */
export async function sampleOf(uris: readonly string[], looking: Looking): Promise<Sample | null> {
  for await (const sample of samplesOf({ uris, members: null }, looking, () => {})) return sample;
  return null;
}

/** What is sampled: objects, or members of archives among them. */
interface Sampled {
  readonly uris: readonly string[];
  readonly members: string | null;
}

/** The first bytes of the objects that have any, one after the other. What cannot be read is told and passed over. */
async function* samplesOf(
  { uris, members }: Sampled,
  looking: Looking,
  onProblem: (loss: Failure) => void,
): AsyncGenerator<Sample, void, undefined> {
  const { workingDirectory, timeZone, signal, streams } = looking;
  const stores = looking.stores === undefined ? {} : { stores: looking.stores };
  const options = { workingDirectory, timeZone, signal, onProblem, ...stores };
  let looked = 0;
  for await (const objects of listObjects(uris, options)) {
    for await (const object of members === null ? objects : membersOf(objects, members, options)) {
      looking.onSource?.(object);
      const sample = await sampleOrLoss(object, streams);
      if (sample.damage !== null) onProblem(sample.damage);
      if (sample.bytes.length > 0) yield { object, ...sample };
      if (++looked === MOST_FILES_SAMPLED) return;
    }
  }
}

const NO_BYTES = new Uint8Array(0);

/** The beginning of an object; where it cannot be read, no bytes and why. */
export async function sampleOrLoss(
  object: ListedObject,
  streams: ObjectStreams,
  maxBytes: number = SAMPLE_BYTES,
): Promise<ObjectSample> {
  try {
    return await streams.readSample(object, maxBytes);
  } catch (error) {
    if (!endsOneSource(error)) throw error;
    return { bytes: NO_BYTES, damage: error };
  }
}

async function* membersOf(
  objects: readonly ListedObject[],
  members: string,
  options: Parameters<typeof listMembers>[2],
): AsyncGenerator<ListedObject, void, undefined> {
  for (const object of objects) for await (const found of listMembers(object, members, options)) yield* found;
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
