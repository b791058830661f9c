import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openFileOutput, openStandardOutput } from "./output-target.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "trawl-output-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("a file of output", () => {
  test("appears when it is complete, and not before", async () => {
    await writeFile(join(folder, "out.csv"), "old");
    const target = await openFileOutput("out.csv", folder);
    await target.write(bytes("new"));
    expect(await readFile(join(folder, "out.csv"), "utf8")).toBe("old");
    await target.finish();
    await target.discard();
    expect(await readdir(folder)).toEqual(["out.csv"]);
    expect(await readFile(join(folder, "out.csv"), "utf8")).toBe("new");
  });

  test("leaves nothing behind when it is discarded", async () => {
    const target = await openFileOutput("out.csv", folder);
    await target.write(bytes("half"));
    await target.discard();
    expect(await readdir(folder)).toEqual([]);
    const second = await openFileOutput("out.csv", folder);
    second.discardNow();
    expect(await readdir(folder)).toEqual([]);
    await second.discard();
  });

  test("keeps the access rights of the file it replaces, and follows a link", async () => {
    await writeFile(join(folder, "secret"), "");
    await chmod(join(folder, "secret"), 0o600);
    await symlink("secret", join(folder, "link"));
    const target = await openFileOutput("link", folder);
    await target.write(bytes("x"));
    await target.finish();
    expect((await stat(join(folder, "secret"))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(folder, "secret"), "utf8")).toBe("x");
    expect((await readdir(folder)).sort()).toEqual(["link", "secret"]);
  });

  test("cannot be in a folder that is not there, nor be a folder", async () => {
    await mkdir(join(folder, "sub"));
    for (const path of ["nowhere/out.csv", "sub"]) {
      await expect(openFileOutput(path, folder)).rejects.toMatchObject({ code: "output-unwritable" });
    }
    expect(await readdir(folder)).toEqual(["sub"]);
  });

  test.skipIf(process.platform !== "linux")("may be a device; a full one is told", async () => {
    const target = await openFileOutput("/dev/full", folder);
    const failure = {
      code: "output-unwritable",
      message: /^"\/dev\/full" cannot be written: no space left on device/,
    };
    await expect(target.write(bytes("x"))).rejects.toMatchObject({
      code: failure.code,
      message: expect.stringMatching(failure.message),
    });
    await target.discard();
    expect((await stat("/dev/full")).isCharacterDevice()).toBe(true);
  });
});

describe("standard output", () => {
  const open = (code: string) =>
    new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error("no"), { code })) });

  test("whose reader has gone is closed, which is no failure", async () => {
    const target = openStandardOutput(open("EPIPE"), true, new AbortController().signal);
    let told = 0;
    target.onClosed(() => told++);
    await target.write(bytes("x"));
    await target.write(bytes("y"));
    await target.finish();
    expect(target.isClosed).toBe(true);
    expect(told).toBe(1);
  });

  test("that cannot be written is a failure", async () => {
    const target = openStandardOutput(open("ENOSPC"), true, new AbortController().signal);
    await expect(target.write(bytes("x"))).rejects.toMatchObject({ code: "output-unwritable" });
  });
});
