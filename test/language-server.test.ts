import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureBuilt } from "./build.ts";
import { EditorClient, type ServerMessage } from "./editor-client.ts";
import { startTrawl } from "./run-trawl.ts";

const LINE = '192.0.2.1 - - [01/Oct/2026:12:00:05 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8.5.0"\n';
let root = "";
let folder = "";

beforeAll(async () => {
  await ensureBuilt();
  root = await mkdtemp(join(tmpdir(), "trawl-lsp-"));
  folder = join(root, "work");
  await mkdir(folder);
  await writeFile(join(folder, "access.log"), LINE.repeat(3));
  await writeFile(join(folder, "common.sx"), "$many = 1 + 2;\n");
  await writeFile(join(root, "outside.log"), LINE);
  await writeFile(join(root, "secret.sx"), "$secret = 'hidden';\n");
  await symlink(join(root, "secret.sx"), join(folder, "link.sx"));
}, 120_000);
afterAll(() => rm(root, { recursive: true, force: true }));

const uriOf = (name: string) => pathToFileURL(join(folder, name)).href;
const start = () => new EditorClient(startTrawl(["lsp", "--stdio"], { folder }));

async function withText(text: string, name = "main.sx"): Promise<EditorClient> {
  const client = start();
  await client.open(folder);
  client.notify("textDocument/didOpen", {
    textDocument: {
      uri: uriOf(name),
      languageId: name.endsWith("p") ? "trawl-pattern" : "trawl",
      version: 1,
      text,
    },
  });
  return client;
}

const at = (line: number, character: number, name = "main.sx") => ({
  textDocument: { uri: uriOf(name) },
  position: { line, character },
});
const whole = (name = "main.sx") => ({ textDocument: { uri: uriOf(name) } });

function diagnosticsOf({
  params,
}: ServerMessage): readonly { readonly message: string; readonly code: string; readonly range: unknown }[] {
  return (params as { diagnostics: { message: string; code: string; range: unknown }[] }).diagnostics;
}

const published = (client: EditorClient) =>
  client.note(({ method }) => method === "textDocument/publishDiagnostics").then(diagnosticsOf);

describe("a conversation with an editor", { timeout: 60_000 }, () => {
  test("begins with what the server can do and ends with exit code 0", async () => {
    const client = start();
    const { capabilities } = (await client.open(folder)) as { capabilities: Record<string, unknown> };
    expect(Object.keys(capabilities).sort()).toEqual([
      "completionProvider",
      "definitionProvider",
      "documentFormattingProvider",
      "documentSymbolProvider",
      "foldingRangeProvider",
      "hoverProvider",
      "positionEncoding",
      "referencesProvider",
      "renameProvider",
      "semanticTokensProvider",
      "signatureHelpProvider",
      "textDocumentSync",
      "workspace",
    ]);
    expect(await client.close()).toBe(0);
  });

  test("completes fields of a file it has looked at, and writes parentheses around the cursor", async () => {
    const client = await withText("PARSE(src:'access.log') | filter(stat");
    const items = (await client.request("textDocument/completion", at(0, 37))) as Record<string, unknown>[];
    expect(items[0]).toMatchObject({
      label: "status",
      detail: "INTEGER",
      textEdit: {
        range: { start: { line: 0, character: 33 }, end: { line: 0, character: 37 } },
        newText: "status",
      },
    });
    client.notify("textDocument/didChange", {
      textDocument: { uri: uriOf("main.sx"), version: 2 },
      contentChanges: [
        { range: { start: { line: 0, character: 26 }, end: { line: 0, character: 37 } }, text: "fil" },
      ],
    });
    const [command] = (await client.request("textDocument/completion", at(0, 29))) as Record<
      string,
      unknown
    >[];
    expect(command).toMatchObject({
      label: "filter",
      insertTextFormat: 2,
      textEdit: { newText: "filter($0)" },
    });
    await client.close();
  });

  test("tells mistakes while typing, and takes them back", async () => {
    const client = await withText("// 🙂\n/* 🙂 */ PARSE(src:'access.log') | filter(statu = 404)");
    const [mistake, ...rest] = await published(client);
    expect(rest).toEqual([]);
    expect(mistake).toMatchObject({
      code: "field-unknown",
      message: 'No field "statu" here.\nDid you mean "status"?',
      range: { start: { line: 1, character: 42 }, end: { line: 1, character: 47 } },
    });
    client.notify("textDocument/didChange", {
      textDocument: { uri: uriOf("main.sx"), version: 2 },
      contentChanges: [
        { range: { start: { line: 1, character: 47 }, end: { line: 1, character: 47 } }, text: "s" },
      ],
    });
    expect(await published(client)).toEqual([]);
    await client.close();
  });

  test("explains words, calls and names", async () => {
    const client = await withText(
      "INCLUDE './common.sx';\n$n = 5;\n@s = PARSE(src:'access.log') | limit($n);\n@s | select(client_ip, SUBSTR(uri, 1), m:$many, n:$n)",
    );
    const hover = (await client.request("textDocument/hover", at(3, 14))) as { contents: { value: string } };
    expect(hover.contents.value).toBe(
      '```trawl\nclient_ip IPADDR\n```\nFrom the format "combined": `IPADDR:client_ip`.',
    );
    const help = (await client.request("textDocument/signatureHelp", at(3, 35))) as Record<string, unknown>;
    expect(help).toMatchObject({
      activeParameter: 1,
      signatures: [{ label: "SUBSTR(text STRING, from INTEGRAL [, length INTEGRAL])" }],
    });
    expect(await client.request("textDocument/definition", at(3, 44))).toEqual({
      uri: uriOf("common.sx"),
      range: { start: { line: 0, character: 0 }, end: { line: 0, character: 5 } },
    });
    const used = (await client.request("textDocument/references", {
      ...at(1, 1),
      context: { includeDeclaration: true },
    })) as unknown[];
    expect(used).toHaveLength(3);
    const renamed = (await client.request("textDocument/rename", { ...at(1, 1), newName: "$count" })) as {
      changes: Record<string, { newText: string }[]>;
    };
    expect(renamed.changes[uriOf("main.sx")]?.map(({ newText }) => newText)).toEqual([
      "count",
      "count",
      "count",
    ]);
    const wrong = await client.ask("textDocument/rename", { ...at(1, 1), newName: "no name" });
    expect(wrong.error?.message).toBe('"no name" is no name: names are letters, digits and underscores.');
    const taken = await client.ask("textDocument/rename", { ...at(2, 1), newName: "s" });
    expect(taken.error?.message).toBe('"@s" is declared already.');
    expect(await client.request("textDocument/prepareRename", at(3, 44))).toBeNull();
    await client.close();
  });

  test("shows the outline, folds, colours and formats", async () => {
    const client = await withText("$p = <<<P\nINT:a EOL\nP;\n@s=PARSE(pattern:$p,src:'access.log');");
    const symbols = (await client.request("textDocument/documentSymbol", whole())) as { name: string }[];
    expect(symbols.map(({ name }) => name)).toEqual(["$p", "@s"]);
    expect(await client.request("textDocument/foldingRange", whole())).toEqual([
      { startLine: 0, endLine: 2 },
    ]);
    const { data } = (await client.request("textDocument/semanticTokens/full", whole())) as {
      data: number[];
    };
    expect(data.length % 5).toBe(0);
    expect(data.slice(0, 5)).toEqual([0, 0, 2, 5, 0]);
    const options = { ...whole(), options: { tabSize: 2, insertSpaces: true } };
    const [edit] = (await client.request("textDocument/formatting", options)) as { newText: string }[];
    expect(edit?.newText).toBe("$p = <<<P\nINT:a EOL\nP;\n@s = PARSE(pattern:$p, src:'access.log');\n");
    await client.close();
  });

  test("knows patterns of their own", async () => {
    const client = await withText("IPADDR:ip ' ' TIM", "app.sxp");
    const [item] = (await client.request("textDocument/completion", at(0, 17, "app.sxp"))) as {
      label: string;
    }[];
    expect(item?.label).toBe("TIMESTAMP");
    const [mistake] = await published(client);
    expect(mistake?.code).toBe("matcher-unknown");
    await client.close();
  });

  test("uses the text of an open file before it is saved", async () => {
    const client = await withText("INCLUDE './common.sx';\nDUAL($more)");
    expect((await published(client)).map(({ code }) => code)).toEqual(["value-unknown"]);
    client.notify("textDocument/didOpen", {
      textDocument: { uri: uriOf("common.sx"), languageId: "trawl", version: 1, text: "$more = 4;" },
    });
    const notes = await client.note(
      (message) =>
        message.method === "textDocument/publishDiagnostics" &&
        diagnosticsOf(message).length === 0 &&
        (message.params as { uri: string }).uri === uriOf("main.sx"),
    );
    expect(diagnosticsOf(notes)).toEqual([]);
    await client.close();
  });

  test("looks at nothing outside of the folder, links followed, and never at its own input", async () => {
    const client = await withText(
      "INCLUDE '../secret.sx';\nINCLUDE './link.sx';\n@a = PARSE(src:'../outside.log');\n@b = PARSE(src:'-');\n@c = PARSE(src:'/etc/pass*');\nDUAL(1) | select($secret)",
    );
    const hover = await client.request("textDocument/hover", at(5, 20));
    expect(JSON.stringify(hover)).not.toContain("hidden");
    const stream = (await client.request("textDocument/hover", at(2, 1))) as { contents: { value: string } };
    expect(stream.contents.value).toContain("not known");
    const items = await client.request("textDocument/completion", at(2, 19));
    expect(items).toEqual([]);
    await client.close();
  });

  test("goes on after messages that make no sense", async () => {
    const client = await withText("DUAL(1)");
    client.sendRaw("{ this is no JSON");
    client.sendRaw("[1, 2]");
    client.sendRaw('"text"');
    client.notify("no/such", { a: 1 });
    client.notify("textDocument/didChange", { textDocument: {} });
    client.notify("textDocument/didChange", {
      textDocument: { uri: uriOf("unknown.sx"), version: 3 },
      contentChanges: [{ text: "x" }],
    });
    expect((await client.ask("no/such", {})).error?.code).toBe(-32601);
    expect((await client.ask("textDocument/hover", {})).error).toBeDefined();
    expect(await client.request("textDocument/hover", at(0, 1, "unknown.sx"))).toBeNull();
    expect(await client.request("textDocument/hover", at(900, 900))).toBeNull();
    const cancelled = client.ask("textDocument/completion", at(0, 1));
    client.notify("$/cancelRequest", { id: cancelled.id });
    await cancelled;
    const hover = (await client.request("textDocument/hover", at(0, 1))) as { contents: { value: string } };
    expect(hover.contents.value).toContain("DUAL");
    expect(await client.close()).toBe(0);
  });
});
