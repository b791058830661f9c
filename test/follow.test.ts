/** The command line that follows files which are written, rotated and truncated meanwhile. */
import type { ChildProcess } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { watch } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { ensureBuilt } from "./build.ts";
import { runTrawl, startTrawl } from "./run-trawl.ts";

const PATTERN = `pattern:"INT:n ' ' LD:text EOL"`;
let folder = "";

beforeAll(ensureBuilt, 120_000);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trawl-follow-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const line = (n: number) => `${n} ${"text ".repeat(15)}\n`;
const write = (name: string, ...numbers: readonly number[]) =>
  appendFileSync(at(name), numbers.map(line).join(""));

/** A command that runs, and what it has printed. */
class Following {
  readonly #child: ChildProcess;
  readonly #stderr: Promise<string>;
  readonly #exitCode: Promise<number | null>;
  printed = "";
  #wake: () => void = () => {};

  constructor(...argv: readonly string[]) {
    this.#child = startTrawl(argv, { folder });
    this.#child.stdout?.on("data", (chunk: Buffer) => {
      this.printed += chunk.toString();
      this.#wake();
    });
    this.#stderr = this.#child.stderr === null ? Promise.resolve("") : text(this.#child.stderr);
    this.#exitCode = new Promise((resolve) => this.#child.once("close", resolve));
    void this.#exitCode.then(() => this.#wake());
  }

  /** Waits until this has been printed. */
  async until(printed: string): Promise<void> {
    while (!this.printed.includes(printed)) {
      if (this.#child.exitCode !== null)
        throw new Error(`ended with:\n${this.printed}\n${await this.#stderr}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Stops it by Ctrl-C, and gives what it said. */
  stop(): ReturnType<Following["ended"]> {
    this.#child.kill("SIGINT");
    return this.ended();
  }

  /** Waits for its end, and gives what it said. */
  async ended(): Promise<{ readonly stderr: string; readonly exitCode: number | null }> {
    const stderr = await this.#stderr;
    return { stderr, exitCode: await this.#exitCode };
  }
}

/** Waits until there is a file whose name begins so. */
async function appears(name: string): Promise<void> {
  for await (const { filename } of watch(folder)) if (filename?.startsWith(name) === true) return;
}

test("rows come as they are written, through rotation by name and by copy, and Ctrl-C ends well", async () => {
  write("a.log", 1);
  const following = new Following(
    "query",
    "--follow",
    "--stats",
    "-e",
    `PARSE(src:'a.log*', ${PATTERN}) | select(n)`,
  );
  await following.until('{"n":1}\n');
  appendFileSync(at("a.log"), line(2).slice(0, 30));
  write("b.log", 99);
  appendFileSync(at("a.log"), line(2).slice(30));
  await following.until('{"n":2}\n');
  write("a.log", 3);
  renameSync(at("a.log"), at("a.log.1"));
  write("a.log", 4);
  await following.until('{"n":4}\n');
  write("a.log.1", 5);
  await following.until('{"n":5}\n');
  write("a.log", 6);
  copyFileSync(at("a.log"), at("a.log.2"));
  truncateSync(at("a.log"));
  write("a.log", 7);
  await following.until('{"n":7}\n');
  appendFileSync(at("a.log"), "8 unfinished");
  const { stderr, exitCode } = await following.stop();
  const numbers = following.printed.match(/\d+/g)?.map(Number);
  expect(numbers?.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(stderr).toMatch(/^8 rows · .* 558 B in 3 files .* 8 records · 0 % unmatched\n$/);
  expect(exitCode).toBe(0);
});

test("an answer is printed again when it has changed, and `-o` keeps the last", async () => {
  write("a.log", 1, 2, 2);
  const script = `PARSE(src:'a.log', ${PATTERN}) | select(n, c:count(*)) | group(n) | sort(n)`;
  const following = new Following("query", "-f", "--format", "csv", "-e", script);
  const isBegun = appears(".out.csv");
  const kept = new Following("query", "-f", "-o", "out.csv", "-e", script);
  await following.until("n,c\n1,1\n2,2\n");
  write("a.log", 2, 3);
  await following.until("\n\nn,c\n1,1\n2,3\n3,1\n");
  expect((await following.stop()).exitCode).toBe(0);
  await isBegun;
  expect((await kept.stop()).exitCode).toBe(0);
  expect(readFileSync(at("out.csv"), "utf8")).toBe("n,c\n1,1\n2,3\n3,1\n");
});

test("what the engine computes comes row by row too, and compressed files are read once", async () => {
  write("a.log", 1);
  writeFileSync(at("a.log.2.gz"), gzipSync(line(2)));
  const script = `PARSE(src:'a.log*', ${PATTERN}) | filter(md5(text) IS NOT NULL) | select(n:n * 10)`;
  const following = new Following("query", "--follow", "-e", script);
  await following.until('{"n":10}\n{"n":20}\n');
  write("a.log", 3);
  await following.until('{"n":30}\n');
  const { stderr, exitCode } = await following.stop();
  expect(stderr).toContain('"a.log.2.gz" is compressed: it is read once, and not followed.');
  expect(exitCode).toBe(0);
});

test("a limit ends it", async () => {
  write("a.log", 1);
  const following = new Following("parse", "--follow", "-e", "INT:n ' ' LD EOL", "a.log");
  await following.until('{"n":1}\n');
  expect((await following.stop()).exitCode).toBe(0);
  const limited = new Following(
    "query",
    "--follow",
    "-e",
    `PARSE(src:'a.log', ${PATTERN}) | select(n) | limit(2)`,
  );
  await limited.until('{"n":1}\n');
  write("a.log", 2, 3);
  await limited.until('{"n":2}\n');
  const { exitCode } = await limited.ended();
  expect({ exitCode, printed: limited.printed }).toEqual({ exitCode: 0, printed: '{"n":1}\n{"n":2}\n' });
});

test.each([
  [
    "standard input",
    [`PARSE(src:'-', ${PATTERN})`],
    "error[follow-refused]: Standard input is not followed with --follow",
  ],
  [
    "what is saved",
    [`PARSE(src:'a.log', ${PATTERN}) | save('a.csv')`],
    "error[follow-refused]: A script that saves rows cannot be followed.",
  ],
  ["a script without logs", ["dual(3)"], "error[follow-refused]: The script reads no log"],
  [
    "parquet",
    [`PARSE(src:'a.log', ${PATTERN})`, "-o", "a.parquet"],
    "error[follow-refused]: What is followed cannot be written as parquet.",
  ],
])("%s is refused", async (_, [script = "", ...options], message) => {
  write("a.log", 1);
  const { stderr, exitCode } = await runTrawl(
    ["query", "--follow", "-e", script, ...options, "--write", "."],
    { folder },
  );
  expect(stderr).toContain(message);
  expect(exitCode).toBe(2);
});

test("a limit of time ends it with what was read", async () => {
  write("a.log", 1);
  const outcome = await runTrawl(
    ["parse", "--follow", "--timeout", "500ms", "-e", "INT:n ' ' LD EOL", "a.log"],
    { folder },
  );
  expect(outcome.stdout).toBe('{"n":1}\n');
  expect(outcome.stderr).toContain("So far: 1 row");
  expect(outcome.exitCode).toBe(5);
});
