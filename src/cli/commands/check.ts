/** `trawl check`: finds all mistakes of scripts and patterns without running them. */
import { parsePattern } from "#language";
import { unsupportedElements } from "#records";
import { countOf, type Diagnostic, Failure, type TextSource } from "#text";
import type { Command } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { REACH_SETTINGS, settingOptions, switchOption } from "../option.ts";
import { ARGUMENT_OPTION, readText } from "../script.ts";
import { checkInSession, inSession, type Session } from "../session.ts";

const OFFLINE_OPTION = switchOption("offline", "Do not look at the sources that scripts name.");

/** Checks scripts and patterns. */
export const CHECK_COMMAND: Command = {
  name: "check",
  sentence: "Tells all mistakes of scripts (.sx) and patterns (.sxp) without running them.",
  usage: "FILE…",
  positionals: { min: 1, max: Number.MAX_SAFE_INTEGER },
  options: [OFFLINE_OPTION, ARGUMENT_OPTION, ...settingOptions(["timeZone", ...REACH_SETTINGS, "color"])],
  examples: ["trawl check report.sx app.sxp", "trawl check --offline scripts/*.sx"],
  run: (invocation) => inSession(invocation, checkFiles),
};

async function checkFiles(session: Session): Promise<number> {
  const { arguments: parsed, messages } = session.invocation;
  let [wrong, unreadable, mistakes] = [0, 0, 0];
  for (const path of parsed.positionals) {
    const diagnostics = await checkFile(path, session);
    if (diagnostics === null) {
      unreadable++;
      continue;
    }
    messages.diagnostics(diagnostics);
    const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error").length;
    mistakes += errors;
    wrong += errors > 0 ? 1 : 0;
  }
  const files = countOf(parsed.positionals.length, "file");
  messages.note(mistakes === 0 ? `${files}, no mistakes` : `${files}, ${countOf(mistakes, "mistake")}`);
  if (unreadable > 0) return EXIT.unreachable.code;
  return wrong > 0 ? EXIT.wrongText.code : EXIT.done.code;
}

/** The mistakes of a file; null when it cannot be read, which is told. */
async function checkFile(path: string, session: Session): Promise<readonly Diagnostic[] | null> {
  const { surroundings, messages } = session.invocation;
  try {
    const source = await readText({ typed: null, path }, "file", surroundings.workingDirectory);
    return await diagnosticsOf(source, session);
  } catch (error) {
    if (!(error instanceof Failure) || session.stop.signal.aborted) throw error;
    messages.failure(error);
    return null;
  }
}

async function diagnosticsOf(source: TextSource, session: Session): Promise<readonly Diagnostic[]> {
  if (source.name.endsWith(".sxp")) {
    const { pattern, diagnostics } = parsePattern(source);
    return pattern === null ? diagnostics : [...diagnostics, ...unsupportedElements(pattern)];
  }
  const isOffline = session.invocation.arguments.values.has(OFFLINE_OPTION.name);
  const { diagnostics } = await checkInSession(source, session, { isOffline, forgivesSources: true });
  // What a run must be given is no mistake of the script.
  return diagnostics.filter((diagnostic) => diagnostic.code !== "argument-missing");
}
