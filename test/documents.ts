/** The documents of the project. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "./build.ts";

const pages = readdirSync(join(PROJECT, "docs"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".md"))
  .sort()
  .map((name) => `docs/${name}`);

/** All of them, as paths in the project. */
export const DOCUMENTS: readonly string[] = [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "CHANGELOG.md",
  ...pages,
];
