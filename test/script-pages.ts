/** Pages of example scripts: data, scripts and the rows they give, as they stand in `docs/scripts`. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "./build.ts";
import { MarkdownFile } from "./markdown.ts";

/** A file that a script finds in its folder. */
export interface ScriptInput {
  readonly name: string;
  readonly text: string;
}

/** One question of a page, and the scripts that answer it, in their order. */
export interface ScriptExample {
  /** The heading: the question. */
  readonly title: string;
  readonly inputs: readonly ScriptInput[];
  readonly runs: readonly ScriptRun[];
}

/** A script and its rows; `rowsBlock` is the number of their block on the page. */
export interface ScriptRun {
  readonly script: string;
  readonly rows: string;
  readonly rowsBlock: number;
}

/** A page: files in front of the first question belong to all of them. */
export interface ScriptPage {
  /** The file's name, such as `web.md`. */
  readonly name: string;
  readonly file: MarkdownFile;
  readonly title: string;
  readonly examples: readonly ScriptExample[];
}

/** The folder of the pages. */
export const SCRIPTS_FOLDER: string = join(PROJECT, "docs/scripts");

/** All pages, in the order of their names. */
export function readScriptPages(): readonly ScriptPage[] {
  const names = readdirSync(SCRIPTS_FOLDER).filter((name) => name.endsWith(".md") && name !== "README.md");
  return names.sort().map((name) => readScriptPage(join(SCRIPTS_FOLDER, name), name));
}

/** The page in this file. */
export function readScriptPage(path: string, name: string): ScriptPage {
  const file = new MarkdownFile(path);
  const title = file.title();
  const blocks = file.blocks();
  const examples = new Map<string, { inputs: ScriptInput[]; runs: ScriptRun[] }>();
  const shared: ScriptInput[] = [];
  for (const [number, { language, info, text, heading }] of blocks.entries()) {
    if (language !== "input" && language !== "query") continue;
    const example = examples.get(heading) ?? { inputs: [...shared], runs: [] };
    const isShared = heading === title;
    if (!isShared) examples.set(heading, example);
    if (language === "input") (isShared ? shared : example.inputs).push({ name: nameIn(info), text });
    else example.runs.push({ script: text, rows: rowsBehind(blocks, number), rowsBlock: number + 1 });
  }
  return {
    name,
    file,
    title,
    examples: [...examples].map(([question, example]) => ({ title: question, ...example })),
  };
}

function nameIn(info: string): string {
  return /(?:^|\s)name=(\S+)/.exec(info)?.[1] ?? "";
}

function rowsBehind(blocks: ReturnType<MarkdownFile["blocks"]>, number: number): string {
  const next = blocks[number + 1];
  if (next?.language !== "rows")
    throw new Error(`The script of line ${blocks[number]?.line} has no block "rows".`);
  return next.text;
}
