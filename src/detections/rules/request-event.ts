/** Events of requests as examples and tests write them: `GET /path?query`, or fields by their names. */
import type { DetectionEvent, EventKind, EventValue } from "../event.ts";
import { splitTarget } from "../normal-forms/parameters.ts";

/** Fields by their ECS names. */
export type EventFields = Readonly<Record<string, EventValue>>;

/** The fields of a request line without its version: `POST /a?b=c`; without a method it is `GET`. */
export function fieldsOfRequest(request: string): EventFields {
  const [, method = "GET", target = ""] = /^(?:([A-Za-z][\w-]{0,30}) )?([\s\S]*)$/.exec(request) ?? [];
  const { path, query } = splitTarget(target);
  return {
    "http.request.line": `${method} ${target}`,
    "http.request.method": method,
    "url.original": target,
    "url.path": path,
    ...(query === null ? {} : { "url.query": query }),
  };
}

/** An event with some fields; `rawText` null: the request line stands for it, and the event is parsed. */
export function eventOfFields(kind: EventKind, fields: EventFields, rawText: string | null): DetectionEvent {
  return {
    kind,
    place: { uri: "example", offset: 0, length: 0 },
    isParsed: rawText === null,
    timeMs: null,
    value: (field) => (Object.hasOwn(fields, field) ? (fields[field] ?? null) : null),
    rawText: () => rawText ?? Object.values(fields).join(" "),
  };
}
