/** Runs cases of the editor: a text with a cursor `‸`, what is known about the world, and what the editor answers. */
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { TextSource } from "#text";
import { parsePattern } from "../pattern/parse.ts";
import { type CheckEnvironment, type Wanted, type WantedAnswer, wantedKey } from "../query/environment.ts";
import { type EditorText, openPattern, openScript } from "./analysis.ts";
import type { FileName } from "./files.ts";

/** The mark of the cursor in texts of cases. */
export const CURSOR = "‸";

/** A case as its answer sees it. */
export interface EditorCase {
  readonly source: TextSource;
  /** Where the cursor was in the text; 0 when it has none. */
  readonly offset: number;
  readonly text: EditorText;
  readonly environment: CheckEnvironment;
  readonly listFiles: (folder: string) => readonly FileName[];
}

/** What answers a block of this name. */
export type Answerers = Readonly<Record<string, (each: EditorCase) => string>>;

interface Block {
  readonly info: string;
  readonly text: string;
}

/** Makes a test of every case of a Markdown file beside the test; `UPDATE=1` rewrites what is expected. */
export function runCases(url: URL, answerers: Answerers): void {
  const [head = "", ...sections] = readFileSync(url, "utf8").split(/^## /m);
  const rewritten = sections.map((section) => section);
  for (const [index, section] of sections.entries()) {
    const title = section.split("\n", 1)[0] ?? "";
    test(title, () => {
      const blocks = [...section.matchAll(/^```(.+)\n([\s\S]*?)^```$/gm)].map(
        (match): Block => ({ info: match[1] ?? "", text: (match[2] ?? "").replace(/\n$/, "") }),
      );
      const given = readCase(blocks);
      for (const { info, text } of blocks) {
        const answerer = answerers[info];
        if (answerer === undefined) continue;
        const actual = answerer(given);
        if (process.env["UPDATE"] !== "1") {
          expect(actual).toBe(text);
          continue;
        }
        const own = rewritten[index] ?? "";
        const at = own.indexOf(`\`\`\`${info}\n`) + info.length + 4;
        const end = own.indexOf("```", text === "" ? at : at + text.length);
        rewritten[index] = `${own.slice(0, at)}${actual}${actual === "" ? "" : "\n"}${own.slice(end)}`;
        writeFileSync(url, [head, ...rewritten].join("## "));
      }
    });
  }
}

function readCase(blocks: readonly Block[]): EditorCase {
  const main = blocks.find(({ info }) => info === "script" || info === "pattern");
  const written = main?.text ?? "";
  const isPattern = main?.info === "pattern";
  const offset = Math.max(0, written.indexOf(CURSOR));
  const source = { name: isPattern ? "main.sxp" : "main.sx", text: written.replace(CURSOR, "") };
  const answers = new Map<string, WantedAnswer>();
  const environment: CheckEnvironment = {
    nowMs: 1_715_942_550_500n,
    timeZone: "UTC",
    arguments: {},
    answers,
    isOffline: false,
  };
  const text = isPattern ? openPattern(source) : openAnswered(source, environment, answers, blocks);
  const listFiles = (folder: string) =>
    (blocks.find(({ info }) => info === `files ${folder || "."}`)?.text ?? "")
      .split(/\s+/)
      .filter((name) => name !== "")
      .map((name) => ({ name: name.replace(/\/$/, ""), isFolder: name.endsWith("/") }));
  return { source, offset, text, environment, listFiles };
}

function openAnswered(
  source: TextSource,
  environment: CheckEnvironment,
  answers: Map<string, WantedAnswer>,
  blocks: readonly Block[],
): EditorText {
  for (;;) {
    const text = openScript(source, environment);
    const open = text.checked.wanted.filter((wanted) => !answers.has(wantedKey(wanted)));
    if (open.length === 0) return text;
    for (const wanted of open) answers.set(wantedKey(wanted), answerTo(wanted, blocks));
  }
}

function answerTo(wanted: Wanted, blocks: readonly Block[]): WantedAnswer {
  const path = wanted.kind === "text" ? wanted.path : (wanted.uris[0] ?? "");
  const given = blocks.find(({ info }) => info === `${wanted.kind} ${path}`);
  if (given === undefined) return { kind: "missing", message: "It is not there." };
  const source = { name: path, text: given.text };
  if (wanted.kind === "text") return { kind: "text", source };
  const { pattern } = parsePattern(source);
  return pattern === null
    ? { kind: "missing", message: "Its pattern is wrong." }
    : { kind: "format", formatName: "combined", pattern };
}
