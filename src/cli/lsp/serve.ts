/** A language server over standard input and output. */
import { fileURLToPath } from "node:url";
import {
  type CancellationToken,
  createConnection,
  type InitializeParams,
  type InitializeResult,
  ProposedFeatures,
  type TextDocumentPositionParams,
  TextDocumentSyncKind,
  TextDocuments,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import {
  completePattern,
  completeScript,
  diagnosticsOf,
  type EditorText,
  foldingOf,
  formatPattern,
  formatScript,
  hoverAt,
  nameAt,
  outlineOf,
  semanticTokensOf,
  signatureAt,
} from "#language";
import { unsupportedElements } from "#records";
import type { Invocation } from "../command.ts";
import { patternProblems } from "../parse-steps.ts";
import { isPattern, LARGEST_TEXT, LONGEST_LOOK_MS, OpenTexts, pathOf } from "./open-texts.ts";
import { renameEdits } from "./rename.ts";
import {
  completionItems,
  diagnosticOf,
  hoverOf,
  locationOf,
  rangeOf,
  semanticTokensFor,
  signatureHelpOf,
  symbolsOf,
  TOKEN_LEGEND,
} from "./shapes.ts";

type Connection = ReturnType<typeof openConnection>;

/** Diagnostics wait so long for the next key. */
const TYPING_PAUSE_MS = 150;
/** People who ask wait so long at most for what is being looked for. */
const PATIENCE_MS = 400;

function openConnection() {
  return createConnection(ProposedFeatures.all, process.stdin, process.stdout);
}

/** Serves until the editor goes; the process ends with it. */
export function serveEditor({ settings, surroundings }: Invocation): Promise<number> {
  const connection = openConnection();
  const documents = new TextDocuments(TextDocument);
  const server = new Server(connection, documents, {
    timeZone: settings.timeZone,
    wallClockMs: surroundings.wallClockMs,
  });
  server.listen();
  documents.listen(connection);
  connection.listen();
  return new Promise(() => {
    // The connection ends the process when the editor says so or is gone.
  });
}

interface ServerOptions {
  readonly timeZone: string;
  readonly wallClockMs: () => number;
}

class Server {
  readonly #connection: Connection;
  readonly #documents: TextDocuments<TextDocument>;
  readonly #texts: OpenTexts;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #folders: readonly string[] = [];
  #takesSnippets = false;
  #tellsFolders = false;

  constructor(connection: Connection, documents: TextDocuments<TextDocument>, options: ServerOptions) {
    this.#connection = connection;
    this.#documents = documents;
    this.#texts = new OpenTexts({
      ...options,
      folders: () => this.#folders,
      documents: () => documents.all(),
    });
  }

  listen(): void {
    const connection = this.#connection;
    connection.onInitialize((params) => this.#initialize(params));
    this.#documents.onDidChangeContent(({ document }) => {
      this.#diagnoseSoon(document.uri);
      for (const uri of this.#texts.forgetFile(pathOf(document))) this.#diagnoseSoon(uri);
    });
    this.#documents.onDidSave(() => this.#lookAgain());
    this.#documents.onDidClose(({ document }) => this.#close(document));
    connection.onDidChangeWatchedFiles(() => this.#lookAgain());
    connection.onInitialized(() => this.#watchFolders());
    this.#answerPlaces(connection);
    this.#answerTexts(connection);
  }

  #initialize(params: InitializeParams): InitializeResult {
    const { workspaceFolders, rootUri, capabilities } = params;
    const roots = workspaceFolders?.map(({ uri }) => uri) ?? (rootUri === null ? [] : [rootUri]);
    this.#folders = roots.flatMap(folderOf);
    this.#tellsFolders = capabilities.workspace?.workspaceFolders === true;
    this.#takesSnippets = capabilities.textDocument?.completion?.completionItem?.snippetSupport === true;
    return {
      serverInfo: { name: "trawl" },
      capabilities: {
        positionEncoding: "utf-16",
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
        completionProvider: { triggerCharacters: ["|", ".", "(", "$", "@", ":", "/", "[", "'"] },
        hoverProvider: true,
        signatureHelpProvider: { triggerCharacters: ["(", ","] },
        definitionProvider: true,
        referencesProvider: true,
        renameProvider: { prepareProvider: true },
        documentSymbolProvider: true,
        foldingRangeProvider: true,
        documentFormattingProvider: true,
        semanticTokensProvider: { legend: TOKEN_LEGEND, full: true },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  }

  /** Keeps up with the folders that are open in the editor. */
  #watchFolders(): void {
    if (!this.#tellsFolders) return;
    this.#connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
      const gone = new Set(removed.flatMap(({ uri }) => folderOf(uri)));
      const kept = this.#folders.filter((folder) => !gone.has(folder));
      this.#folders = [...kept, ...added.flatMap(({ uri }) => folderOf(uri))];
      this.#lookAgain();
    });
  }

  /** Questions about a place of a text. */
  #answerPlaces(connection: Connection): void {
    connection.onCompletion((params, token) => this.#complete(params, token));
    connection.onHover((params, token) =>
      this.#at(params, token, (text, offset, document) => {
        const said = hoverAt(text, offset);
        return said === null ? null : hoverOf(said, document);
      }),
    );
    connection.onSignatureHelp((params, token) =>
      this.#at(params, token, (text, offset) => {
        const help = text.kind === "script" ? signatureAt(text, offset) : null;
        return help === null ? null : signatureHelpOf(help);
      }),
    );
    connection.onDefinition((params, token) =>
      this.#at(params, token, (text, offset, document) => {
        const declaration = nameAt(text, offset)?.declaration ?? null;
        return declaration === null ? null : locationOf(declaration, document, text.source.name);
      }),
    );
    connection.onReferences((params, token) =>
      this.#at(params, token, (text, offset, document) =>
        (nameAt(text, offset)?.references ?? []).map((range) => ({
          uri: document.uri,
          range: rangeOf(document, range),
        })),
      ),
    );
    connection.onPrepareRename((params, token) =>
      this.#at(params, token, (text, offset, document) => {
        const name = nameAt(text, offset);
        return name?.canRename === true
          ? { range: rangeOf(document, name.range), placeholder: name.name }
          : null;
      }),
    );
    connection.onRenameRequest((params, token) =>
      this.#at(params, token, (text, offset, document) => {
        const name = nameAt(text, offset);
        if (name?.canRename !== true) return null;
        return { changes: { [document.uri]: renameEdits(name, params.newName, text, document) } };
      }),
    );
  }

  /** Completion is asked for at every key: it needs what was found, and no check of the whole text. */
  async #complete({ textDocument, position }: TextDocumentPositionParams, token: CancellationToken) {
    const asked = this.#documents.get(textDocument.uri);
    if (asked === undefined) return null;
    await this.#texts.settleOnce(asked, PATIENCE_MS);
    const document = this.#documents.get(textDocument.uri);
    if (token.isCancellationRequested || document === undefined) return null;
    const source = { name: pathOf(document), text: document.getText() };
    if (source.text.length > LARGEST_TEXT) return null;
    const offset = document.offsetAt(position);
    const world = { environment: this.#texts.environment(document), listFiles: this.#texts.lister(document) };
    const found = isPattern(document)
      ? completePattern(source.text, { start: 0, end: source.text.length }, offset)
      : completeScript(source, offset, world);
    return completionItems(found, document, this.#takesSnippets);
  }

  /** Questions about all of a text. */
  #answerTexts(connection: Connection): void {
    connection.onDocumentSymbol((params, token) =>
      this.#in(params.textDocument.uri, token, (text, document) => symbolsOf(outlineOf(text), document)),
    );
    connection.onFoldingRanges((params, token) =>
      this.#in(params.textDocument.uri, token, (text) =>
        foldingOf(text).map(({ kind, startLine, endLine }) => ({
          startLine,
          endLine,
          ...(kind === "comment" ? { kind: "comment" } : {}),
        })),
      ),
    );
    connection.languages.semanticTokens.on(async (params, token) => {
      const tokens = await this.#in(params.textDocument.uri, token, (text, document) =>
        semanticTokensFor(semanticTokensOf(text), document),
      );
      return tokens ?? { data: [] };
    });
    connection.onDocumentFormatting((params, token) =>
      this.#in(params.textDocument.uri, token, (text, document) => {
        const { source } = text;
        const formatted = text.kind === "pattern" ? formatPattern(source) : formatScript(source);
        if (formatted.text === source.text) return [];
        return [{ range: rangeOf(document, { start: 0, end: source.text.length }), newText: formatted.text }];
      }),
    );
  }

  /** Answers about a place; null for texts that are not open, and when nobody waits any more. */
  #at<T>(
    { textDocument, position }: TextDocumentPositionParams,
    token: CancellationToken,
    answer: (text: EditorText, offset: number, document: TextDocument) => T,
  ): Promise<T | null> {
    return this.#in(textDocument.uri, token, (text, document) =>
      answer(text, document.offsetAt(position), document),
    );
  }

  async #in<T>(
    uri: string,
    token: CancellationToken,
    answer: (text: EditorText, document: TextDocument) => T,
  ): Promise<T | null> {
    const asked = this.#documents.get(uri);
    if (asked === undefined) return null;
    await this.#texts.settle(asked, PATIENCE_MS);
    const document = this.#documents.get(uri);
    if (token.isCancellationRequested || document === undefined) return null;
    const text = this.#texts.check(document);
    return text === null ? null : answer(text, document);
  }

  #diagnoseSoon(uri: string): void {
    clearTimeout(this.#timers.get(uri));
    this.#timers.set(
      uri,
      setTimeout(() => {
        this.#diagnose(uri).catch((error: unknown) => this.#connection.console.error(String(error)));
      }, TYPING_PAUSE_MS),
    );
  }

  async #diagnose(uri: string): Promise<void> {
    const asked = this.#documents.get(uri);
    if (asked === undefined) return;
    await this.#texts.settle(asked, LONGEST_LOOK_MS);
    const document = this.#documents.get(uri);
    if (document?.version !== asked.version) return;
    const text = this.#texts.check(document);
    const mistakes = text === null ? [] : [...diagnosticsOf(text), ...problemsOf(text)];
    const ownPath = pathOf(document);
    await this.#connection.sendDiagnostics({
      uri,
      version: document.version,
      diagnostics: mistakes.map((mistake) => diagnosticOf(mistake, document, ownPath)),
    });
  }

  #lookAgain(): void {
    this.#texts.forget();
    for (const { uri } of this.#documents.all()) this.#diagnoseSoon(uri);
  }

  #close(document: TextDocument): void {
    clearTimeout(this.#timers.get(document.uri));
    this.#timers.delete(document.uri);
    this.#texts.close(document);
    this.#connection.sendDiagnostics({ uri: document.uri, diagnostics: [] }).catch(() => {
      // The editor is gone.
    });
  }
}

/** What is understood but cannot be run. */
function problemsOf(text: EditorText) {
  if (text.kind === "pattern")
    return text.parsed.pattern === null ? [] : unsupportedElements(text.parsed.pattern);
  return text.checked.relation === null ? [] : patternProblems(text.checked.relation);
}

function folderOf(uri: string): readonly string[] {
  try {
    return [fileURLToPath(uri)];
  } catch {
    return [];
  }
}
