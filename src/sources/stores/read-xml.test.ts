import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { childIn, childrenOf, readXml, textIn, type XmlElement } from "./read-xml.ts";

describe("a document of XML", () => {
  test("has elements, their attributes as written, and their text", () => {
    const page = readXml(
      '\uFEFF<?xml version="1.0"?>\n<!-- <a> --><s:Page xmlns="http://x/"><Name Encoded="true">a&amp;b &#xE9;&#9834;</Name><Empty /><Empty/><T><![CDATA[<&]]></T></s:Page>\n',
    );
    expect(page?.name).toBe("Page");
    expect(textIn(page!, "Name")).toBe("a&b é♪");
    expect(childIn(page!, "Name")?.attributes).toBe(' Encoded="true"');
    expect(textIn(page!, "T")).toBe("<&");
    expect(childrenOf(page!, "Empty")).toHaveLength(2);
    expect(textIn(page!, "None")).toBeNull();
  });

  test.each([
    "",
    "text",
    "<a>",
    "</a>",
    "<a></b>",
    "<a/><b/>",
    "x<a/>",
    "<a/>x",
    "<a>&unknown;</a>",
    "<a>&amp</a>",
    "<a>&#xD800;</a>",
    "<a>&#1114112;</a>",
    "<a><![CDATA[</a>",
    "<a><!-- </a>",
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "< a></a>",
    "<a",
    "<>",
    `${"<a>".repeat(40)}${"</a>".repeat(40)}`,
  ])("is none: %s", (text) => {
    expect(readXml(text)).toBeNull();
  });

  const printed = ({ name, text, children }: XmlElement): string =>
    `<${name}>${text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}${children.map(printed).join("")}</${name}>`;
  const elements = fc.letrec<{ element: XmlElement }>((tie) => ({
    element: fc.record({
      name: fc.constantFrom("a", "Key", "x-y.z"),
      attributes: fc.constant(""),
      text: fc.string({ unit: "grapheme" }),
      children: fc.oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie("element"), { maxLength: 3 })),
    }),
  })).element;

  test("is read back as it was printed", () => {
    fc.assert(
      fc.property(elements, (element) => {
        expect(readXml(printed(element))).toEqual(element);
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  // What takes more than linear time does not end before the test's limit.
  test("is read in a moment, whatever it holds", () => {
    for (const piece of ["<", "<a ", "&", "&#", "<!--", "<a></a>", "<a>", "<?", "a=\"'", "<![CDATA["]) {
      readXml(piece.repeat(100_000));
      readXml(`<r>${piece.repeat(100_000)}</r>`);
    }
  });
});
