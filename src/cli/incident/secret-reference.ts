/** Texts that options do not hold but name: secrets stand in no list of processes and in no history of a shell. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Secret } from "#actions";
import { Failure } from "#text";
import type { Surroundings } from "../surroundings.ts";

const LARGEST_SECRET = 64 << 10;

/** Whether a text is a reference: `env:NAME` or `file:PATH`. */
export function isReference(text: string): boolean {
  return /^(?:env|file):./s.test(text);
}

/** The secret that a reference names, without the line end behind it. Throws `usage` or `secret-missing`. */
export async function readSecret(
  option: string,
  reference: string,
  surroundings: Surroundings,
): Promise<Secret> {
  if (!isReference(reference)) {
    // The text may be the secret itself: it is not repeated.
    throw new Failure(
      "usage",
      `--${option} takes env:NAME or file:PATH: where the secret is, not the secret itself.`,
    );
  }
  const place = reference.slice(reference.indexOf(":") + 1);
  const text = reference.startsWith("env:")
    ? (surroundings.environment[place] ?? "")
    : await readOrFail(option, place, surroundings.workingDirectory);
  const secret = text.replace(/\r?\n$/, "");
  if (secret !== "") return new Secret(secret);
  throw missing(
    option,
    reference.startsWith("env:") ? `The variable ${place} is empty or not set.` : `"${place}" is empty.`,
  );
}

async function readOrFail(option: string, path: string, workingDirectory: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(resolve(workingDirectory, path), "utf8");
  } catch (cause) {
    throw missing(option, `"${path}" cannot be read.`, cause);
  }
  if (text.length > LARGEST_SECRET) throw missing(option, `"${path}" is too large to be a secret.`);
  return text;
}

function missing(option: string, what: string, cause?: unknown): Failure {
  return new Failure("secret-missing", what, { help: `It should hold what --${option} names.`, cause });
}
