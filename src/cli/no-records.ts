/** Says why a pattern found nothing: how far its best attempt got, in the pattern and in the log. */
import type { ParseRelation, Relation } from "#language";
import { compileProgram, explainMismatch } from "#records";
import { STANDARD_INPUT_URI } from "#sources";
import { countOf, drawBytes, drawHelp, drawSpan, spanOf, visibleText } from "#text";
import { type Looking, type Sample, sampleOf } from "./detection.ts";
import { parseStepsOf } from "./parse-steps.ts";

/** Lines about a query that read bytes and found no record in them; null when there is nothing to say. */
export async function explainNoRecords(relation: Relation, looking: Looking): Promise<string | null> {
  const [parse] = parseStepsOf(relation);
  const uris = parse === undefined ? [] : urisOf(parse.listing);
  if (parse === undefined || uris.length === 0) return null;
  const { paint } = looking.messages;
  const head = `${paint.warning("warning:")} The pattern matches nothing in ${visibleText(uris.join(", "))}.`;
  const sample = uris.includes(STANDARD_INPUT_URI) ? null : await sampleOf(uris, looking);
  return sample === null ? head : `${head}\n${drawBestAttempt(parse, sample, looking)}`;
}

function drawBestAttempt({ pattern }: ParseRelation, sample: Sample, looking: Looking): string {
  const { paint } = looking.messages;
  const { object, bytes } = sample;
  const program = compileProgram(pattern, [], { timeZone: looking.timeZone });
  const found = explainMismatch(program, bytes, object.lastModifiedMs ?? 0n);
  if (found === null) {
    const help = `No place in the first ${countOf(bytes.length, "byte")} can begin a record.`;
    return `${drawSpan(pattern.root.members[0]?.span ?? pattern.root.span, "a record begins with this", paint)}\n${drawHelp(help, paint)}`;
  }
  const { start, offset, at, expected } = found;
  const element = spanOf(pattern.source, at.start, at.end);
  const isAtStart = offset === start;
  return [
    drawSpan(element, isAtStart ? "no record gets past this" : "the best attempt got as far as this", paint),
    drawBytes({ name: object.uri, bytes, bytesStart: 0, offset, label: `expected ${expected} here` }, paint),
    drawHelp(
      isAtStart
        ? "A pattern must describe each record from its first byte to its line end."
        : `The attempt began at byte ${start} and took ${countOf(offset - start, "byte")}.`,
      paint,
    ),
  ].join("\n");
}

/** The addresses below the filters that choose files. */
function urisOf(listing: Relation): readonly string[] {
  if (listing.kind === "listing") return listing.uris;
  return listing.kind === "filter" ? urisOf(listing.input) : [];
}
