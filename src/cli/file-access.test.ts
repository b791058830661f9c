import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type MainOutcome, runMain } from "./run-main.testing.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "trawl-access-"));
  const datastores = join(folder, "config/trawl/datastores");
  await mkdir(datastores, { recursive: true });
  await mkdir(join(folder, "store"));
  await mkdir(join(folder, "elsewhere"));
  await writeFile(join(datastores, "here.yml"), `protocol: file\nroot: ${join(folder, "store")}\n`);
  await writeFile(join(folder, "store/a.csv"), "name,count\nfirst,1\n");
  await writeFile(join(folder, "store/a.json"), '{"name":"first"}\n');
  await writeFile(join(folder, "store/a.log"), "first\n");
  await writeFile(join(folder, "elsewhere/secret.csv"), "secret\nvalue\n");
  await writeFile(join(folder, "elsewhere/secret.json"), '{"secret":"value"}\n');
  await writeFile(join(folder, "elsewhere/secret.log"), "secret value\n");
  await writeFile(join(folder, "elsewhere/secret.sx"), "@kept = DUAL(1) | select(secret:1);\n");
  await writeFile(join(folder, "elsewhere/secret.sxp"), "LD:secret EOL");
  await symlink(join(folder, "elsewhere/secret.csv"), join(folder, "store/link.csv"));
  await symlink(join(folder, "elsewhere"), join(folder, "store/out"));
  const stored = await runScript(`DUAL(1) | select(secret:1) | save('/user/kept.sxt')`, "unmanaged");
  expect(stored.stderr).toBe("");
  await writeFile(join(folder, "shared.sx"), "INCLUDE 'elsewhere/secret.sx';\n@kept");
});
afterAll(() => rm(folder, { recursive: true }));

function runScript(text: string, access: string): Promise<MainOutcome> {
  return runMain(["query", "-e", text, "--files", access, "--offline", "--threads", "1"], { folder });
}

const secret = (name: string) => join(folder, "elsewhere", name);

/** Scripts that name a file of this machine outside of all datastores, each in a way of its own. */
const NAMING: readonly (readonly [way: string, script: () => string])[] = [
  ["CSV", () => `CSV('${secret("secret.csv")}')`],
  ["CSV, by an address", () => `CSV('file://${secret("secret.csv")}')`],
  ["CSV, by a wildcard", () => `CSV('${secret("*.csv")}')`],
  ["CSV, below the working directory", () => `CSV('elsewhere/secret.csv')`],
  ["CSV, by upward steps from a datastore", () => `CSV('file://here/../elsewhere/secret.csv')`],
  ["CSV, by a link in a datastore", () => `CSV('file://here/link.csv')`],
  ["CSV, by a link to a directory", () => `CSV('file://here/out/secret.csv')`],
  ["CSV, by a wildcard across links", () => `CSV('file://here/*/secret.csv')`],
  ["JSON", () => `JSON('${secret("secret.json")}')`],
  ["PARQUET", () => `PARQUET('${secret("secret.csv")}')`],
  ["PARQUET, as a stored table", () => `PARQUET('${secret("secret.sxt")}')`],
  ["a stored table beside the script", () => `@[./elsewhere/secret.sxt]`],
  ["a stored table by upward steps", () => `@[/user/../../../elsewhere/secret.sxt]`],
  ["LINES", () => `LINES('${secret("secret.log")}')`],
  ["PARSE", () => `PARSE(src:'${secret("secret.log")}', pattern:"LD:secret EOL")`],
  ["PARSE without a pattern", () => `PARSE(src:'${secret("secret.log")}')`],
  ["LIST", () => `LIST('${secret("*")}')`],
  ["LIST in a table of a join", () => `DUAL(1) | select(k:1) | join(CSV('${secret("secret.csv")}') ON k)`],
  ["INCLUDE", () => `INCLUDE '${secret("secret.sx")}';\n@kept`],
  ["a view", () => `@[${secret("secret.sx")}]`],
  ["a view beside the script", () => `@[./elsewhere/secret.sx]`],
  ["a pattern", () => `PARSE(src:'file://here/a.log', pattern:$[${secret("secret.sxp")}])`],
];

describe.each(["managed", "off"])("with --files %s", (access) => {
  test.each(NAMING)("a script names no file by %s", async (_way, script) => {
    const { stdout, stderr, exitCode } = await runScript(script(), access);
    expect(stdout).toBe("");
    expect(exitCode).toBeGreaterThan(0);
    expect(stderr).toMatch(/may not be read|leads out of|\.\./);
    expect(stderr).not.toMatch(/secret value|value\n/);
  });

  test("the script itself is read, and the texts that it names are not", async () => {
    const { stdout, stderr } = await runMain(["query", "shared.sx", "--files", access], { folder });
    expect(stdout).toBe("");
    expect(stderr).toContain('"elsewhere/secret.sx" may not be read.');
  });

  test("stored tables are read", async () => {
    const { stdout, stderr } = await runScript("@[/user/kept.sxt]", access);
    expect(stderr).toBe("");
    expect(stdout).toBe('{"secret":1}\n');
  });
});

describe("tables of datastores", () => {
  test.each([
    ["CSV('file://here/a.csv')", "managed", '{"name":"first","count":1}\n'],
    ["JSON('file://here/a*.json')", "managed", '{"name":"first"}\n'],
    ["CSV('file://here/a.csv')", "unmanaged", '{"name":"first","count":1}\n'],
  ])("are read: %s with --files %s", async (script, access, rows) => {
    expect((await runScript(script, access)).stdout).toBe(rows);
  });

  test("are not read with --files off", async () => {
    const { stderr, exitCode } = await runScript("CSV('file://here/a.csv')", "off");
    expect(exitCode).toBe(4);
    expect(stderr).toContain('error[access-denied]: "file://here/a.csv" may not be read.');
  });

  test("are not read from other machines, which are not even asked", async () => {
    const { stderr, exitCode } = await runScript("CSV('s3s://bucket/a.csv')", "unmanaged");
    expect(exitCode).toBe(4);
    expect(stderr).toContain(
      'error[source-scheme-unknown]: "s3s://bucket/a.csv" is in a store, and tables are read from files.',
    );
  });
});

test("a definition that cannot be read is told", async () => {
  const file = join(folder, "config/trawl/datastores/odd.yml");
  await mkdir(file);
  const { stderr, exitCode } = await runScript("LIST('file://here/*')", "managed");
  await rm(file, { recursive: true });
  expect(stderr).toContain(`error[store-unknown]: The datastores in "${file}" cannot be read: EISDIR`);
  expect(exitCode).toBe(4);
});
