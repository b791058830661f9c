/** Puts a database where look-ups find it: checked before it is used, and in place at once. */
import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { Failure } from "#text";
import { type DatabaseKind, installedFile, kindOfType } from "./databases.ts";
import { Mmdb, type MmdbMetadata, NO_RECORD } from "./mmdb.ts";
import { BrokenDatabase } from "./mmdb-values.ts";

/** What was installed. */
export interface InstalledDatabase {
  readonly kind: DatabaseKind;
  readonly path: string;
  readonly metadata: MmdbMetadata;
}

/** Addresses that are looked up in a database before it is used. */
const PROBES = 2000;

/**
 * Installs the bytes of a database into a folder, which is made.
 *
 * @param from  where the bytes come from, for messages
 * @throws Failure `database-broken`: it is no MMDB, it is damaged, or it answers nothing that is asked here
 */
export async function installDatabase(
  bytes: Uint8Array,
  { folder, from }: { readonly folder: string; readonly from: string },
): Promise<InstalledDatabase> {
  const mmdb = Mmdb.open(bytes, from);
  const kind = kindOfType(mmdb.metadata.type);
  if (kind === null) {
    throw new Failure(
      "database-broken",
      `"${from}" is a database of "${mmdb.metadata.type}", which nothing asks.`,
      {
        place: { uri: from },
        help: "Databases of countries, of cities and of networks (ASN) are used.",
      },
    );
  }
  probe(mmdb, from);
  const path = installedFile(folder, kind);
  await replaceFile(path, bytes, folder);
  return { kind, path, metadata: mmdb.metadata };
}

/** Looks up addresses all over IPv4. */
function probe(mmdb: Mmdb, from: string): void {
  try {
    for (let index = 0; index < PROBES; index++) {
      const place = mmdb.find((index * 2_147_483) % 2 ** 32);
      if (place !== NO_RECORD) mmdb.record(place);
    }
  } catch (cause) {
    if (!(cause instanceof BrokenDatabase)) throw cause;
    throw new Failure("database-broken", `"${from}" is damaged: ${cause.message}.`, {
      place: { uri: from },
      cause,
    });
  }
}

/** Writes a file so that readers see the old one or the new one, never a part. Makes the folder. */
export async function replaceFile(path: string, bytes: Uint8Array | string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const fresh = `${path}.${randomUUID()}.partial`;
  try {
    await writeFile(fresh, bytes);
    await rename(fresh, path);
  } finally {
    await rm(fresh, { force: true });
  }
}
