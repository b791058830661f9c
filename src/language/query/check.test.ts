import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { drawDiagnostic, type TextSource } from "#text";
import type { Pattern } from "../pattern/tree.ts";
import type { DataType, Field } from "../types.ts";
import { checkScript } from "./check-script.ts";
import {
  type CheckEnvironment,
  type CheckedScript,
  type Wanted,
  type WantedAnswer,
  wantedKey,
} from "./environment.ts";
import { printRelation } from "./print-relation.ts";

const CASES = new URL("./check.cases.md", import.meta.url);
const OUTPUTS = ["relation", "errors", "wanted"] as const;
const ACCESS =
  "client_ip IPADDR, user STRING, timestamp TIMESTAMP, verb STRING, uri STRING, status INTEGER, bytes LONG, agent STRING, o OBJECT, tags ARRAY(STRING), pos TUPLE(lat DOUBLE, lon DOUBLE)";

interface Block {
  readonly info: string;
  readonly text: string;
}

interface Case {
  readonly title: string;
  readonly blocks: readonly Block[];
}

function readCases(text: string): { readonly head: string; readonly cases: readonly Case[] } {
  const [head = "", ...sections] = text.split(/^## /m);
  const cases = sections.map((section) => {
    const blocks = [...section.matchAll(/^```(.+)\n([\s\S]*?)^```$/gm)].map((match) => ({
      info: match[1] ?? "",
      text: (match[2] ?? "").replace(/\n$/, ""),
    }));
    return { title: section.split("\n", 1)[0] ?? "", blocks };
  });
  return { head, cases };
}

function typeOf(text: string): DataType {
  const array = /^ARRAY\((.*)\)$/.exec(text);
  if (array !== null) return { kind: "array", element: typeOf(array[1] ?? "") };
  const tuple = /^TUPLE\((.*)\)$/.exec(text);
  if (tuple !== null) return { kind: "tuple", fields: fieldsOf(tuple[1] ?? "") };
  const words: Readonly<Record<string, DataType>> = {
    STRING: { kind: "string" },
    INTEGER: { kind: "integer" },
    LONG: { kind: "long" },
    FLOAT: { kind: "float" },
    DOUBLE: { kind: "double" },
    BOOLEAN: { kind: "boolean" },
    TIMESTAMP: { kind: "timestamp" },
    TIMESTAMP_NANO: { kind: "timestamp-nano" },
    DURATION: { kind: "duration" },
    IPADDR: { kind: "ip" },
    IPNET: { kind: "ipnet" },
    OBJECT: { kind: "object" },
    VARIANT: { kind: "variant" },
  };
  const type = words[text];
  if (type === undefined) throw new Error(`no type ${text}`);
  return type;
}

function fieldsOf(schema: string): Field[] {
  return schema.split(/,\s*(?![^()]*\))/).map((part) => {
    const [, name = "", type = ""] = /^\s*(\S+)\s+(.*?)\s*$/.exec(part) ?? [];
    return { name, type: typeOf(type) };
  });
}

function fakePattern(schema: string): Pattern {
  const source: TextSource = { name: "fake.sxp", text: "EOL" };
  const root = {
    kind: "group",
    members: [],
    separator: null,
    span: { source, start: 0, end: 3 },
    quantifier: null,
    isOptional: false,
    name: null,
    look: null,
  } as const;
  return { source, root, fields: fieldsOf(schema), header: null };
}

function answerOf(wanted: Wanted, blocks: readonly Block[]): WantedAnswer {
  if (wanted.kind === "text") {
    const file = blocks.find((block) => block.info === `file ${wanted.path}`);
    if (file === undefined) return { kind: "missing", message: "There is no such file." };
    return { kind: "text", source: { name: wanted.path, text: file.text } };
  }
  if (wanted.kind === "table") {
    const table = blocks.find((block) => block.info === `table ${wanted.uris.join(" ")}`);
    if (table === undefined) return { kind: "missing", message: "There is no such file." };
    return { kind: "table", columns: fieldsOf(table.text), paths: wanted.uris };
  }
  if (wanted.uris.some((uri) => uri.includes("unknown")))
    return { kind: "missing", message: "No format fits." };
  const schema = blocks.find((block) => block.info === "schema")?.text ?? ACCESS;
  return { kind: "format", formatName: "access", pattern: fakePattern(schema) };
}

function run(blocks: readonly Block[]): CheckedScript {
  const block = (info: string) => blocks.find((each) => each.info === info)?.text;
  const source = { name: "query.sx", text: block("query") ?? "" };
  const given = (block("arguments") ?? "").split("\n").filter((line) => line !== "");
  const answers = new Map<string, WantedAnswer>();
  const options = block("options") ?? "";
  const environment: CheckEnvironment = {
    nowMs: BigInt(Date.UTC(2024, 4, 17, 10, 42, 30, 500)),
    timeZone: /zone=(\S+)/.exec(options)?.[1] ?? "UTC",
    arguments: Object.fromEntries(given.map((line) => line.split("=", 2))),
    answers,
    isOffline: options.includes("offline"),
  };
  for (let round = 0; ; round++) {
    const result = checkScript(source, environment);
    if (result.wanted.length === 0 || round > 5 || options.includes("once")) return result;
    for (const wanted of result.wanted) answers.set(wantedKey(wanted), answerOf(wanted, blocks));
  }
}

function outputOf(blocks: readonly Block[]): readonly Block[] {
  const { diagnostics, relation, wanted } = run(blocks);
  const texts = {
    relation: relation === null ? "" : printRelation(relation),
    errors: diagnostics.map((each) => drawDiagnostic(each)).join("\n"),
    wanted: wanted.map((each) => JSON.stringify(each)).join("\n"),
  };
  const shown = OUTPUTS.map((info) => ({ info, text: texts[info] })).filter((block) => block.text !== "");
  return shown.length === 0 ? [{ info: "relation", text: "nothing" }] : shown;
}

const { head, cases } = readCases(readFileSync(CASES, "utf8"));
const isOutput = (block: Block) => OUTPUTS.some((info) => info === block.info);

if (process.env["UPDATE"] === "1") {
  const printBlock = ({ info, text }: Block) => `\`\`\`${info}\n${text}\n\`\`\`\n`;
  const sections = cases.map(({ title, blocks }) => {
    const inputs = blocks.filter((block) => !isOutput(block));
    return `## ${title}\n\n${[...inputs, ...outputOf(inputs)].map(printBlock).join("")}`;
  });
  writeFileSync(CASES, `${head}${sections.join("\n")}`);
}

describe("checkScript", () => {
  for (const { title, blocks } of readCases(readFileSync(CASES, "utf8")).cases) {
    test(title, () => {
      const expected = blocks.filter(isOutput);
      expect(outputOf(blocks.filter((block) => !isOutput(block)))).toEqual(expected);
    });
  }

  test("titles of cases are distinct", () => {
    const titles = cases.map((each) => each.title);
    expect(new Set(titles).size).toBe(titles.length);
  });
});
