/** The commands of pipelines: one list for checker, completion and manual. */

/** A command. `name` is the usual word; `spellings` are all, lower case. */
export interface CommandEntry {
  readonly name: string;
  readonly spellings: readonly string[];
  /** Can start a stream. */
  readonly givesRows: boolean;
  /** Can stand behind a stream. */
  readonly takesRows: boolean;
  readonly description: string;
  readonly example: string;
  /** Why this version does not run it; null: it does. */
  readonly unavailable: Unavailable | null;
}

/** What is said of a command that is known and not run. */
export interface Unavailable {
  /** What is the case: "is not run here". */
  readonly claim: string;
  /** A sentence: what does the same work. */
  readonly instead: string;
}

/** All commands. */
export const COMMANDS: readonly CommandEntry[] = [
  source("LIST", "A row per file that addresses with wildcards name.", "LIST('logs/*.log')"),
  {
    ...source("PARSE", "The records of files, by a pattern.", "PARSE(pattern:$p, src:'access.log')"),
    takesRows: true,
  },
  source("VALUES value", "Rows written in the script.", "VALUES([{a:1, b:'x'}])"),
  source("DUAL", "Test rows with the fields i, t, s and ip.", "DUAL(10)"),
  step("select", "The columns to show, and to compute.", "select(client_ip, n:count(*))"),
  step("filter where", "The rows for which a condition is true.", "filter(status = 404)"),
  step("filter_out", "The rows for which a condition is not true.", "filter_out(agent LIKE '%bot%')"),
  step("group", "One row per key.", "group(client_ip)"),
  step("sort order", "The rows in the order of keys; NULLs last.", "sort(n desc)"),
  step("limit head", "The first rows.", "limit(10)"),
  step("distinct", "The rows without repetitions.", "distinct(client_ip)"),
  step("top", "The rows with the greatest keys.", "top(10, n)"),
  step("count", "How many rows.", "count()"),
  step("join innerjoin", "Rows of two streams that belong together.", "join(@bad ON left.ip = right.ip)"),
  step("leftjoin", "All rows, with those of the other stream that belong to them.", "leftjoin(@names ON id)"),
  step(
    "rightjoin",
    "All rows of the other stream, with those that belong to them.",
    "rightjoin(@names ON id)",
  ),
  step(
    "fulljoin",
    "All rows of both streams, together where they belong together.",
    "fulljoin(@names ON id)",
  ),
  step("semijoin", "The rows that the other stream has something to.", "semijoin(@bad ON ip)"),
  step("antijoin", "The rows that the other stream has nothing to.", "antijoin(@good ON ip)"),
  step("union", "The rows of this stream and of others, by column name.", "union(@yesterday)"),
  step("select_replace", "The columns with some of them computed anew.", "select_replace(uri:LOWER(uri))"),
  step("select_remove unselect", "The columns without some of them.", "select_remove(agent)"),
  step("tail", "The last rows.", "tail(10)"),
  step("sample", "Some of the rows, the same in every run.", "sample(100)"),
  step("save", "Stores the stream and passes it on.", "save('out.parquet')"),
  step("render", "How a screen should draw the result.", "render(bar, x:day, y:hits)"),
  source("CSV", "The rows of files of separated values.", "CSV('users.csv')"),
  source("JSON", "The records of JSON files.", "JSON('users.ndjson')"),
  source("PARQUET", "The rows of Parquet files.", "PARQUET('users.parquet')"),
  source("LINES", "The lines of text files.", "LINES('app.log')"),
  source("CACHE_V1", "A stream; it is computed anew each time.", "CACHE_V1(path:'…', stream:@s)"),
  source("ES", "Documents of Elasticsearch or OpenSearch.", "ES(uri:'es://es1.example.com', index:'logs-*')"),
  {
    ...source("EVTX", "Events of Windows.", "LIST('x.evtx') | EVTX()"),
    takesRows: true,
    unavailable: notRun(
      "Export the events as JSON lines: PARSE knows those of evtx_dump, Winlogbeat and NXLog.",
    ),
  },
  {
    ...source("PCAP", "Packets of a network.", "LIST('x.pcap') | PCAP()"),
    takesRows: true,
    unavailable: notRun("Let Zeek or Suricata read the packets: PARSE knows their logs."),
  },
  {
    ...source("ROSBAG rosbag_meta", "Records of robots.", "ROSBAG(src:@list)"),
    unavailable: notRun("Export the records as JSON lines or CSV: JSON('topic.ndjson'), CSV('topic.csv')."),
  },
  {
    ...source("JDBC_QUERY jdbc_table", "Rows of a database.", "JDBC_QUERY(…)"),
    unavailable: notRun("Export the table: CSV('table.csv'), PARQUET('table.parquet')."),
  },
];

/** Commands of other languages, and what is written here in their place. */
export const FOREIGN_COMMANDS: ReadonlyMap<string, string> = new Map([
  ["append", "union(@other)"],
  ["bin", "select(hour:time[1 hour], n:count(*)) | group(hour)"],
  ["dedup", "distinct(name)"],
  ["eval", "select(*, name:expression)"],
  ["eventstats", "select(*, n:count(*) OVER(PARTITION BY name))"],
  ["extend", "select(*, name:expression)"],
  ["fields", "select(name)"],
  ["lookup", "leftjoin(@table ON name)"],
  ["mvexpand", "select(item:UNNEST(items))"],
  ["order", "sort(name desc)"],
  ["project", "select(name)"],
  ["rename", "select(new:old)"],
  ["rex", "select(PARSE('pattern', text))"],
  ["search", "filter(condition)"],
  ["stats", "group(key, n:count(*))"],
  ["streamstats", "select(*, n:SUM(value) OVER(ORDER BY time))"],
  ["summarize", "group(key, n:count(*))"],
  ["table", "select(name)"],
  ["take", "limit(10)"],
  ["timechart", "select(hour:time[1 hour], n:count(*)) | group(hour)"],
]);

const BY_SPELLING: ReadonlyMap<string, CommandEntry> = new Map(
  COMMANDS.flatMap((entry) => entry.spellings.map((spelling) => [spelling, entry] as const)),
);

/** The command a user means by a word in any case, or null. */
export function findCommand(word: string): CommandEntry | null {
  return BY_SPELLING.get(word.toLowerCase()) ?? null;
}

function source(words: string, description: string, example: string): CommandEntry {
  const spellings = words.split(" ");
  const [name = ""] = spellings;
  return {
    name,
    spellings: spellings.map((spelling) => spelling.toLowerCase()),
    givesRows: true,
    takesRows: false,
    description,
    example,
    unavailable: null,
  };
}

function step(words: string, description: string, example: string): CommandEntry {
  return { ...source(words, description, example), givesRows: false, takesRows: true };
}

function notRun(instead: string): Unavailable {
  return { claim: "is not run here", instead };
}
