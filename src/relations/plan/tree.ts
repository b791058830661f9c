/**
 * Plans: what a query does, as plain data.
 *
 * Nodes. Columns are ids; a node passes on all columns of its input unless said otherwise, and the printer keeps only those that
 * something above reads.
 *
 * Scalars are the language's expressions with fewer forms. Everything that computes is a call by name, so that rewrites need to know
 * five forms and the printer one table. Names beyond those of the language's lists: `case` (when, then, … otherwise), `member`
 * (object, constant name), `element` (array, index), `tuple`, `tuple_or_null`, `array`, `bytes_of_text`, `time_shift` and
 * `time_truncate` (time, constant count, constant unit).
 */
import type {
  Column,
  ColumnId,
  DataType,
  JoinType,
  ListingField,
  Pattern,
  SaveFormat,
  TableFormat,
  TableOptions,
  Value,
} from "#language";
import type { ScanAggregate, ScanColumn, ScanCut, ScanPredicate, Slot } from "#records";
import type { TextSpan } from "#text";

export type Plan =
  | ScanPlan
  | ListingPlan
  | ValuesPlan
  | DualPlan
  | FilterPlan
  | ProjectPlan
  | GroupPlan
  | SortPlan
  | LimitPlan
  | DistinctPlan
  | JoinPlan
  | UnionPlan
  | TablePlan
  | NearestPlan
  | WindowPlan
  | UnnestPlan
  | TailPlan
  | SamplePlan
  | LookupPlan
  | SavePlan;

/** Nodes whose rows come from outside the statement: read from files, or made by a query of their own. */
export type LeafPlan = ScanPlan | ListingPlan | TablePlan | LookupPlan | SavePlan;

/** A filter on files, with SQL's three values; its "slots" are indexes into `LISTING_FIELDS`. */
export type ListingPredicate = ScanPredicate;

/** Which files. */
export interface FileChoice {
  readonly uris: readonly string[];
  readonly timeZone: string | null;
  readonly filter: ListingPredicate | null;
  /** Which members of archives, each with an address of its own; null: archives are files like others. `filter` is for archives. */
  readonly members: string | null;
}

/** Where a column of a scan comes from. `field` is a whole exported field, before it is known which parts are wanted. */
export type ScanSource =
  | ScanColumn
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "file"; readonly field: ListingField };

/** A column that a scan gives out. */
export interface ScanPlanColumn {
  readonly column: ColumnId;
  readonly type: DataType | { readonly kind: "huge" };
  readonly source: ScanSource;
}

/** The records of files, or partial groups of them. */
export interface ScanPlan {
  readonly kind: "scan";
  readonly files: FileChoice;
  readonly pattern: Pattern;
  readonly formatName: string | null;
  /** What the filter and the columns count; some may be unused until the plan is finished. */
  readonly slots: readonly Slot[];
  readonly filter: ScanPredicate | null;
  readonly output: ScanPlanOutput;
  readonly rowLimit: number | null;
  readonly givesUnmatched: boolean;
  readonly span: TextSpan;
}

export type ScanPlanOutput =
  | { readonly kind: "rows"; readonly columns: readonly ScanPlanColumn[]; readonly top?: ScanPlanTop }
  | {
      readonly kind: "groups";
      readonly keys: readonly (ScanPlanColumn & { readonly cut: ScanCut | null })[];
      readonly aggregates: readonly ScanPlanAggregate[];
    };

/** See `ScanTop`. */
export interface ScanPlanTop {
  readonly keys: readonly { readonly column: ColumnId; readonly isDescending: boolean }[];
  readonly isWhole: boolean;
  readonly count: number;
}

/** A partial aggregate and the column it goes to. */
export interface ScanPlanAggregate {
  readonly column: ColumnId;
  readonly type: DataType | { readonly kind: "huge" };
  readonly aggregate: ScanAggregate;
}

/** One row per file. */
export interface ListingPlan {
  readonly kind: "listing";
  readonly files: FileChoice;
  readonly columns: readonly { readonly column: ColumnId; readonly field: ListingField }[];
  readonly span: TextSpan;
}

/** Rows written in the script. */
export interface ValuesPlan {
  readonly kind: "values";
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Scalar[])[];
}

/** Numbered test rows. */
export interface DualPlan {
  readonly kind: "dual";
  readonly columns: readonly Column[];
  readonly rowCount: number;
}

export interface FilterPlan {
  readonly kind: "filter";
  readonly input: Plan;
  readonly condition: Scalar;
}

/** Adds columns. */
export interface ProjectPlan {
  readonly kind: "project";
  readonly input: Plan;
  readonly items: readonly PlanItem[];
}

/** A computed column. */
export interface PlanItem {
  readonly column: ColumnId;
  readonly scalar: Scalar;
}

/** Gives out keys and aggregates only. */
export interface GroupPlan {
  readonly kind: "group";
  readonly input: Plan;
  readonly keys: readonly PlanItem[];
  readonly aggregates: readonly PlanItem[];
  /** The group stands for different rows, and its only aggregate is the place of the first of each. */
  readonly isDistinct?: true;
}

export interface PlanSortKey {
  readonly scalar: Scalar;
  readonly isDescending: boolean;
}

export interface SortPlan {
  readonly kind: "sort";
  readonly input: Plan;
  readonly keys: readonly PlanSortKey[];
}

export interface LimitPlan {
  readonly kind: "limit";
  readonly input: Plan;
  readonly rowCount: number;
}

/** The first of all rows that are alike in `columns`. */
export interface DistinctPlan {
  readonly kind: "distinct";
  readonly input: Plan;
  readonly columns: readonly ColumnId[];
}

export interface JoinPlan {
  readonly kind: "join";
  readonly joinType: JoinType;
  readonly left: Plan;
  readonly right: Plan;
  readonly condition: Scalar;
}

/** Gives out `columns` only. */
export interface UnionPlan {
  readonly kind: "union";
  readonly columns: readonly Column[];
  readonly inputs: readonly Plan[];
  readonly columnsOf: readonly (readonly (ColumnId | null)[])[];
}

/** The rows of files that say themselves which columns they have. */
export interface TablePlan {
  readonly kind: "table";
  readonly format: TableFormat;
  /** Files, as the run reads them. */
  readonly paths: readonly string[];
  readonly options: TableOptions;
  readonly columns: readonly TablePlanColumn[];
  readonly span: TextSpan;
}

/** A column with its place in the file's rows. */
export interface TablePlanColumn {
  readonly column: ColumnId;
  readonly name: string;
  readonly type: DataType;
  readonly index: number;
}

/** Each left row with the nearest right row; see `NearestRelation`. */
export interface NearestPlan {
  readonly kind: "nearest";
  readonly joinType: "inner" | "left";
  readonly left: Plan;
  readonly right: Plan;
  readonly condition: Scalar;
  readonly leftTime: Scalar;
  readonly rightTime: Scalar;
  readonly withinMs: number;
  readonly isOneToOne: boolean;
  readonly others: ColumnId;
}

/** Adds columns that look at the rows around a row; every item is a `WindowScalar`. */
export interface WindowPlan {
  readonly kind: "window";
  readonly input: Plan;
  readonly items: readonly PlanItem[];
}

/** A row per element of the items, which are arrays; adds the elements as columns. */
export interface UnnestPlan {
  readonly kind: "unnest";
  readonly input: Plan;
  readonly items: readonly UnnestItem[];
}

export interface UnnestItem extends PlanItem {
  /** Type of the elements. */
  readonly type: DataType;
}

export interface TailPlan {
  readonly kind: "tail";
  readonly input: Plan;
  readonly rowCount: number;
}

export interface SamplePlan {
  readonly kind: "sample";
  readonly input: Plan;
  readonly rowCount: number;
}

/** Adds answers of outside functions. It is a leaf of the statement above: its input is a query of its own. */
export interface LookupPlan {
  readonly kind: "lookup";
  readonly input: Plan;
  readonly items: readonly LookupItem[];
}

/** One outside function; its arguments are columns of the input. */
export interface LookupItem {
  readonly column: ColumnId;
  readonly function: string;
  readonly arguments: readonly ColumnScalar[];
  readonly type: DataType;
  readonly span: TextSpan;
}

/** Stores rows and passes them on. A leaf of the statement above, as `LookupPlan`. */
export interface SavePlan {
  readonly kind: "save";
  readonly input: Plan;
  readonly columns: readonly Column[];
  readonly path: string;
  readonly format: SaveFormat;
  readonly replaces: boolean;
  readonly span: TextSpan;
}

export type Scalar =
  | WindowScalar
  | ConstantScalar
  | ColumnScalar
  | CallScalar
  | AggregateScalar
  | InPlanScalar;

interface ScalarBase {
  readonly type: DataType;
  readonly span: TextSpan;
}

export interface ConstantScalar extends ScalarBase {
  readonly kind: "constant";
  readonly value: Value;
}

export interface ColumnScalar extends ScalarBase {
  readonly kind: "column";
  readonly column: ColumnId;
}

export interface CallScalar extends ScalarBase {
  readonly kind: "call";
  readonly function: string;
  readonly arguments: readonly Scalar[];
}

/** Only in the aggregates of a group. */
export interface AggregateScalar extends ScalarBase {
  readonly kind: "aggregate";
  readonly function: string;
  readonly arguments: readonly Scalar[];
}

/** Only as an item of a window node. */
export interface WindowScalar extends ScalarBase {
  readonly kind: "window";
  readonly function: string;
  readonly arguments: readonly Scalar[];
  readonly partition: readonly Scalar[];
  readonly order: readonly PlanSortKey[];
}

/** Whether the operand is among the values of a column of another plan. */
export interface InPlanScalar extends ScalarBase {
  readonly kind: "in-plan";
  readonly operand: Scalar;
  readonly plan: Plan;
  readonly column: ColumnId;
}
