/** What the language says, in the shapes of the Language Server Protocol. */
import { pathToFileURL } from "node:url";
import {
  type CompletionItem,
  CompletionItemKind,
  type Diagnostic,
  DiagnosticSeverity,
  type DocumentSymbol,
  type Hover,
  InsertTextFormat,
  type Location,
  MarkupKind,
  type Range,
  type SemanticTokens,
  SemanticTokensBuilder,
  type SignatureHelp,
  SymbolKind,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import type {
  CompletionKind,
  Completions,
  OutlineEntry,
  Hover as Said,
  SemanticToken,
  SignatureHelp as Signatures,
  WordKind,
} from "#language";
import type { Diagnostic as Mistake, TextSpan } from "#text";

interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** A range of a text as lines and characters. */
export function rangeOf(document: TextDocument, { start, end }: TextRange): Range {
  return { start: document.positionAt(start), end: document.positionAt(end) };
}

/** A place in this or another text. */
export function locationOf(span: TextSpan, document: TextDocument, ownPath: string): Location {
  const { source } = span;
  if (source.name === ownPath) return { uri: document.uri, range: rangeOf(document, span) };
  const other = TextDocument.create("", "", 0, source.text);
  return { uri: pathToFileURL(source.name).href, range: rangeOf(other, span) };
}

/** A mistake; those of other texts are told where this one begins. */
export function diagnosticOf(mistake: Mistake, document: TextDocument, ownPath: string): Diagnostic {
  const { code, severity, span, message, help, notes = [] } = mistake;
  const isOwn = span.source.name === ownPath;
  const where = isOwn ? "" : `${span.source.name}: `;
  return {
    code,
    source: "trawl",
    severity: severity === "error" ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    range: isOwn ? rangeOf(document, span) : rangeOf(document, { start: 0, end: 0 }),
    message: `${where}${message}${help === undefined ? "" : `\n${help}`}`,
    relatedInformation: notes
      .filter(({ span: place }) => place.source.name === ownPath)
      .map(({ span: place, message: text }) => ({
        location: locationOf(place, document, ownPath),
        message: text,
      })),
  };
}

const COMPLETION_KINDS: Readonly<Record<CompletionKind, CompletionItemKind>> = {
  field: CompletionItemKind.Field,
  function: CompletionItemKind.Function,
  command: CompletionItemKind.Method,
  stream: CompletionItemKind.Variable,
  step: CompletionItemKind.Module,
  value: CompletionItemKind.Constant,
  argument: CompletionItemKind.Property,
  keyword: CompletionItemKind.Keyword,
  operator: CompletionItemKind.Operator,
  unit: CompletionItemKind.Unit,
  type: CompletionItemKind.Class,
  matcher: CompletionItemKind.Class,
  setting: CompletionItemKind.Property,
  subpattern: CompletionItemKind.Variable,
  file: CompletionItemKind.File,
  folder: CompletionItemKind.Folder,
};

/** Completions in their order; with `takesSnippets` the cursor goes where it belongs. */
export function completionItems(
  { range, items }: Completions,
  document: TextDocument,
  takesSnippets: boolean,
): CompletionItem[] {
  const place = rangeOf(document, range);
  return items.map(({ kind, label, detail, documentation, insert, cursor }, index) => {
    const isSnippet = takesSnippets && cursor < insert.length;
    const newText = isSnippet ? snippetOf(insert, cursor) : insert;
    return {
      label,
      kind: COMPLETION_KINDS[kind],
      detail,
      sortText: String(index).padStart(5, "0"),
      filterText: label,
      insertTextFormat: isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
      textEdit: { range: place, newText },
      ...(documentation === "" ? {} : { documentation }),
    };
  });
}

function snippetOf(insert: string, cursor: number): string {
  const escaped = (text: string) => text.replace(/[\\$}]/g, "\\$&");
  return `${escaped(insert.slice(0, cursor))}$0${escaped(insert.slice(cursor))}`;
}

/** A hover as Markdown: code, then sentences. */
export function hoverOf({ range, code, sentences }: Said, document: TextDocument): Hover {
  const text = sentences.join("\n\n");
  const fence = code.includes("```") ? "~~~~" : "```";
  const value = `${fence}trawl\n${code}\n${fence}${text === "" ? "" : `\n${text}`}`;
  return { contents: { kind: MarkupKind.Markdown, value }, range: rangeOf(document, range) };
}

/** Signature help; the parameters are parts of the labels. */
export function signatureHelpOf({ signatures, activeSignature, activeParameter }: Signatures): SignatureHelp {
  return {
    signatures: signatures.map(({ label, documentation, parameters }) => ({
      label,
      documentation,
      parameters: parameters.map((parameter) => ({ label: parameter })),
    })),
    activeSignature,
    ...(activeParameter === null ? {} : { activeParameter }),
  };
}

const SYMBOL_KINDS: Readonly<Record<OutlineEntry["kind"], SymbolKind>> = {
  value: SymbolKind.Constant,
  pattern: SymbolKind.Struct,
  function: SymbolKind.Function,
  stream: SymbolKind.Variable,
  step: SymbolKind.Module,
  arguments: SymbolKind.Interface,
  include: SymbolKind.File,
  query: SymbolKind.Event,
  subpattern: SymbolKind.Field,
};

/** The outline as symbols. */
export function symbolsOf(entries: readonly OutlineEntry[], document: TextDocument): DocumentSymbol[] {
  return entries.map(({ kind, name, range, nameRange, children }) => ({
    name: name === "" ? kind : name,
    detail: kind,
    kind: SYMBOL_KINDS[kind],
    range: rangeOf(document, range),
    selectionRange: rangeOf(document, nameRange),
    children: symbolsOf(children, document),
  }));
}

/** Kinds of words as the names that editors have colours for. */
const TOKEN_TYPES: Readonly<Record<WordKind, string>> = {
  keyword: "keyword",
  command: "method",
  function: "function",
  field: "property",
  argument: "parameter",
  value: "variable",
  stream: "namespace",
  step: "macro",
  text: "string",
  number: "number",
  comment: "comment",
  operator: "operator",
  unit: "enumMember",
  matcher: "type",
  setting: "decorator",
  set: "regexp",
  subpattern: "class",
};

/** The legend of semantic tokens. */
export const TOKEN_LEGEND: { readonly tokenTypes: string[]; readonly tokenModifiers: string[] } = {
  tokenTypes: Object.values(TOKEN_TYPES),
  tokenModifiers: [],
};

/** Words as semantic tokens; a word of several lines is one token per line. */
export function semanticTokensFor(words: readonly SemanticToken[], document: TextDocument): SemanticTokens {
  const text = document.getText();
  const builder = new SemanticTokensBuilder();
  for (const { kind, start, end } of words) {
    const type = TOKEN_LEGEND.tokenTypes.indexOf(TOKEN_TYPES[kind]);
    let from = start;
    for (const line of text.slice(start, end).split("\n")) {
      const length = line.replace(/\r$/, "").length;
      const { line: row, character } = document.positionAt(from);
      if (length > 0) builder.push(row, character, length, type, 0);
      from += line.length + 1;
    }
  }
  return builder.build();
}
