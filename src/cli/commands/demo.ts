/** `trawl demo`: makes a log with attacks in it and asks it questions. */
import { access, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countOf, type TextSource } from "#text";
import type { Command, Invocation } from "../command.ts";
import { QUESTIONS, type Question } from "../demo/questions.ts";
import { makeSampleLog } from "../demo/sample-log.ts";
import { EXIT } from "../exit-codes.ts";
import { LINE_WIDTH, wrapText } from "../help-text.ts";
import { RUN_OPTIONS } from "../option.ts";
import { TABLE_FORMAT } from "../output/table.ts";
import { openTarget } from "../output-options.ts";
import { runRelation } from "../run-relation.ts";
import { inSession, relationOf } from "../session.ts";
import { printSize } from "../sizes.ts";

const FOLDER = "demo";
const LOG_FILE = "access.log";

/** Shows what Trawl does, without anything to set up. */
export const DEMO_COMMAND: Command = {
  name: "demo",
  sentence: "Makes a sample log with attacks in it, asks it three questions and shows the answers.",
  usage: "",
  positionals: { min: 0, max: 0 },
  options: RUN_OPTIONS,
  examples: ["trawl demo"],
  run,
};

async function run(invocation: Invocation): Promise<number> {
  const log = makeSampleLog();
  const workingDirectory = await prepareFolder(log, invocation.surroundings.workingDirectory);
  const inFolder: Invocation = {
    ...invocation,
    surroundings: { ...invocation.surroundings, workingDirectory },
  };
  const { stdout } = invocation.surroundings;
  const where =
    workingDirectory === invocation.surroundings.workingDirectory ? FOLDER : join(workingDirectory, FOLDER);
  stdout.write(
    `${where}/${LOG_FILE}: ${countOf(log.split("\n").length - 1, "line")}, ${printSize(log.length)}, one day of a small web shop\n`,
  );
  for (const question of QUESTIONS) {
    const exitCode = await ask(question, inFolder);
    if (exitCode !== EXIT.done.code) return exitCode;
  }
  stdout.write(
    printNextSteps(workingDirectory === invocation.surroundings.workingDirectory ? null : workingDirectory),
  );
  return EXIT.done.code;
}

async function ask(question: Question, invocation: Invocation): Promise<number> {
  const { stdout } = invocation.surroundings;
  const source: TextSource = { name: join(FOLDER, question.fileName), text: question.script };
  stdout.write(`\n\n${question.title}\n${"═".repeat(question.title.length)}\n`);
  stdout.write(`${source.name}:\n\n${indent(question.script)}\n`);
  return inSession({ ...invocation, startedMs: invocation.surroundings.clockMs() }, async (session) => {
    const relation = await relationOf(source, session);
    if (relation === null) return EXIT.broken.code;
    const output = { format: TABLE_FORMAT, path: null, guardsFormulas: false, stats: null };
    const target = await openTarget(output, session.invocation.surroundings, session.stop.signal);
    const exitCode = await runRelation({ relation, session, output, target });
    if (exitCode === EXIT.done.code) stdout.write(`\n${wrapText(question.reading, LINE_WIDTH).join("\n")}\n`);
    return exitCode;
  });
}

/** Writes log and scripts into `demo/` here; somewhere temporary when that folder is somebody else's or nothing can be written. Gives the folder's parent. */
async function prepareFolder(log: string, workingDirectory: string): Promise<string> {
  try {
    await fillFolder(join(workingDirectory, FOLDER), log);
    return workingDirectory;
  } catch {
    const parent = await mkdtemp(join(tmpdir(), "trawl-"));
    await fillFolder(join(parent, FOLDER), log);
    return parent;
  }
}

async function fillFolder(folder: string, log: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const files = [
    { path: join(folder, LOG_FILE), content: log },
    ...QUESTIONS.map(({ fileName, script }) => ({ path: join(folder, fileName), content: script })),
  ];
  for (const { path, content } of files) await refuseOtherContent(path, content);
  for (const { path, content } of files) await writeFile(path, content);
}

/** A file that is there is ours when it begins as ours does. */
async function refuseOtherContent(path: string, content: string): Promise<void> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  const firstLine = (text: string) => text.slice(0, text.indexOf("\n"));
  if (firstLine(await readFile(path, "utf8")) !== firstLine(content))
    throw new Error(`${path} is not of the demo`);
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "    ");
}

function printNextSteps(otherFolder: string | null): string {
  const lead = otherFolder === null ? "" : `  cd ${otherFolder}\n`;
  return `

What to try next
════════════════
${lead}  trawl query demo/scanners.sx --format csv -o scanners.csv
  trawl query -e "PARSE(src:'demo/access.log') | filter(client_ip = 192.0.2.201) | select(timestamp, method, uri, bytes)"
  trawl explain demo/volume.sx
  trawl formats
`;
}
