/** Starts `trawl lsp` for the scripts and patterns of a window. */
const { workspace, window } = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

const LANGUAGES = ["trawl", "trawl-pattern"];

/** @type {LanguageClient | undefined} */
let client;

/** Called by the editor when the first script or pattern is opened. */
async function activate(context) {
  const start = async () => {
    await client?.stop();
    client = makeClient();
    try {
      await client.start();
    } catch (error) {
      const command = commandOf();
      const reason = error instanceof Error ? error.message : String(error);
      window.showErrorMessage(
        `"${command} lsp" cannot be started: ${reason}. The setting trawl.command names the program.`,
      );
    }
  };
  context.subscriptions.push(
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("trawl.command")) void start();
    }),
  );
  await start();
}

/** Called by the editor when the window closes. */
function deactivate() {
  return client?.stop();
}

function commandOf() {
  return workspace.getConfiguration("trawl").get("command", "trawl");
}

function makeClient() {
  // A text that others wrote decides nothing about which program runs: the setting is of the machine, not of the folder.
  const server = {
    command: commandOf(),
    args: ["lsp"],
    transport: TransportKind.stdio,
    options: { shell: process.platform === "win32" },
  };
  return new LanguageClient("trawl", "Trawl", server, {
    documentSelector: LANGUAGES.map((language) => ({ language })),
    synchronize: { fileEvents: workspace.createFileSystemWatcher("**/*.{sx,sxp,log}") },
  });
}

module.exports = { activate, deactivate };
