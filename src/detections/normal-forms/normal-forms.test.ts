import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normalForms, originalRange } from "./normal-forms.ts";
import { parametersOf, splitTarget } from "./parameters.ts";

/** Pieces that disguises are made of. */
const pieces = fc.constantFrom(
  ..."% %2 %25 %27 %2527 %c0%af %e0%80%af %C3%A4 %u0041 %uff1c + &lt; &#x3c; &#60 &amp; \\x41 \\u0042 \\u{43} \\101 /* */ /*! /*!50000 -- # \n".split(
    " ",
  ),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's variable is meant.
  ..."// /./ /../ \\ ' \" ^ $IFS ${IFS} $@ a b select UNION İ K ﬁ ＜ ① \0 \u00ad 𝐀 ä 😀 \ud800".split(" "),
  " ",
  "  ",
  "\t",
);
const values = fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(""));

const formsOf = (value: string) => normalForms(value).map(({ text }) => text);

describe("normal forms", () => {
  test.each([
    ["%2527 or 1=1", "' or 1=1"],
    ["un/**/ion+%0A%0Aselect", "un ion select"],
    ["1/*!50000union*/select", "1 union select"],
    ["..%c0%af..%5cetc", "../../etc"],
    ["%u003cscript%uff1e", "<script>"],
    ["&lt;img&#x20;src&#61;x", "<img src=x"],
    ["\\x3cb\\u003e", "<b>"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's variable is meant.
    ["c'a't${IFS}/etc", "cat /etc"],
    ["/a/./b//c\\d", "/a/b/c/d"],
    ["http://①②⑦.①", "http://127.1"],
    ["sel%00ect", "select"],
  ])("of %s hold %s", (value, form) => {
    expect(formsOf(value)).toContain(form);
  });

  test("begin with the value as it stands, and hold no text twice", () => {
    fc.assert(
      fc.property(values, (value) => {
        const texts = formsOf(value);
        expect(texts[0]).toBe(value);
        expect(new Set(texts).size).toBe(texts.length);
        expect(texts.length).toBeLessThanOrEqual(5);
      }),
    );
  });

  test("of a decoded form add no new decoded form, once nothing is left to undo", () => {
    fc.assert(
      fc.property(values, (value) => {
        const decoded = normalForms(value)[1]?.text ?? value;
        if (/[%&\\+]/.test(decoded)) return;
        expect(formsOf(decoded)[0]).toBe(decoded);
        expect(normalForms(decoded).some(({ steps }) => steps.includes("percent"))).toBe(false);
      }),
    );
  });

  test("map every range back into the value, in order", () => {
    fc.assert(
      fc.property(values, fc.nat(200), fc.nat(20), (value, at, length) => {
        for (const form of normalForms(value)) {
          const start = Math.min(at, form.text.length);
          const end = Math.min(start + length, form.text.length);
          const range = originalRange(form, start, end);
          expect(range.start).toBeGreaterThanOrEqual(0);
          expect(range.end).toBeGreaterThanOrEqual(range.start);
          expect(range.end).toBeLessThanOrEqual(value.length);
          const whole = originalRange(form, 0, form.text.length);
          if (start < form.text.length) expect(range.start).toBeGreaterThanOrEqual(whole.start);
        }
      }),
    );
  });

  test("name the bytes of the value that a match came of", () => {
    const value = "q=%2561%2Dselect";
    const form = normalForms(value).find(({ text }) => text.includes("a-"));
    const at = form?.text.indexOf("a-") ?? -1;
    const range = form === undefined ? null : originalRange(form, at, at + 2);
    expect(range && value.slice(range.start, range.end)).toBe("%2561%2D");
  });

  test("cost time in proportion to the value, whatever it holds", () => {
    for (const piece of ["/*", "%25", "&#", "'", "/./", "$IFS", "\\", "--", "+", "{", "*/", "&lt;"]) {
      const started = process.cpuUsage().user;
      normalForms(piece.repeat(200_000));
      // Quadratic time would be minutes; the bound is far from what it takes.
      expect(process.cpuUsage().user - started, piece).toBeLessThan(8_000_000);
    }
  });
});

describe("parameters", () => {
  test("stand where they say", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "=", "&", "%26", "b", "&&"), { maxLength: 40 }), (parts) => {
        const query = parts.join("");
        for (const { name, value, start, valueStart, end } of parametersOf(query)) {
          expect(query.slice(start, start + name.length)).toBe(name);
          expect(query.slice(valueStart, end)).toBe(value);
        }
      }),
    );
  });

  test.each([
    ["/a?b=c", "/a", "b=c"],
    ["https://example.com/a;b?c=d", "/a;b", "c=d"],
    ["https://example.com", "/", null],
    ["example.com:443", "example.com:443", null],
    ["/a??b", "/a", "?b"],
  ])("the target %s has the path %s", (target, path, query) => {
    expect(splitTarget(target)).toEqual({ path, query });
  });
});
