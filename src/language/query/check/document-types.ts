/** What the types of fields in mappings of Elasticsearch and OpenSearch are here. */
import type { SimpleTypeKind } from "../../types.ts";
import type { MappedDocumentField } from "../environment.ts";
import type { SearchableField } from "../tree.ts";

/** How a value that is equal, or lies in a range, can be searched for by the cluster; null: not, or not in the same way. */
export type DocumentSearch = SearchableField["search"] | null;

/** A type of fields. */
export interface DocumentType {
  readonly types: readonly string[];
  readonly kind: SimpleTypeKind;
  readonly search: DocumentSearch;
}

/** All types that are not VARIANT. What is analysed is searched for by words, so that texts are not compared there. */
export const DOCUMENT_TYPES: readonly DocumentType[] = [
  { types: ["keyword", "constant_keyword"], kind: "string", search: "text" },
  { types: ["wildcard", "text", "match_only_text", "version", "binary"], kind: "string", search: null },
  { types: ["long", "integer", "short", "byte"], kind: "long", search: "number" },
  { types: ["double", "float", "half_float", "scaled_float"], kind: "double", search: null },
  { types: ["boolean"], kind: "boolean", search: "boolean" },
  { types: ["ip"], kind: "ip", search: "ip" },
  { types: ["date", "date_nanos"], kind: "timestamp", search: "time" },
];

/** Ways to write dates that are read as times; of what is written in others nobody knows here what it means. */
const TIME_FORMATS: ReadonlySet<string> = new Set([
  "strict_date_optional_time",
  "strict_date_optional_time_nanos",
  "date_optional_time",
  "strict_date_time",
  "strict_date_time_no_millis",
  "date_time",
  "date_time_no_millis",
  "strict_date",
  "date",
  "epoch_millis",
]);

const BY_NAME: ReadonlyMap<string, DocumentType> = new Map(
  DOCUMENT_TYPES.flatMap((entry) => entry.types.map((type) => [type, entry] as const)),
);
const OTHERWISE: DocumentType = { types: [], kind: "variant", search: null };

/** The type of a field. */
export function documentTypeOf({ type, format }: MappedDocumentField): DocumentType {
  const known = BY_NAME.get(type) ?? OTHERWISE;
  const isReadable = format === null || format.split("||").every((part) => TIME_FORMATS.has(part));
  return known.kind === "timestamp" && !isReadable ? OTHERWISE : known;
}
