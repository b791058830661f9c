/** How a query is run, and what comes of it. */
import type { ResultRendering } from "#language";
import type { Batch, ResultColumn, RunningScan, ScanProgress, ScanTask, ScanWarning } from "#records";
import type {
  FollowFileSystem,
  ListedObject,
  ListOptions,
  ObjectOpening,
  Stores,
  ThreadOpening,
} from "#sources";
import type { Engine } from "./engine/engine.ts";
import type { OutsideLookups } from "./lookups/outside-lookups.ts";

/** Lists the objects that addresses name; see `listObjects` of sources. */
export type ListObjects = (
  uris: readonly string[],
  options: ListOptions,
) => AsyncIterable<readonly ListedObject[]>;

/** Decides what scripts may write. */
export interface SavePlaces {
  /** The file that a path of `save` stands for. Throws `save-refused`. */
  fileFor(path: string): Promise<string>;
}

/** What a query is planned with. */
export interface PlanOptions {
  /** IANA name or offset of the query's time zone. */
  readonly timeZone: string;
  /** The query's clock, milliseconds since 1970 UTC. */
  readonly nowMs: bigint;
  /** False: everything happens in the engine; the rows are the same. For tests. True when absent. */
  readonly pushesWork?: boolean;
}

/** What a query is run with. */
export interface QueryOptions extends PlanOptions {
  /** Worker threads of a scan; 0: scans run in this thread. */
  readonly threads: number;
  /** Rows given out before the query fails with `limit-reached`. */
  readonly maxRows: number | null;
  /** Bytes (uncompressed) read before the query fails with `limit-reached`. */
  readonly maxBytes: number | null;
  /** Memory of the engine, when the query starts its own. */
  readonly memoryBytes: number | null;
  /** Time from the start before the query fails with `limit-reached`; no limit when absent. */
  readonly maxTimeMs?: number;
  readonly signal: AbortSignal;
  /** Called when there is news, at most every 50 ms per scan. */
  readonly onProgress?: (progress: QueryProgress) => void;
  /** Where relative paths start. */
  readonly workingDirectory: string;
  /**
   * How the threads of a scan get at objects; see `ObjectStreams` of sources. Absent: files only, nothing that can be read only once or is
   * in a store.
   */
  readonly openingsOf?: (objects: readonly ListedObject[], signal: AbortSignal) => readonly ThreadOpening[];
  /** An engine to run on, kept open; absent: the query starts its own when it needs one, and closes it. */
  readonly engine?: Engine;
  /**
   * Engines for queries below the query, one per level, kept open: a stream that is saved or asked about on its way is a query of its
   * own. Absent: such queries start theirs.
   */
  readonly innerEngines?: readonly Engine[];
  /** Folder for what does not fit into the engine's memory; null: such queries fail. Absent: the system's folder for temporary files. */
  readonly spillDirectory?: string | null;
  /** Partial groups that are merged without the engine at most; absent: so many as that pays. */
  readonly mostFinishedRows?: number;
  /** Answers outside functions; absent: nobody does, and a query that asks fails. */
  readonly lookups?: OutsideLookups;
  /** Says where `save` writes; absent: nowhere. */
  readonly savePlaces?: SavePlaces;
  readonly listObjects?: ListObjects;
  /** What can be reached beside the files of this machine; absent: nothing. */
  readonly stores?: Stores;
  /** Looks how a file that was listed unopened is to be opened. */
  readonly openingOf?: (path: string) => Promise<ObjectOpening>;
  /** The files that are followed; see `FileFollower` of sources. Absent: those of this machine. */
  readonly followFiles?: FollowFileSystem;
  readonly startScan?: (task: ScanTask) => RunningScan;
}

/** What has been read and given out so far. */
export interface QueryProgress extends ScanProgress {
  readonly rows: number;
}

/** Which machinery gives the rows: scans alone, the engine alone, or both. */
export type EngineUse = "scan" | "duckdb" | "scan+duckdb";

/** The account of a query: bytes = matchedBytes + unmatchedBytes + skippedBytes once it is over. */
export interface QuerySummary {
  readonly files: number;
  readonly bytes: number;
  readonly records: number;
  readonly matchedBytes: number;
  readonly unmatchedBytes: number;
  readonly skippedBytes: number;
  /** Rows given out. */
  readonly rows: number;
  readonly engine: EngineUse;
  readonly warnings: readonly ScanWarning[];
  readonly replacedTexts: number;
  /** What is unusual about the run, as sentences. */
  readonly notes: readonly string[];
}

/** A query under way. Whoever opened it closes it. */
export interface RunningQuery {
  readonly columns: readonly ResultColumn[];
  /** How a screen should draw the rows; null: as it likes. */
  readonly rendering: ResultRendering | null;
  /** The rows, once, in order. Reading starts with the first batch asked for; leaving the loop stops the query. */
  readonly batches: AsyncIterable<Batch>;
  /** What was read so far; final once `batches` has ended. */
  summary(): QuerySummary;
  /** Stops the query and lets go of everything it holds. */
  close(): Promise<void>;
}
