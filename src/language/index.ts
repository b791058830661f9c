/** The two languages: pattern text and query text become typed trees. Pure: knows neither Node nor DOM. */

export { type Network, printAddress, printNetwork, readAddress, readNetwork } from "#text";
export {
  diagnosticsOf,
  type EditorPattern,
  type EditorScript,
  type EditorText,
  openPattern,
  openScript,
} from "./editor/analysis.ts";
export { type CompletionWorld, completeScript } from "./editor/complete.ts";
export { type Completions, completePattern } from "./editor/complete-pattern.ts";
export type { FileName, ListFiles } from "./editor/files.ts";
export { type FoldingRange, foldingOf } from "./editor/folding.ts";
export { formatPattern } from "./editor/format-pattern.ts";
export { type Formatted, formatScript } from "./editor/format-script.ts";
export { hoverAt } from "./editor/hover.ts";
export type { Hover } from "./editor/hover-pattern.ts";
export type { CompletionItem, CompletionKind } from "./editor/items.ts";
export { type OutlineEntry, outlineOf } from "./editor/outline.ts";
export { type SemanticToken, semanticTokensOf, type WordKind } from "./editor/semantic-tokens.ts";
export { type Signature, type SignatureHelp, signatureAt } from "./editor/signature.ts";
export { type NameAt, nameAt } from "./editor/symbols.ts";
export { type FunctionCategory, type FunctionEntry, printSignature } from "./functions/entry.ts";
export { FUNCTIONS, findFunction } from "./functions/functions.ts";
export { OPERATORS, type OperatorEntry } from "./operators.ts";
export { isRequired } from "./pattern/can-match-nothing.ts";
export { fieldsOf, typeOfNode } from "./pattern/fields.ts";
export {
  HEADER_STYLES,
  type HeaderStyle,
  type HeaderStyleName,
  type PatternHeader,
  readHeaderLine,
} from "./pattern/header.ts";
export {
  CATEGORY_TITLES,
  factsOf,
  type MatcherFact,
  type SettingFact,
  settingFacts,
} from "./pattern/matchers/facts.ts";
export type { Matcher, MatcherCategory } from "./pattern/matchers/matcher.ts";
export { GROUP_CONFIG, LITERAL_CONFIG } from "./pattern/matchers/structures.ts";
export { findMatcher, MATCHERS, matcherNames } from "./pattern/matchers.ts";
export { type ParsedPattern, parsePattern, type TextRange } from "./pattern/parse.ts";
export { printPattern } from "./pattern/print.ts";
export { printBytes, printName, printText } from "./pattern/print-text.ts";
export { TIME_LETTERS } from "./pattern/time-format.ts";
export type {
  ArrayNode,
  ChoiceNode,
  ConstantNode,
  CsvNode,
  EnumNode,
  GroupNode,
  JsonMember,
  JsonNode,
  JsonObjectShape,
  JsonShape,
  KvpNode,
  LiteralNode,
  MatcherNode,
  Pattern,
  PatternNode,
  Quantifier,
  ReferenceNode,
  SetNode,
  StructureNode,
} from "./pattern/tree.ts";
export { readTime } from "./query/check/constants.ts";
export { OWN_INCLUDE } from "./query/check/script-scope.ts";
export { checkScript } from "./query/check-script.ts";
export { COMMANDS, type CommandEntry, findCommand } from "./query/commands.ts";
export {
  type CheckEnvironment,
  type CheckedScript,
  type MappedDocumentField,
  type Wanted,
  type WantedAnswer,
  wantedKey,
} from "./query/environment.ts";
export { KEYWORDS, type KeywordEntry } from "./query/keywords.ts";
export { printExpression, printRelation } from "./query/print-relation.ts";
export type {
  AggregateExpression,
  ArrayExpression,
  CallExpression,
  CaseExpression,
  Column,
  ColumnExpression,
  ColumnId,
  ComputedColumn,
  ConstantExpression,
  DistinctRelation,
  DualRelation,
  ElementExpression,
  Expression,
  FilterRelation,
  GroupRelation,
  InStreamExpression,
  JoinRelation,
  JoinType,
  LimitRelation,
  ListingField,
  ListingRelation,
  MemberExpression,
  NearestRelation,
  ParseRelation,
  ProjectRelation,
  Relation,
  RenderRelation,
  ResultRendering,
  SampleRelation,
  SaveFormat,
  SaveRelation,
  SearchableField,
  SortKey,
  SortRelation,
  SystemField,
  TableFormat,
  TableOptions,
  TableRelation,
  TailRelation,
  TimeShiftExpression,
  TimeTruncateExpression,
  TimeUnit,
  TupleExpression,
  UnionRelation,
  UnnestRelation,
  ValuesRelation,
  WindowExpression,
} from "./query/tree.ts";
export {
  type ArrayType,
  type DataType,
  type Field,
  type SimpleType,
  type SimpleTypeKind,
  type TupleType,
  typeName,
  type Value,
} from "./types.ts";
