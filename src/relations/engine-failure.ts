/** What the engine says when a statement fails, told in the user's words. */
import { Failure, lineColumnAt, type TextSpan, textOf } from "#text";
import type { Fragment } from "./sql/render.ts";

const MARKER = /trawl:(\d+)/;

/** The failure to show for an error of the engine. Failures of sources and limits pass unchanged. */
export function engineFailure(error: unknown, fragments: readonly Fragment[]): unknown {
  if (!(error instanceof Failure) || error.code !== "engine-failed") return error;
  const { message, cause } = error;
  const fragment = fragmentOf(message, fragments);
  if (fragment !== null) {
    const reason =
      fragment.expression === null ? "" : ` The engine says: ${firstLine(message).replace(REGEX_ERROR, "")}.`;
    const help = `It is ${placeOf(fragment.span)}.${reason}`;
    return new Failure("engine-failed", fragment.message, { help, cause: error });
  }
  if (/Max expression depth limit/.test(message)) {
    return new Failure(
      "limit-reached",
      "The query has more steps, or deeper expressions, than the engine takes.",
      {
        help: "Split it into shorter streams.",
        cause: error,
      },
    );
  }
  if (/^Out of Memory Error/.test(message)) {
    return new Failure("limit-reached", "The query needs more memory than the engine may use.", {
      help: "Group or filter more, sort less, or raise the limit of memory.",
      cause: error,
    });
  }
  return new Failure("engine-failed", `The engine could not carry out the query: ${firstLine(message)}`, {
    ...(error.help === null ? {} : { help: error.help }),
    cause,
  });
}

const REGEX_ERROR = /^Invalid Input Error: /;

function fragmentOf(message: string, fragments: readonly Fragment[]): Fragment | null {
  const marker = MARKER.exec(message);
  if (marker !== null) return fragments[Number(marker[1])] ?? null;
  const [, wrong] = /^Invalid Input Error: [a-z )(\]]+: (.+)$/s.exec(message) ?? [];
  if (wrong === undefined) return null;
  return fragments.find((fragment) => fragment.expression?.includes(wrong)) ?? null;
}

function firstLine(message: string): string {
  return message.split("\n", 1)[0] ?? message;
}

/** `"sum(bytes)" at report.sx:3:10`. */
function placeOf(span: TextSpan): string {
  const { line, column } = lineColumnAt(span.source.text, span.start);
  return `"${textOf(span)}" at ${span.source.name}:${line}:${column}`;
}
