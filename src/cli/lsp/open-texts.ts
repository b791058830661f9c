/** The texts that are open in an editor, each with its latest check. */
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { TextDocument } from "vscode-languageserver-textdocument";
import {
  type CheckEnvironment,
  type EditorText,
  type ListFiles,
  openPattern,
  openScript,
  type WantedAnswer,
  wantedKey,
} from "#language";
import { folderLister, isWrittenInside } from "./allowed-files.ts";
import { answerInEditor } from "./answers.ts";

/** What all texts share. */
export interface OpenTextsOptions {
  readonly timeZone: string;
  readonly wallClockMs: () => number;
  /** Folders of the editor, absolute. */
  readonly folders: () => readonly string[];
  readonly documents: () => readonly TextDocument[];
}

/** A text, and what looking for it found. */
interface OpenText {
  /** Answers found so far; kept while the text changes. */
  readonly answers: Map<string, WantedAnswer>;
  /** Questions that nobody may look for. */
  readonly refused: Set<string>;
  /** Whether looking came to its end once: more is found while people type on. */
  hasLooked: boolean;
  /** The check of a version with these answers. */
  checked: { readonly version: number; readonly answers: number; readonly text: EditorText } | null;
  /** The looking that goes on, and what ends it. */
  looking: {
    readonly version: number;
    readonly done: Promise<void>;
    readonly controller: AbortController;
  } | null;
}

/** A text that refers to texts that refer to texts: so many levels are followed. */
const MOST_ROUNDS = 64;
/** Looking takes so long at most: what is not found by then stays unknown. */
export const LONGEST_LOOK_MS = 3000;
/** Larger texts are shown and not understood. */
export const LARGEST_TEXT: number = 1 << 20;

/** Checks texts when they are asked for, and looks for what their checks want to know. */
export class OpenTexts {
  readonly #options: OpenTextsOptions;
  readonly #texts = new Map<string, OpenText>();

  constructor(options: OpenTextsOptions) {
    this.#options = options;
  }

  /** The check of a text as it stands, with what is known by now; null for texts that are too large. */
  check(document: TextDocument): EditorText | null {
    const open = this.#open(document);
    const { version } = document;
    const { checked, answers } = open;
    if (checked?.version === version && checked.answers === answers.size) return checked.text;
    const source = { name: pathOf(document), text: document.getText() };
    if (source.text.length > LARGEST_TEXT) return null;
    const text = isPattern(document) ? openPattern(source) : openScript(source, this.environment(document));
    open.checked = { version, answers: answers.size, text };
    return text;
  }

  /** Looks for what the check wants to know, and waits for it, but not longer than `patienceMs`: looking goes on then. */
  async settle(document: TextDocument, patienceMs: number): Promise<void> {
    const open = this.#open(document);
    const { version } = document;
    if (open.looking?.version !== version) {
      open.looking?.controller.abort();
      const controller = new AbortController();
      // What goes wrong while looking goes wrong again when the check is asked for, and is told there.
      const done = this.#look(document, open, controller.signal).catch(() => {});
      open.looking = { version, done, controller };
    }
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patienceMs);
    });
    await Promise.race([open.looking.done, patience]);
    clearTimeout(timer);
  }

  /** As `settle`, but only until looking came to its end once; for answers that must come at every key. */
  async settleOnce(document: TextDocument, patienceMs: number): Promise<void> {
    if (!this.#open(document).hasLooked) await this.settle(document, patienceMs);
  }

  /** What scripts are checked with. */
  environment(document: TextDocument): CheckEnvironment {
    const { timeZone, wallClockMs } = this.#options;
    const { answers } = this.#open(document);
    return { nowMs: BigInt(Math.round(wallClockMs())), timeZone, arguments: {}, answers, isOffline: false };
  }

  /** Lists the folders that a text may name files of. */
  lister(document: TextDocument): ListFiles {
    return folderLister(pathOf(document), this.#workingDirectory(document), this.#foldersOf(document));
  }

  #workingDirectory(document: TextDocument): string {
    const path = pathOf(document);
    return this.#options.folders().find((folder) => isWrittenInside(path, [folder])) ?? dirname(path);
  }

  #foldersOf(document: TextDocument): readonly string[] {
    return [...this.#options.folders(), dirname(pathOf(document))];
  }

  /** Forgets what was found, for all texts: something outside has changed. */
  forget(): void {
    for (const open of this.#texts.values()) {
      open.looking?.controller.abort();
      open.looking = null;
      open.checked = null;
      open.hasLooked = false;
      open.answers.clear();
      open.refused.clear();
    }
  }

  /** Forgets what other texts read of a file that has changed in the editor; gives the addresses of those texts. */
  forgetFile(path: string): readonly string[] {
    const touched: string[] = [];
    for (const [uri, open] of this.#texts) {
      const stale = [...open.answers].filter(
        ([, answer]) => answer.kind === "text" && resolve(answer.source.name) === path,
      );
      if (stale.length === 0) continue;
      for (const [key] of stale) open.answers.delete(key);
      open.looking?.controller.abort();
      open.looking = null;
      open.checked = null;
      touched.push(uri);
    }
    return touched;
  }

  /** Forgets a text that was closed. */
  close(document: TextDocument): void {
    this.#texts.get(document.uri)?.looking?.controller.abort();
    this.#texts.delete(document.uri);
  }

  #open(document: TextDocument): OpenText {
    const known = this.#texts.get(document.uri);
    if (known !== undefined) return known;
    const open: OpenText = {
      answers: new Map(),
      refused: new Set(),
      hasLooked: false,
      checked: null,
      looking: null,
    };
    this.#texts.set(document.uri, open);
    return open;
  }

  async #look(document: TextDocument, open: OpenText, stop: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(LONGEST_LOOK_MS)]);
    for (let round = 0; round < MOST_ROUNDS && !signal.aborted; round++) {
      const text = this.check(document);
      open.hasLooked ||= text?.kind !== "script";
      if (text?.kind !== "script") return;
      const wanted = text.checked.wanted.filter((each) => {
        const key = wantedKey(each);
        return !open.answers.has(key) && !open.refused.has(key);
      });
      open.hasLooked ||= wanted.length === 0;
      if (wanted.length === 0) return;
      for (const each of wanted) {
        if (signal.aborted) return;
        const answer = await answerInEditor(each, this.#lookOptions(document, signal)).catch(() => null);
        if (signal.aborted) return;
        if (answer === null) open.refused.add(wantedKey(each));
        else open.answers.set(wantedKey(each), answer);
      }
    }
  }

  #lookOptions(document: TextDocument, signal: AbortSignal) {
    const path = pathOf(document);
    const folders = this.#foldersOf(document);
    const workingDirectory = this.#workingDirectory(document);
    const openText = (wanted: string) => {
      const found = this.#options.documents().find((each) => pathOf(each) === resolve(wanted));
      return found?.getText() ?? null;
    };
    return { path, folders, workingDirectory, timeZone: this.#options.timeZone, openText, signal };
  }
}

/** The path of a text; of one that is in no file, a name in the working directory. */
export function pathOf({ uri, languageId }: TextDocument): string {
  try {
    return fileURLToPath(uri);
  } catch {
    return resolve(languageId === PATTERN_LANGUAGE ? "untitled.sxp" : "untitled.sx");
  }
}

const PATTERN_LANGUAGE = "trawl-pattern";

/** Whether a text is a pattern and no script. */
export function isPattern(document: TextDocument): boolean {
  return document.languageId === PATTERN_LANGUAGE || pathOf(document).endsWith(".sxp");
}
