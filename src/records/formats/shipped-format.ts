/** The formats that come with Trawl: what is known of each before its pattern is needed. */
import type { Pattern } from "#language";

/** What kind of log a format is. */
export const FORMAT_CATEGORIES = [
  "web",
  "auth",
  "system",
  "firewall",
  "proxy",
  "cloud",
  "network",
  "honeypot",
  "container",
] as const;
export type FormatCategory = (typeof FORMAT_CATEGORIES)[number];

/** A shipped format: one folder of `packs/`. */
export interface ShippedFormat {
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  readonly category: FormatCategory;
  readonly description: string;
  /** The field that holds the time of the event. */
  readonly timestampField: string;
  /** Some line of the format fits this. Cheap to test, and no proof. */
  readonly hint: RegExp;
  /** Its pattern; parsed when first asked for. */
  readonly pattern: () => Pattern;
}
