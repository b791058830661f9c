import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type MainOutcome, runMain } from "./run-main.testing.ts";

let folder = "";
const LINE = `192.0.2.1 - - [01/Oct/2026:12:00:05 +0000] "GET /index.html HTTP/1.1" 200 5 "-" "curl/8.5.0"\n`;

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
/** The header of a member "a", deflated, of which no more is there. */
const ZIP_HEAD = hex("504b0304 14000000 0800 0000 0000 00000000 40000000 00100000 0100 0000 61");

/** Beginnings of packed data of which nothing can be unpacked. */
const CUT: Readonly<Record<string, Uint8Array>> = {
  "cut.gz": gzipSync(LINE.repeat(100)).subarray(0, 14),
  "cut.zst": hex("28b52ffd 04 00"),
  "cut.bz2": Buffer.concat([Buffer.from("BZh9"), hex("314159265359 0000")]),
  "cut.xz": hex("fd377a585a00 0004 e6d6b446 0200"),
  "cut.lz4": hex("04224d18 6440a7 ff000000"),
  "cut.zip": ZIP_HEAD,
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "trawl-damaged-"));
  await mkdir(join(folder, "many"));
  for (const [name, bytes] of Object.entries(CUT)) {
    await writeFile(join(folder, name), bytes);
    await writeFile(join(folder, "many", name), bytes);
  }
  await writeFile(join(folder, "many/whole.log"), LINE.repeat(3));
});
afterAll(() => rm(folder, { recursive: true }));

const run = (argv: readonly string[]): Promise<MainOutcome> =>
  runMain(argv, { folder, environment: { TRAWL_THREADS: "1" } });

/** The commands that look at a source to see what it is. */
const COMMANDS: Readonly<Record<string, (uri: string) => readonly string[]>> = {
  query: (uri) => ["query", "-e", `PARSE(src:'${uri}') | count()`],
  explain: (uri) => ["explain", "-e", `PARSE(src:'${uri}') | count()`],
  parse: (uri) => ["parse", "--explain-unmatched", uri],
  detect: (uri) => ["detect", uri],
  infer: (uri) => ["infer", uri],
};

describe.each(Object.entries(COMMANDS))("trawl %s", (name, command) => {
  test.each(Object.keys(CUT))("says what is wrong with %s, of which nothing can be read", async (file) => {
    const { stdout, stderr, exitCode } = await run(command(file));
    expect(stdout).toBe("");
    expect(stderr).toContain("error[compressed-data-broken]: The compressed data of");
    expect(stderr).toMatch(new RegExp(`^ --> \\S*${file.replaceAll(".", "\\.")}, byte 0$`, "m"));
    expect(exitCode).toBe(4);
  });

  test("reads what is whole beside what is damaged", async () => {
    const { stdout, stderr, exitCode } = await run(command("many/*"));
    expect(exitCode).toBe(0);
    expect(stdout).not.toBe("");
    expect(stderr).not.toContain("error");
    // What explains a script looks no further than the first file that tells the format.
    if (name === "explain") return;
    for (const file of Object.keys(CUT)) {
      expect(stderr).toMatch(
        new RegExp(`many/${file.replaceAll(".", "\\.")}, byte 0: .* \\(compressed-data-broken\\)`),
      );
    }
  });
});

test("a member that is chosen in a damaged archive is told as such", async () => {
  for (const script of ["PARSE(src:'cut.zip!/a')", "PARSE(src:'cut.zip', archive_src:'*')"]) {
    const { stderr, exitCode } = await run(["query", "-e", script]);
    expect(stderr).toContain("error[compressed-data-broken]");
    expect(exitCode).toBe(4);
  }
});

test("damaged files that hold too little for a format do not hide the others", async () => {
  const broken = gzipSync(Buffer.from("192.0.2.1 - -"));
  await writeFile(join(folder, "short.gz"), broken.subarray(0, broken.length - 8));
  const { stderr } = await run(["query", "-e", "PARSE(src:'short.gz')"]);
  expect(stderr).toMatch(/error\[compressed-data-broken\].*\n --> .*short\.gz, byte 13$/m);
});

test("empty files are empty, not damaged", async () => {
  await writeFile(join(folder, "empty.log"), "");
  const { stderr } = await run(["query", "-e", "PARSE(src:'empty.log')"]);
  expect(stderr).toContain("There are no bytes in it.");
});
