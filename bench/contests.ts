/** What is measured: the same question to Trawl and to its rivals, over the same file with the same number of threads. */

/** Somebody who answers the same question. `wc` counts lines in one thread: the floor. `itself` is Trawl with one thread. */
export type Rival =
  | {
      readonly engine: "duckdb" | "clickhouse";
      readonly name: string;
      readonly sql: string;
      readonly bar: number;
    }
  | { readonly engine: "wc" | "itself"; readonly name: string; readonly bar: number };

/** A question. */
export interface Contest {
  readonly work: string;
  readonly script: string;
  readonly input: string;
  /** Trawl must be at least `bar` times as fast; below 1: may take so many times as long. */
  readonly rivals: readonly Rival[];
}

/** The combined log format as an expression with 11 captures. */
const COMBINED_EXPRESSION =
  '^(\\S+) (\\S+) (\\S+) \\[([^\\]]+)\\] "(\\S+) (\\S+) ([^"]+)" (\\d+) (\\d+|-) "([^"]*)" "([^"]*)"$';
const FIELDS = [
  "client_ip",
  "identity",
  "user",
  "timestamp",
  "method",
  "uri",
  "protocol",
  "status",
  "bytes",
  "referrer",
  "user_agent",
];
const STATUS = 1 + FIELDS.indexOf("status");

function lines(file: string): string {
  return `read_csv('${file}', columns={'line':'VARCHAR'}, delim='\\x01', quote='', escape='', header=false, auto_detect=false)`;
}

function captured(file: string): string {
  const names = FIELDS.map((name) => `'${name}'`).join(",");
  return `(SELECT regexp_extract(line, '${COMBINED_EXPRESSION}', [${names}]) AS r FROM ${lines(file)})`;
}

/** ClickHouse undoes backslashes in texts once more. */
function clickhouseCaptured(file: string): string {
  const expression = COMBINED_EXPRESSION.replaceAll("\\", "\\\\");
  return `(SELECT extractGroups(line, '${expression}') AS g FROM file('${file}', 'LineAsString', 'line String'))`;
}

const COLUMNS =
  "{'client_ip':'VARCHAR','identity':'VARCHAR','user':'VARCHAR','time':'VARCHAR','zone':'VARCHAR','request':'VARCHAR','status':'VARCHAR','bytes':'VARCHAR','referrer':'VARCHAR','user_agent':'VARCHAR'}";

function splitAtBlanks(file: string): string {
  return `read_csv('${file}', delim=' ', quote='"', escape='"', header=false, auto_detect=false, columns=${COLUMNS})`;
}

const WAF_PATTERN = `$p = <<<PATTERN
JSON{ TIMESTAMP('S'):timestamp, STRING:action, STRING:terminatingRuleId }(greedy='AWSX'):AWS EOL
PATTERN;
`;

/** Logs that contests read. */
export interface Inputs {
  readonly access: string;
  readonly parts: string;
  readonly waf: string;
}

/** All contests. */
export function contestsOver(inputs: Inputs): Contest[] {
  return [...overCombinedLog(inputs), overWafLog(inputs), ...overParts(inputs), crossing(inputs)];
}

/** All rows go to the engine: a window over each client's requests, joined with what is known of the client. */
function crossing({ access }: Inputs): Contest {
  return {
    work: "2.5 million rows of 6 columns, window function and self-join on client",
    script: `@r = PARSE(src:'${access}') | select(client_ip, timestamp, method, uri, status, bytes);
@w = @r | select(client_ip, timestamp, method, uri, status, bytes, nth:ROW_NUMBER() OVER(PARTITION BY client_ip ORDER BY timestamp));
@per = @r | select(client_ip, total:count(*), longest:max(STRLEN(uri))) | group(client_ip);
@w | join(@per on left.client_ip = right.client_ip) | filter(total > 5)
| select(method, status, n:count(*), s:sum(bytes), firsts:count(nth <= 3), gap:max(longest - STRLEN(uri)), latest:max(timestamp)) | group(method, status)`,
    input: access,
    rivals: [
      {
        engine: "duckdb",
        name: "DuckDB, the same from `regexp_extract`",
        sql: `WITH parsed AS ${captured(access)},
r AS (SELECT r.client_ip AS client_ip, strptime(r.timestamp, '%d/%b/%Y:%H:%M:%S %z') AS t, r.method AS method, r.uri AS uri, CAST(r.status AS INTEGER) AS status, TRY_CAST(r.bytes AS BIGINT) AS bytes FROM parsed),
w AS (SELECT *, row_number() OVER (PARTITION BY client_ip ORDER BY t) AS nth FROM r),
per AS (SELECT client_ip, count(*) AS total, max(length(uri)) AS longest FROM r GROUP BY 1)
SELECT method, status, count(*), sum(bytes), count(*) FILTER (WHERE nth <= 3), max(longest - length(uri)), max(t) FROM w JOIN per USING (client_ip) WHERE total > 5 GROUP BY 1, 2 ORDER BY 1, 2`,
        bar: 3,
      },
    ],
  };
}

function overCombinedLog({ access }: Inputs): Contest[] {
  const parsed = `PARSE(src:'${access}')`;
  return [
    {
      work: "combined log, 11 fields recognised, hits by status",
      script: `${parsed} | select(status, n:count(*)) | group(status)`,
      input: access,
      rivals: [
        {
          engine: "duckdb",
          name: "DuckDB `regexp_extract`, 11 captures",
          sql: `SELECT r.status, count(*) AS n FROM ${captured(access)} GROUP BY 1 ORDER BY 1`,
          bar: 14,
        },
        {
          engine: "clickhouse",
          name: "ClickHouse `extractGroups`, 11 captures",
          sql: `SELECT g[${STATUS}] AS status, count() AS n FROM ${clickhouseCaptured(access)} GROUP BY 1 ORDER BY 1`,
          bar: 12,
        },
        { engine: "wc", name: "`wc -l`, one thread", bar: 0.25 },
        { engine: "itself", name: "Trawl, one thread", bar: 1.8 },
      ],
    },
    {
      work: "top client addresses",
      script: `${parsed} | select(client_ip, n:count(*)) | group(client_ip) | sort(n desc) | limit(10)`,
      input: access,
      rivals: [
        {
          engine: "duckdb",
          name: "DuckDB `read_csv` on blanks, untyped",
          sql: `SELECT client_ip, count(*) AS n FROM ${splitAtBlanks(access)} GROUP BY 1 ORDER BY 2 DESC LIMIT 10`,
          bar: 1.5,
        },
      ],
    },
    {
      work: "text inside `uri`, then top clients",
      script: `${parsed} | filter(uri contains 'phpmyadmin') | select(client_ip, n:count(*)) | group(client_ip) | sort(n desc) | limit(10)`,
      input: access,
      rivals: [
        {
          engine: "duckdb",
          name: "DuckDB, lines with `LIKE`",
          sql: `SELECT split_part(line,' ',1) AS client_ip, count(*) AS n FROM ${lines(access)} WHERE line LIKE '%phpmyadmin%' GROUP BY 1 ORDER BY 2 DESC LIMIT 10`,
          bar: 1,
        },
      ],
    },
  ];
}

function overWafLog({ waf }: Inputs): Contest {
  return {
    work: "WAF JSON, blocked hits by nested client address",
    script: `${WAF_PATTERN}LIST('${waf}') | parse(pattern:$p) | filter(AWS[action] = 'BLOCK') | select(ip:IPADDR(AWS[AWSX][httpRequest][clientIp])) | select(ip, n:count(*)) | group(ip) | sort(n desc) | limit(10)`,
    input: waf,
    rivals: [
      {
        engine: "duckdb",
        name: "DuckDB `read_json`, declared columns",
        sql: `SELECT httpRequest.clientIp, count(*) AS n FROM read_json('${waf}', format='newline_delimited', columns={'action':'VARCHAR','httpRequest':'STRUCT(clientIp VARCHAR)'}) WHERE action='BLOCK' GROUP BY 1 ORDER BY 2 DESC LIMIT 10`,
        bar: 1.5,
      },
    ],
  };
}

function overParts({ access, parts }: Inputs): Contest[] {
  return [
    {
      work: "combined log in 8 gzip files, hits by status",
      script: `PARSE(src:'${parts}') | select(status, n:count(*)) | group(status)`,
      input: access,
      rivals: [
        {
          engine: "duckdb",
          name: "DuckDB `regexp_extract`, same files",
          sql: `SELECT r.status, count(*) AS n FROM ${captured(parts)} GROUP BY 1 ORDER BY 1`,
          bar: 4,
        },
      ],
    },
  ];
}
