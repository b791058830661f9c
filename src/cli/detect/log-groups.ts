/** Logs by their formats: each file is looked at. */
import type { LogGroup } from "#detections";
import { printPattern } from "#language";
import { detectFormat, type FormatCandidate, loadFormats, type ScanInput } from "#records";
import { type ListedObject, listObjects } from "#sources";
import { Failure, invariant } from "#text";
import { lookingOf, type Session } from "../session.ts";
import { countOf, printShare } from "../sizes.ts";

const SAMPLE_BYTES = 64 << 10;
/** Files that no format fits are named up to so many. */
const SHOWN_UNKNOWN = 5;

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
  const unknown: string[] = [];
  let empty = 0;
  for await (const objects of listObjects(uris, { workingDirectory, timeZone, signal, stores })) {
    for (const object of objects) {
      looking.onSource?.(object);
      const sample = await looking.streams.readSample(object, SAMPLE_BYTES);
      const candidate = sample.length === 0 ? null : detectFormat(sample, formats);
      if (sample.length === 0) empty++;
      else if (candidate === null) unknown.push(object.uri);
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
  for (const uri of unknown.slice(0, SHOWN_UNKNOWN))
    messages.warning(`${uri}: no shipped format fits; it was not read.`);
  if (unknown.length > SHOWN_UNKNOWN)
    messages.warning(`And ${countOf(unknown.length - SHOWN_UNKNOWN, "file")} more.`);
  if (groups.size === 0) throw nothingToRead(unknown.length, empty);
  return [...groups.values()].map(({ candidate, objects }) => ({
    ...candidate,
    inputs: inputsOf(objects, session),
  }));
}

function nothingToRead(unknown: number, empty: number): Failure {
  if (unknown === 0) return new Failure("format-unknown", `There is nothing in ${countOf(empty, "file")}.`);
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
