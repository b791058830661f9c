/** What the parts of the pass must do. */
import type { EventKind } from "../event.ts";
import type { Finding } from "../finding.ts";
import type { EventView } from "./event-view.ts";

/** A part of the pass: looks at events, and finds something. Called like a `Detector`, with what all parts share already worked out. */
export interface PassPart {
  /** Fields it reads besides those that the view reads. */
  readonly fields: readonly string[];
  /** Kinds of events that it wants; null: all, bytes that did not parse included. */
  readonly kinds: readonly EventKind[] | null;
  observe(view: EventView): void;
  /** Findings that are complete, each given once. */
  take(isEnd: boolean): readonly Finding[];
  /** What the account must tell of its limits. */
  notes(): readonly string[];
}
