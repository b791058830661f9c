import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { WORLD_SHAPES, WORLD_SIZE } from "../src/actions/report/world-shapes.ts";
import { PROJECT } from "./build.ts";
import { isUpdate } from "./markdown.ts";
import { printWorldShapes } from "./world-shapes.ts";

const PATH = join(PROJECT, "src/actions/report/world-shapes.ts");

test("the shapes of countries are those that the data gives", () => {
  const text = printWorldShapes();
  if (isUpdate) writeFileSync(PATH, text);
  else expect(readFileSync(PATH, "utf8")).toBe(text);
});

test("the shapes are small, and every country has one that lies within the picture", () => {
  expect(Object.keys(WORLD_SHAPES).length).toBeGreaterThan(225);
  expect(Object.values(WORLD_SHAPES).join("").length).toBeLessThan(110_000);
  for (const [country, path] of Object.entries(WORLD_SHAPES)) {
    expect(country).toMatch(/^[A-Z]{2}$/);
    expect(path).toMatch(/^(?:M\d+ -?\d+l[-\d ]+z)+$/);
    for (const [, x, y] of path.matchAll(/M(\d+) (-?\d+)/g)) {
      expect([Number(x) <= WORLD_SIZE[0], Number(y) <= WORLD_SIZE[1]], country).toEqual([true, true]);
    }
  }
});
