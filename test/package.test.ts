import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureBuilt, PROJECT } from "./build.ts";

const run = promisify(execFile);
let folder = "";
let packed: readonly string[] = [];

/**
 * Packs the package as it would be published and unpacks it where an installation would put it, beside nothing but the packages it
 * declares. Why not `npm install`: it asks the registry for packages of other platforms, and tests do without a network.
 */
beforeAll(async () => {
  await ensureBuilt();
  folder = await mkdtemp(join(tmpdir(), "trawl-package-"));
  const { stdout } = await run(
    "npm",
    ["pack", "--ignore-scripts", "--json", "--loglevel=error", "--pack-destination", folder],
    { cwd: PROJECT },
  );
  const [{ filename, files }] = JSON.parse(stdout);
  packed = files.map(({ path }: { path: string }) => path);
  const installed = join(folder, "node_modules/trawl");
  await mkdir(installed, { recursive: true });
  await run("tar", ["-xzf", join(folder, filename), "--strip-components=1", "-C", installed]);
  const { dependencies } = JSON.parse(await readFile(join(PROJECT, "package.json"), "utf8"));
  for (const name of Object.keys(dependencies)) {
    await mkdir(dirname(join(folder, "node_modules", name)), { recursive: true });
    await symlink(join(PROJECT, "node_modules", name), join(folder, "node_modules", name));
  }
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the package", () => {
  test("holds what it needs and nothing else", async () => {
    const tops = [...new Set(packed.map((path) => path.split("/")[0]))].sort();
    expect(tops).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "NOTICE",
      "README.md",
      "bin",
      "dist",
      "docs",
      "package.json",
      "packs",
      "rules",
    ]);
    expect(packed.filter((path) => /\.(test|testing|cases)\./.test(path))).toEqual([]);
    const packs = await readdir(join(PROJECT, "packs"), { withFileTypes: true });
    for (const { name } of packs.filter((entry) => entry.isDirectory())) {
      expect(packed).toContain(`packs/${name}/format.json`);
    }
  });

  test("runs where nothing else is installed", async () => {
    const line = '192.0.2.1 - - [01/Oct/2026:12:00:05 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8.5.0"\n';
    await writeFile(join(folder, "access.log"), line.repeat(3));
    const script =
      "PARSE(src:'access.log') | select(client_ip, n:count(*), last:max(timestamp)) | group(client_ip)";
    const bin = join(folder, "node_modules/trawl/bin/trawl.js");
    const { stdout } = await run(process.execPath, [bin, "query", "-e", script, "--format", "csv"], {
      cwd: folder,
    });
    expect(stdout).toBe("client_ip,n,last\n192.0.2.1,3,2026-10-01T12:00:05.000Z\n");
  });

  test("sorts with its engine there too", async () => {
    const bin = join(folder, "node_modules/trawl/bin/trawl.js");
    const script = "VALUES([{a:2}, {a:1}]) | sort(a)";
    const { stdout } = await run(process.execPath, [bin, "query", "-e", script], { cwd: folder });
    expect(stdout).toBe('{"a":1}\n{"a":2}\n');
  });
});
