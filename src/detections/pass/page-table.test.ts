import fc from "fast-check";
import { expect, test } from "vitest";
import { PageTable } from "./page-table.ts";
import { pathOfTarget } from "./paths.ts";

test("a target's bytes lead to the page that its text leads to", () => {
  const pieces = fc.constantFrom("/", "a", "b", "?", "#", "%41", "é", " ", "//", "x".repeat(600), "http://h");
  const targets = fc.array(fc.array(pieces, { minLength: 1, maxLength: 5 }), { maxLength: 300 });
  const law = fc.property(targets, fc.integer({ min: 4, max: 2000 }), (all, limit) => {
    const pages = new PageTable(limit);
    for (const parts of all) {
      const target = parts.join("");
      const bytes = Buffer.from(`<${target}>`);
      const ofBytes = pages.ofTarget({ bytes, start: 1, end: bytes.length - 1 });
      const path = pathOfTarget(target);
      const ofText = pages.get("", path, true);
      expect(ofText.path).toBe(path);
      if (ofBytes !== null) expect(ofBytes).toBe(ofText);
      expect(pages.size).toBeLessThanOrEqual(limit);
    }
    const paths = [...pages.all()].map((page) => page.path);
    expect(new Set(paths).size).toBe(paths.length);
  });
  fc.assert(law, { numRuns: 60 });
});
