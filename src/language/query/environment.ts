/** What goes into the check of a script and what comes out. */
import type { Diagnostic, TextSource } from "#text";
import type { Pattern } from "../pattern/tree.ts";
import type { Field } from "../types.ts";
import type { Relation, TableFormat, TableOptions } from "./tree.ts";

/** What the checker must know about the world. It never looks itself: it names what it wants and is called again. */
export interface CheckEnvironment {
  /** The query's clock, milliseconds since 1970 UTC. */
  readonly nowMs: bigint;
  /** IANA name or offset of the query's time zone. */
  readonly timeZone: string;
  /** Values for the script's INIT arguments, as written on the command line. */
  readonly arguments: Readonly<Record<string, string>>;
  /** Which of the script's execution statements to run, counted from 1; absent: the last. */
  readonly execution?: number;
  /** Answers to `wanted` of an earlier check, by `wantedKey`. */
  readonly answers: ReadonlyMap<string, WantedAnswer>;
  /** Sources that cannot be looked at give unknown columns and a warning instead of being wanted. */
  readonly isOffline: boolean;
}

/** Something the checker needs before it can type the script. */
export type Wanted =
  // PARSE without a pattern: which format is it? `members`: of these members of archives.
  | { readonly kind: "format"; readonly uris: readonly string[]; readonly members: string | null }
  | { readonly kind: "mapping"; readonly uris: readonly string[] } // ES: which fields do the documents have?
  | { readonly kind: "text"; readonly path: string; readonly from: string } // $[path]; `from` is the asking source's name
  // Which columns has this table? A stored table is a path such as `/user/x.sxt`, or one relative to `from`.
  | {
      readonly kind: "table";
      readonly format: TableFormat;
      readonly uris: readonly string[];
      readonly options: TableOptions;
      readonly from: string;
    };

/** The answer to a `Wanted`, or that there is none. */
export type WantedAnswer =
  | { readonly kind: "format"; readonly formatName: string; readonly pattern: Pattern }
  | { readonly kind: "mapping"; readonly fields: readonly MappedDocumentField[] }
  | { readonly kind: "text"; readonly source: TextSource }
  /** `paths` are the files as the run will read them. */
  | { readonly kind: "table"; readonly columns: readonly Field[]; readonly paths: readonly string[] }
  | { readonly kind: "missing"; readonly message: string };

/** A field that the mapping of an index has, in the words of Elasticsearch. */
export interface MappedDocumentField {
  /** Names with dots between them: `user.name`. */
  readonly path: string;
  /** `keyword`, `date`, `long`. */
  readonly type: string;
  /** Of dates: how they are written; null: as usual. */
  readonly format: string | null;
  /** Whether a search for a value finds every document that has it. */
  readonly isSearchable: boolean;
  /** Longer texts are not found; null: all are. */
  readonly mostCharacters: number | null;
}

/** A key of a `Wanted`, equal for equal questions. */
export function wantedKey(wanted: Wanted): string {
  return JSON.stringify(wanted);
}

/** The result of a check. `relation` is null when there are errors, when more is wanted, or when nothing is to be executed. */
export interface CheckedScript {
  readonly relation: Relation | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly wanted: readonly Wanted[];
}
