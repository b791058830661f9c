/** Fenced blocks of Markdown files that hold tests. */
import { readFileSync, writeFileSync } from "node:fs";

/** A fenced block. */
export interface Block {
  /** The word behind the fence. */
  readonly language: string;
  /** What follows it. */
  readonly info: string;
  readonly text: string;
  /** The nearest heading above. */
  readonly heading: string;
  readonly line: number;
}

/** A file whose blocks are tests, and can be rewritten. */
export class MarkdownFile {
  readonly #path: string;
  #content: string;

  constructor(path: string) {
    this.#path = path;
    this.#content = readFileSync(path, "utf8");
  }

  /** The heading of the page. */
  title(): string {
    return /^# (.*)$/m.exec(this.#content)?.[1] ?? "";
  }

  /** All blocks, in order. */
  blocks(): readonly Block[] {
    const blocks: Block[] = [];
    let heading = "";
    let open: { fence: string; line: number; lines: string[] } | null = null;
    for (const [index, line] of this.#content.split("\n").entries()) {
      if (open === null && line.startsWith("#")) heading = line.replace(/^#+ /, "");
      if (!line.startsWith("```")) open?.lines.push(line);
      else if (open === null) open = { fence: line.slice(3), line: index + 1, lines: [] };
      else {
        const [language = "", ...info] = open.fence.split(" ");
        const text = open.lines.map((content) => `${content}\n`).join("");
        blocks.push({ language, info: info.join(" "), text, heading, line: open.line });
        open = null;
      }
    }
    return blocks;
  }

  /** Puts another text into the block with this number, and saves the file. */
  rewrite(number: number, text: string): void {
    const { line, text: old } = this.blocks()[number] ?? { line: 0, text: "" };
    const lines = this.#content.split("\n");
    const count = old === "" ? 0 : old.split("\n").length - 1;
    lines.splice(line, count, ...(text === "" ? [] : text.replace(/\n$/, "").split("\n")));
    this.#save(lines.join("\n"));
  }

  /** What stands between `<!-- name -->` and `<!-- /name -->`. */
  section(name: string): string {
    const [start, end] = this.#sectionRange(name);
    return this.#content.slice(start, end);
  }

  /** Puts another text there, and saves the file. */
  rewriteSection(name: string, text: string): void {
    const [start, end] = this.#sectionRange(name);
    this.#save(this.#content.slice(0, start) + text + this.#content.slice(end));
  }

  #sectionRange(name: string): [start: number, end: number] {
    const opening = `<!-- ${name} -->\n`;
    const start = this.#content.indexOf(opening) + opening.length;
    return [start, this.#content.indexOf(`<!-- /${name} -->`, start)];
  }

  #save(content: string): void {
    this.#content = content;
    writeFileSync(this.#path, content);
  }
}

/** Whether expectations are to be rewritten. */
export const isUpdate: boolean = process.env["UPDATE"] === "1";
