/**
 * The typed tree of a script. Streams are `Relation`s: rows with known columns. Names are resolved to column ids, `$x` and `@x`
 * are put in place, defaults are explicit. `columns` of every node is what comes out of it, in order, hidden columns included.
 * Plain data.
 */
import type { TextSpan } from "#text";
import type { Pattern } from "../pattern/tree.ts";
import type { DataType, Value } from "../types.ts";

/** Identifies a column of a checked script; the same column keeps its id from where it appears to where it ends. */
export type ColumnId = number;

/** A column of a stream. Hidden ones can be named but are not shown. */
export interface Column {
  readonly id: ColumnId;
  readonly name: string;
  readonly type: DataType;
  readonly isHidden: boolean;
}

export type Expression =
  | ConstantExpression
  | ColumnExpression
  | CallExpression
  | CaseExpression
  | MemberExpression
  | ElementExpression
  | TupleExpression
  | ArrayExpression
  | TimeShiftExpression
  | TimeTruncateExpression
  | InStreamExpression
  | AggregateExpression
  | WindowExpression;

interface ExpressionBase {
  readonly type: DataType;
  readonly span: TextSpan;
}

export interface ConstantExpression extends ExpressionBase {
  readonly kind: "constant";
  readonly value: Value;
}

export interface ColumnExpression extends ExpressionBase {
  readonly kind: "column";
  readonly column: ColumnId;
}

/**
 * A function or an operator of the lists in `functions/` and `operators.ts`, by its canonical lower-case name. Operators:
 * `equal not_equal less less_equal greater greater_equal and or not is_null is_not_null like ilike contains matches
 * in (first argument in the others; an ipnet or array among the others means "inside") between (x, low, high)
 * add subtract multiply divide modulo negate concat bit_and bit_or`. `NOT LIKE` is `not(like(…))` and so on.
 * Casts are functions: `string integer long float double boolean ip timestamp …` after the type they give; what cannot be
 * converted is NULL. `timestamp` also takes year, month, day, … and `ipnet` an address and bits.
 */
export interface CallExpression extends ExpressionBase {
  readonly kind: "call";
  readonly function: string;
  readonly arguments: readonly Expression[];
}

export interface CaseExpression extends ExpressionBase {
  readonly kind: "case";
  readonly branches: readonly { readonly when: Expression; readonly then: Expression }[];
  readonly otherwise: Expression | null;
}

/** `object[name]`: a member of a TUPLE (its type is known) or of an OBJECT or VARIANT (type `variant`). */
export interface MemberExpression extends ExpressionBase {
  readonly kind: "member";
  readonly object: Expression;
  readonly name: string;
}

/** `array[index]`, counted from 0; negative counts from the end; NULL outside. */
export interface ElementExpression extends ExpressionBase {
  readonly kind: "element";
  readonly array: Expression;
  readonly index: Expression;
}

/** `{a:1, b:x}`; names are in the type. */
export interface TupleExpression extends ExpressionBase {
  readonly kind: "tuple";
  readonly members: readonly Expression[];
}

/** `[a, b]`. */
export interface ArrayExpression extends ExpressionBase {
  readonly kind: "array";
  readonly elements: readonly Expression[];
}

export type TimeUnit = "millisecond" | "second" | "minute" | "hour" | "day" | "week" | "month" | "year";

/** `time[-5 min]`: moves a time. Months and years move in the query's time zone's calendar. */
export interface TimeShiftExpression extends ExpressionBase {
  readonly kind: "time-shift";
  readonly time: Expression;
  readonly amount: number;
  readonly unit: TimeUnit;
}

/** `time[1 hour]`: the start of the unit the time lies in, in the query's time zone; weeks start on Monday. */
export interface TimeTruncateExpression extends ExpressionBase {
  readonly kind: "time-truncate";
  readonly time: Expression;
  readonly count: number;
  readonly unit: TimeUnit;
}

/** `x IN (@stream)`: the stream has one visible column. */
export interface InStreamExpression extends ExpressionBase {
  readonly kind: "in-stream";
  readonly operand: Expression;
  readonly stream: Relation;
}

/**
 * An aggregate of the function list: `count` (no argument: rows; one BOOLEAN argument: the trues; any other: the non-NULLs),
 * `sum avg min max first last count_distinct …`. Only inside the items of a group.
 */
export interface AggregateExpression extends ExpressionBase {
  readonly kind: "aggregate";
  readonly function: string;
  readonly arguments: readonly Expression[];
}

/**
 * `LAG(x) OVER(PARTITION BY a ORDER BY t)`: a function of the row order, or an aggregate, over the rows that belong to a row. Only in the
 * items of a project. Without an order the rows' own counts. Aggregates are over the whole partition, with an order over the rows up to
 * this one.
 */
export interface WindowExpression extends ExpressionBase {
  readonly kind: "window";
  readonly function: string;
  readonly arguments: readonly Expression[];
  readonly partition: readonly Expression[];
  readonly order: readonly SortKey[];
}

export type Relation =
  | ListingRelation
  | ParseRelation
  | ValuesRelation
  | DualRelation
  | FilterRelation
  | ProjectRelation
  | GroupRelation
  | SortRelation
  | LimitRelation
  | DistinctRelation
  | JoinRelation
  | NearestRelation
  | UnionRelation
  | TableRelation
  | UnnestRelation
  | TailRelation
  | SampleRelation
  | SaveRelation
  | RenderRelation;

interface RelationBase {
  readonly columns: readonly Column[];
  readonly span: TextSpan;
}

/** Fields that a listing gives, one row per file. */
export type ListingField = "uri" | "file_name" | "length" | "last_modified" | "path_time";

/** `LIST(…)`: the files that addresses with wildcards and time parts name. */
export interface ListingRelation extends RelationBase {
  readonly kind: "listing";
  readonly uris: readonly string[];
  /** Zone of the time parts in the path; null: the query's. */
  readonly timeZone: string | null;
  readonly fields: readonly { readonly column: ColumnId; readonly field: ListingField }[];
  /** Of documents of a cluster that can search: columns above that it can search by. */
  readonly searchable?: readonly SearchableField[];
}

/** A column whose values a cluster finds by the field that they come from: every document that has one, and perhaps others. */
export interface SearchableField {
  readonly column: ColumnId;
  readonly path: string;
  readonly search: "text" | "number" | "time" | "boolean" | "ip";
  /** Longer texts are not found; null: all are. */
  readonly mostCharacters: number | null;
}

/** System fields of parsed rows. */
export type SystemField =
  | "_uri"
  | "_file_name"
  | "_last_modified"
  | "path_time"
  | "_raw_offset"
  | "_raw_text"
  | "_raw_bytes"
  | "_unmatched";

/** `… | parse(pattern:…)`: the records in the listed files. The columns of `listing` stay reachable, hidden. */
export interface ParseRelation extends RelationBase {
  readonly kind: "parse";
  /** A listing, or filters above one: they choose the files. */
  readonly listing: Relation;
  /** Which members of archives are read, each as a source of its own; null: an archive is one source. */
  readonly members: string | null;
  readonly pattern: Pattern;
  /** Name of the shipped format that was chosen by looking, or null when the script gives the pattern. */
  readonly formatName: string | null;
  readonly fields: readonly { readonly column: ColumnId; readonly name: string }[];
  readonly systemFields: readonly { readonly column: ColumnId; readonly field: SystemField }[];
}

/** `VALUES(…)`: rows written in the script; constants or expressions without columns. */
export interface ValuesRelation extends RelationBase {
  readonly kind: "values";
  readonly rows: readonly (readonly Expression[])[];
}

/** `DUAL(n)`: n test rows `i, t, s, ip`. */
export interface DualRelation extends RelationBase {
  readonly kind: "dual";
  readonly rowCount: number;
}

/** Rows for which the condition is true. */
export interface FilterRelation extends RelationBase {
  readonly kind: "filter";
  readonly input: Relation;
  readonly condition: Expression;
}

/** `select(…)`: new columns computed by `items`; every other column of `columns` is the input's, with the same id. */
export interface ProjectRelation extends RelationBase {
  readonly kind: "project";
  readonly input: Relation;
  readonly items: readonly ComputedColumn[];
}

export interface ComputedColumn {
  readonly column: ColumnId;
  readonly expression: Expression;
}

/**
 * One row per distinct key (one row in all when `keys` is empty). Items of `aggregates` may mix aggregates, keys and constants:
 * columns inside an aggregate are the input's, outside they are keys.
 */
export interface GroupRelation extends RelationBase {
  readonly kind: "group";
  readonly input: Relation;
  readonly keys: readonly ComputedColumn[];
  readonly aggregates: readonly ComputedColumn[];
}

export interface SortKey {
  readonly expression: Expression;
  readonly isDescending: boolean;
}

/** Sorted rows, NULLs last, ties in the order of the input. */
export interface SortRelation extends RelationBase {
  readonly kind: "sort";
  readonly input: Relation;
  readonly keys: readonly SortKey[];
}

/** The first `rowCount` rows. */
export interface LimitRelation extends RelationBase {
  readonly kind: "limit";
  readonly input: Relation;
  readonly rowCount: number;
}

/** Rows that differ in their visible columns. */
export interface DistinctRelation extends RelationBase {
  readonly kind: "distinct";
  readonly input: Relation;
}

export type JoinType = "inner" | "left" | "right" | "full" | "semi" | "anti";

/** Rows of two streams that belong together. Column ids of both sides are distinct; the right side's names may be changed. */
export interface JoinRelation extends RelationBase {
  readonly kind: "join";
  readonly joinType: JoinType;
  readonly left: Relation;
  readonly right: Relation;
  readonly condition: Expression;
}

/** All rows of the inputs, in order. `columnsOf[i]` gives, per output column, the input's column or null for NULL. */
export interface UnionRelation extends RelationBase {
  readonly kind: "union";
  readonly inputs: readonly Relation[];
  readonly columnsOf: readonly (readonly (ColumnId | null)[])[];
}

/**
 * `join(@s ON … AND left.t WITHIN 2 sec OF right.t)`: each left row with the right row that is nearest in time among those that fulfil
 * the condition and lie near enough; of equally near ones the earlier, then the first.
 */
export interface NearestRelation extends RelationBase {
  readonly kind: "nearest";
  readonly joinType: "inner" | "left";
  readonly left: Relation;
  readonly right: Relation;
  readonly condition: Expression;
  readonly leftTime: Expression;
  readonly rightTime: Expression;
  readonly withinMs: number;
  /** Every right row belongs to one left row at most: the nearest pairs are put together first. */
  readonly isOneToOne: boolean;
  /** Hidden column: how many other right rows were near enough. */
  readonly others: ColumnId;
}

/** Formats of tables that describe themselves. */
export type TableFormat = "csv" | "json" | "parquet";

/** `CSV('x.csv')`, `@[/user/x.sxt]`: the rows of files that say themselves which columns they have. */
export interface TableRelation extends RelationBase {
  readonly kind: "table";
  readonly format: TableFormat;
  /** Addresses as the script has them; stored tables as `/user/…`. */
  readonly uris: readonly string[];
  readonly options: TableOptions;
  readonly fields: readonly { readonly column: ColumnId; readonly name: string }[];
}

/** How a table of text is written; null: found by looking. */
export interface TableOptions {
  readonly separator: string | null;
  readonly hasHeader: boolean | null;
}

/**
 * A row per element of arrays, side by side: shorter arrays are filled up with NULL, a row whose arrays are all empty or NULL gives none.
 * Items are arrays; the columns are their elements.
 */
export interface UnnestRelation extends RelationBase {
  readonly kind: "unnest";
  readonly input: Relation;
  readonly items: readonly ComputedColumn[];
}

/** The last `rowCount` rows. */
export interface TailRelation extends RelationBase {
  readonly kind: "tail";
  readonly input: Relation;
  readonly rowCount: number;
}

/** Some `rowCount` rows, the same in every run, in their order. */
export interface SampleRelation extends RelationBase {
  readonly kind: "sample";
  readonly input: Relation;
  readonly rowCount: number;
}

/** Formats that a stream can be stored in. */
export type SaveFormat = "parquet" | "csv" | "ndjson";

/** `save('…')`: stores the visible columns and passes the rows on. */
export interface SaveRelation extends RelationBase {
  readonly kind: "save";
  readonly input: Relation;
  readonly path: string;
  readonly format: SaveFormat;
  /** Whether what is there may be replaced. */
  readonly replaces: boolean;
}

/** How a screen should draw a result. */
export interface ResultRendering {
  readonly kind: "line" | "bar" | "map" | "table";
  /** Other choices by name, such as `x` and `y`: names of columns or texts. */
  readonly options: Readonly<Record<string, string | number | boolean>>;
}

/** `render(…)`: passes the rows on. */
export interface RenderRelation extends RelationBase {
  readonly kind: "render";
  readonly input: Relation;
  readonly rendering: ResultRendering;
}
