import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type Diagnostic, Diagnostics, lineColumnAt, type TextSource } from "#text";
import { isUpdate, MarkdownFile } from "../../../test/markdown.ts";
import { readBucketRules } from "../behaviour/read-bucket-rules.ts";
import { readPromotionRules } from "../promotion/read-promotion-rules.ts";

const file = new MarkdownFile(fileURLToPath(new URL("./rule-files.cases.md", import.meta.url)));

function told({ code, span, message, help }: Diagnostic): string {
  const { line, column } = lineColumnAt(span.source.text, span.start);
  return `${line}:${column} ${code}: ${message}${help === undefined ? "" : ` ${help}`}\n`;
}

const blocks = file.blocks();
for (const [index, block] of blocks.entries()) {
  if (block.language !== "bucket" && block.language !== "promotion") continue;
  test(block.heading, () => {
    const source: TextSource = { name: "rule.yml", text: block.text };
    const diagnostics = new Diagnostics();
    const rules =
      block.language === "bucket"
        ? readBucketRules(source, diagnostics)
        : readPromotionRules(source, diagnostics);
    const list = diagnostics.list();
    const text = list.map(told).join("");
    if (isUpdate) file.rewrite(index + 1, text);
    else expect(text).toBe(blocks[index + 1]?.text);
    if (list.length === 0) expect(rules).toHaveLength(1);
  });
}
