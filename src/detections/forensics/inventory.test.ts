import { describe, expect, test } from "vitest";
import { eventsOfLog } from "../log-events.testing.ts";
import { InventoryCollector, readInventory } from "./inventory.ts";

describe("an inventory", () => {
  test("is read out of what find prints, with the document root taken off", () => {
    const inventory = readInventory("/var/www/html/index.php\n/var/www/html/blog/post.php\n/var/www/html\n");
    expect(inventory.size).toBe(3);
    expect(
      ["/index.php", "/blog/post.php", "/blog/", "/blog", "/"].map((path) => inventory.has(path)),
    ).toEqual([true, true, true, true, true]);
    expect(inventory.has("/blog/shell.php")).toBe(false);
  });

  test("is read out of find -ls, checksums and manifests", () => {
    const listed = readInventory("  123  4 -rw-r--r--  1 www www  52 Jan  1 10:00 ./a b.php\n");
    expect(listed.has("/a%20b.php")).toBe(true);
    const sums = readInventory(`${"0".repeat(64)}  ./x/y.php\n${"1".repeat(64)} *z.php\n`);
    expect([sums.has("/x/y.php"), sums.has("/z.php"), sums.has("/0.php")]).toEqual([true, true, false]);
    const windows = readInventory("C:\\inetpub\\wwwroot\\a\\b.aspx\r\n");
    expect(windows.has("/a/b.aspx")).toBe(true);
    const rooted = readInventory("/srv/site/a.php\n", "/srv/site");
    expect(rooted.has("/a.php")).toBe(true);
  });

  test("knows scripts with a path behind, doubled slashes and dots", () => {
    const inventory = readInventory("./index.php\n");
    expect(["/index.php/users/1", "//index.php", "/./index.php"].every((path) => inventory.has(path))).toBe(
      true,
    );
    expect(inventory.has("/index.phps")).toBe(false);
    expect(inventory.has("/%ff%zz")).toBe(false);
  });

  test("is gathered from an earlier log: what was answered belongs to the site", () => {
    const collector = new InventoryCollector();
    const line = (path: string, status: number) =>
      `192.0.2.1 - - [01/Oct/2026:08:00:00 +0000] "GET ${path} HTTP/1.1" ${status} 10`;
    const log = [line("/a.php?x=1", 200), line("/b.php", 404), line("/c.php", 302)].join("\n");
    for (const { event } of eventsOfLog(log, "old.log")) collector.observe(event);
    const inventory = collector.inventory();
    expect(["/a.php", "/b.php", "/c.php"].map((path) => inventory.has(path))).toEqual([true, false, false]);
  });
});
