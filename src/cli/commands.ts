/** The commands of the command line. Each is loaded when it is asked for: starting would take twice as long with all of them. */
import type { Command } from "./command.ts";

/** How each command is loaded, in the order help shows them. */
const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ["query", async () => (await import("./commands/query.ts")).QUERY_COMMAND],
  ["parse", async () => (await import("./commands/parse.ts")).PARSE_COMMAND],
  ["infer", async () => (await import("./commands/infer.ts")).INFER_COMMAND],
  ["detect", async () => (await import("./commands/detect.ts")).DETECT_COMMAND],
  ["blocklist", async () => (await import("./commands/blocklist.ts")).BLOCKLIST_COMMAND],
  ["incident", async () => (await import("./commands/incident.ts")).INCIDENT_COMMAND],
  ["check", async () => (await import("./commands/check.ts")).CHECK_COMMAND],
  ["explain", async () => (await import("./commands/explain.ts")).EXPLAIN_COMMAND],
  ["fmt", async () => (await import("./commands/fmt.ts")).FMT_COMMAND],
  ["lsp", async () => (await import("./commands/lsp.ts")).LSP_COMMAND],
  ["formats", async () => (await import("./commands/formats.ts")).FORMATS_COMMAND],
  ["rules", async () => (await import("./commands/rules.ts")).RULES_COMMAND],
  ["geo", async () => (await import("./commands/geo.ts")).GEO_COMMAND],
  ["lists", async () => (await import("./commands/lists.ts")).LISTS_COMMAND],
  ["demo", async () => (await import("./commands/demo.ts")).DEMO_COMMAND],
  ["help", async () => (await import("./commands/help.ts")).HELP_COMMAND],
  ["about", async () => (await import("./commands/about.ts")).ABOUT_COMMAND],
  ["version", async () => (await import("./commands/version.ts")).VERSION_COMMAND],
]);

/** The command of a name; null: there is none. */
export async function loadCommand(name: string): Promise<Command | null> {
  return (await COMMANDS.get(name)?.()) ?? null;
}

/** All commands, in the order help shows them. */
export function loadCommands(): Promise<readonly Command[]> {
  return Promise.all([...COMMANDS.values()].map((load) => load()));
}
