/** Secrets of stores: definitions say where they are rather than what they are. */
import { readFile } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { Failure } from "#text";
import { isSecret, type StoreDefinition, type StoreOption } from "./store-definition.ts";

/** Where secrets are looked up. */
export interface SecretPlaces {
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const MOST_SECRET_CHARACTERS = 64 << 10;

/**
 * The options of a store with secrets fetched: `env:NAME` from the environment, `file:PATH` (absolute) without its last line feed.
 *
 * @throws Failure store-unknown: a secret is not where the definition says
 */
export async function optionsWithSecrets(
  { name, options }: StoreDefinition,
  { environment }: SecretPlaces,
): Promise<ReadonlyMap<StoreOption, string>> {
  const known = new Map<StoreOption, string>();
  for (const [option, written] of options) {
    known.set(option, isSecret(option) ? await secretOf(written, { option, name, environment }) : written);
  }
  return known;
}

interface Wanted extends SecretPlaces {
  readonly option: StoreOption;
  readonly name: string;
}

async function secretOf(written: string, wanted: Wanted): Promise<string> {
  const [, kind, place = ""] = /^(env|file):(.+)$/s.exec(written) ?? [];
  if (kind === "env") {
    const value = wanted.environment[place];
    if (value === undefined || value === "") throw missing(wanted, `the variable ${place} is not set`);
    return value;
  }
  if (kind !== "file") return written;
  if (!isAbsolute(place)) throw missing(wanted, `"${place}" is not an absolute path`);
  let text: string;
  try {
    text = await readFile(place, "utf8");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw missing(wanted, `its file cannot be read: ${why}`);
  }
  if (text.length > MOST_SECRET_CHARACTERS) throw missing(wanted, `"${place}" is too long for a secret`);
  return text.replace(/\r?\n$/, "");
}

function missing({ option, name }: Wanted, why: string): Failure {
  return new Failure("store-unknown", `The ${option} of the datastore "${name}" is not known: ${why}.`);
}
