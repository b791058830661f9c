/** Signs that a page is a web shell. */
import type { ClientTable } from "../pass/client-table.ts";
import type { PageAnswers } from "../pass/page-answers.ts";
import type { PageRecord } from "../pass/page-table.ts";
import { extensionOfPath } from "../pass/paths.ts";
import type { UploadOf } from "./upload-log.ts";

/** A sign, what it counts, and whether the page shows it. */
interface ShellSign {
  readonly points: number;
  /** Behind "the page". */
  readonly words: string;
  readonly shows: (suspect: SuspectPage) => boolean;
}

/** A page that should not exist, with what is known around it. */
export interface SuspectPage {
  readonly page: PageRecord;
  readonly answers: PageAnswers;
  readonly upload: UploadOf | null;
  /** How many of the clients that it answered show signs of an attack. */
  readonly suspectClients: number;
}

const WRITABLE_FOLDER =
  /\/(?:uploads?|files?|media|images?|img|pictures?|photos|cache|tmp|temp|backup|assets|css|js|fonts|attachments?|avatars?|userfiles|wp-includes)\//i;
const SHORT_NAME =
  /\/(?:[a-z0-9]{1,3}|[a-f0-9]{6,32}|.*(?:shell|cmd|c99|r57|b374k|wso|alfa|backdoor|adminer|webadmin|upl?oad(?:er)?|mini|up|x+|test|info|tmp)[a-z0-9_-]{0,4})\.\w+$/i;

/** All signs. A page with 50 points is told as a web shell. */
const SHELL_SIGNS: readonly ShellSign[] = [
  { points: 15, words: "is a script", shows: ({ page }) => page.isScript },
  {
    points: 15,
    words: "lies in a folder for files",
    shows: ({ page }) => page.isScript && WRITABLE_FOLDER.test(page.path),
  },
  {
    points: 5,
    words: "has a name as shells have",
    shows: ({ page }) => page.isScript && SHORT_NAME.test(page.path),
  },
  { points: 15, words: "was seen by one client only", shows: ({ answers }) => answers.clients.size === 1 },
  {
    points: 7,
    words: "was seen by few clients only",
    shows: ({ answers }) => isBetween(answers.clients.size, 2, 3),
  },
  {
    points: 20,
    words: "was seen by attackers only",
    shows: ({ answers, suspectClients }) => suspectClients > 0 && suspectClients >= answers.clients.size,
  },
  { points: 20, words: "came right after an upload", shows: ({ upload }) => upload !== null },
  { points: 20, words: "was given commands", shows: ({ answers }) => answers.signs > 0 },
  {
    points: 5,
    words: "was missing before",
    shows: ({ page, answers }) => page.firstMissingMs < answers.firstMs,
  },
  {
    points: 15,
    words: "is missing since",
    shows: ({ page, answers }) => page.lastMissingMs > answers.lastMs,
  },
  { points: 5, words: "was mostly sent data", shows: ({ answers }) => answers.posts * 2 > answers.count },
  { points: -25, words: "is no script", shows: ({ page }) => page.isStatic },
  {
    points: -10,
    words: "has no extension",
    shows: ({ page }) => !page.isScript && extensionOfPath(page.path) === "",
  },
  { points: -20, words: "was seen by many", shows: ({ answers }) => answers.clients.size > 3 },
];

/** The points of a page, and the words of the signs that speak for it. */
export interface ShellScore {
  readonly points: number;
  readonly words: readonly string[];
}

/** Points from which on a page is told as a web shell. */
export const SHELL_POINTS = 50;

/** Adds up the signs. */
export function scoreShell(suspect: SuspectPage): ShellScore {
  const shown = SHELL_SIGNS.filter(({ shows }) => shows(suspect));
  return {
    points: Math.max(
      0,
      Math.min(
        100,
        shown.reduce((sum, { points }) => sum + points, 0),
      ),
    ),
    words: shown.filter(({ points }) => points > 0).map(({ words }) => words),
  };
}

/** How many of the named clients show signs of an attack. */
export function countSuspects(names: readonly string[], clients: ClientTable): number {
  return names.filter((name) => clients.find(name)?.isSuspect === true).length;
}

function isBetween(number: number, least: number, most: number): boolean {
  return number >= least && number <= most;
}
