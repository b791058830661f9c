import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isIndexPage, readIndexPage } from "./index-page.ts";

const PAGE = "https://logs.example/var/log/";
const namesOf = (html: string) =>
  readIndexPage(html, PAGE).map(({ name, kind }) => (kind === "directory" ? `${name}/` : name));

describe("an index page", () => {
  test("of nginx gives its names", () => {
    const html = `<html><head><title>Index of /var/log/</title></head><body><h1>Index of /var/log/</h1><hr><pre><a href="../">../</a>
<a href="sub/">sub/</a>            21-Nov-2026 07:15                   -
<a href="%3Cq%3E%22%23%25.log">&lt;q&gt;&quot;#%.log</a>   21-Nov-2026 07:15   2
<a href="a%20b%26c.log">a b&amp;c.log</a>     21-Nov-2026 07:15                   2
</pre><hr></body></html>`;
    expect(namesOf(html)).toEqual(["sub/", "%3Cq%3E%22%23%25.log", "a%20b%26c.log"]);
    expect(isIndexPage(html)).toBe(true);
  });

  test("of Apache gives its names, without the links that sort", () => {
    const html = `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN"><title>Index of /var/log</title>
<tr><th><a href="?C=N;O=D">Name</a></th><th><a href="?C=M;O=A">Last modified</a></th></tr>
<tr><td><img src="/icons/back.gif"></td><td><a href="/var/">Parent Directory</a></td></tr>
<tr><td><a href="access.log.1.gz">access.log.1.gz</a></td></tr>
<tr><td><a href="a&amp;b.log">a&amp;b.log</a></td></tr>`;
    expect(namesOf(html)).toEqual(["access.log.1.gz", "a&b.log"]);
  });

  test.each([
    ["upwards", "../"],
    ["upwards in disguise", "%2e%2e/%2E%2e/etc/passwd"],
    ["upwards behind a name", "a/../../b"],
    ["to itself", "./"],
    ["to the root", "/"],
    ["deeper", "a/b.log"],
    ["to another host", "https://evil.example/var/log/a.log"],
    ["to another host without a scheme", "//evil.example/var/log/a.log"],
    ["to another host with the other slashes", "\\\\evil.example/var/log/a.log"],
    ["to another port", "https://logs.example:8443/var/log/a.log"],
    ["to plain http", "http://logs.example/var/log/a.log"],
    ["with a user", "https://me@logs.example/var/log/a.log"],
    ["with a query", "a.log?delete=1"],
    ["with a fragment", "a.log#x"],
    ["into a script", "javascript:alert(1)"],
    ["into data", "data:text/html,x"],
    ["to what cannot be read", "http://["],
    ["in hidden letters", "&#106;avascript:x"],
    ["nowhere", ""],
  ])("that links %s gives no name", (_, href) => {
    expect(namesOf(`<a href="${href}">x</a>`)).toEqual([]);
  });

  test.each([
    [`<A HREF='b.log'>`, "b.log"],
    ["<a class=x href=c.log>", "c.log"],
    [`<a\nhref = "./d.log" title="x">`, "d.log"],
    [`<a href="/var/log/e.log">`, "e.log"],
    [`<a href="https://logs.example/var/log/f.log">`, "f.log"],
    [`<a href="g&#x20;h.log">`, "g%20h.log"],
    [`<a href="g\u001B[31m.log">`, "g%1B[31m.log"],
    [`<a href="i.log"><a href="i.log">`, "i.log"],
  ])("%s gives %s", (html, name) => {
    expect(namesOf(html)).toEqual([name]);
  });

  test.each([
    "<abbr href='x.log'>",
    "<a data-href='x.log'>",
    "<a href='x.log'",
    "<a title=x>",
    "&#xFFFFFF;<a href='&#xFFFFFF;/x'>",
  ])("%s gives nothing", (html) => {
    expect(namesOf(html)).toEqual([]);
  });

  test("whatever its text, gives names of one part alone", () => {
    const part = fc.oneof(
      fc.constantFrom(
        "<a href='",
        '<a href="',
        "'>",
        '">',
        "..",
        "/",
        "%2e",
        "&#46;",
        "&#47;",
        "\\",
        "?",
        "a",
        ":",
      ),
      fc.string({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        for (const { name } of readIndexPage(parts.join(""), PAGE)) {
          expect(name).not.toMatch(/[/?#\\\s]|^\.{1,2}$|^$/);
          expect(new URL(name, PAGE).href).toBe(PAGE + name);
        }
      }),
      { seed: 5, numRuns: 2000 },
    );
  });

  test("costs time linear in its size", () => {
    const begun = performance.now();
    for (const piece of ["<a ", "<a href=", "<a href='x' ", "<title> ", "<a>&#", "<a href='", "&#1"]) {
      readIndexPage(piece.repeat(300_000), PAGE);
      isIndexPage(piece.repeat(300_000));
    }
    expect(performance.now() - begun).toBeLessThan(5000);
  });
});
