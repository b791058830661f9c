/** The header of syslog lines: time, host, program and its process number. */
import { learnText } from "./learn-text.ts";
import { countsOf } from "./parts.ts";
import { fieldOf, joined, literal, type Sketch } from "./sketch.ts";
import { readTime } from "./time-reading.ts";

/** What was learned of the header, and the texts behind it. */
export interface SyslogHeader {
  readonly sketches: readonly Sketch[];
  readonly rest: readonly string[];
}

interface Row {
  readonly priority: string;
  readonly time: string;
  readonly host: string;
  readonly program: string | null;
  readonly pid: string | null;
  readonly rest: string;
}

const HOST = /^ ([A-Za-z0-9][\w.:-]{0,254}|-) (?=\S)/;
const PROGRAM = /^([A-Za-z_/(][^\s:[\]]{0,127})(?:\[(\d{1,10})\])?: ?(?! *$)/;
/** So many of the lines must name a program, when the form of the time does not say it is syslog. */
const LEAST_PROGRAMS = 0.8;

/** The header that all lines share, or null. */
export function learnSyslog(lines: readonly string[]): SyslogHeader | null {
  const rows: Row[] = [];
  for (const line of lines) {
    const row = rowOf(line);
    if (row === null) return null;
    rows.push(row);
  }
  const programs = rows.filter(({ program }) => program !== null);
  if (programs.length < LEAST_PROGRAMS * rows.length) return null;
  const priorities = rows.filter(({ priority }) => priority !== "");
  if (priorities.length > 0 && priorities.length < rows.length) return null;
  return {
    sketches: joined([
      ...(priorities.length === 0
        ? []
        : [
            literal("<"),
            named(
              "priority",
              rows.map(({ priority }) => priority),
            ),
            literal(">"),
          ]),
      ...learnText(countsOf(rows.map(({ time }) => time))),
      literal(" "),
      named(
        "host",
        rows.map(({ host }) => host),
      ),
      literal(" "),
      ...programSketches(programs, programs.length < rows.length),
    ]),
    rest: rows.map(({ rest }) => rest),
  };
}

function named(hint: string, values: readonly string[]): Sketch {
  const type =
    hint === "priority" || hint === "pid"
      ? ({ kind: "matcher", matcher: "INT" } as const)
      : ({ kind: "text" } as const);
  return { ...fieldOf(type, countsOf(values)), hint };
}

function programSketches(rows: readonly Row[], isOptional: boolean): readonly Sketch[] {
  const pids = rows.flatMap(({ pid }) => (pid === null ? [] : [pid]));
  const pid = [literal("["), named("pid", pids), literal("]")];
  const hasAll = pids.length === rows.length;
  const body: readonly Sketch[] = [
    named(
      "process",
      rows.map(({ program }) => program ?? ""),
    ),
    ...(pids.length === 0 ? [] : hasAll ? pid : [{ kind: "optional", body: pid } as const]),
    literal(": "),
  ];
  return isOptional ? [{ kind: "optional", body: joined(body) }] : body;
}

function rowOf(line: string): Row | null {
  const [bracket = "", priority = ""] = /^<(\d{1,3})>/.exec(line) ?? [];
  const time = readTime(line, bracket.length);
  if (time === null) return null;
  const behind = line.slice(time.end);
  const [head, host] = HOST.exec(behind) ?? [];
  if (head === undefined || host === undefined) return null;
  const isOld = time.format.startsWith("MMM");
  if (!isOld && !time.format.includes("T")) return null;
  const text = behind.slice(head.length);
  const [tag = "", program, pid] = PROGRAM.exec(text) ?? [];
  const isTag = tag.endsWith(": ");
  return {
    priority,
    time: line.slice(bracket.length, time.end),
    host,
    program: isTag ? (program ?? null) : null,
    pid: isTag ? (pid ?? null) : null,
    rest: isTag ? text.slice(tag.length) : text,
  };
}
