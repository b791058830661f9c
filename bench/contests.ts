/** What is measured: the same question to Trawl and to a rival, over the same file with the same number of threads. */

/** One line of the benchmark's table. */
export interface Contest {
  readonly work: string;
  readonly script: string;
  readonly rival: string;
  readonly sql: string;
  readonly input: string;
  /** Trawl must be at least this many times as fast. */
  readonly bar: number;
}

/** The combined log format as an expression with 11 captures, as one writes it for DuckDB. */
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

function lines(file: string): string {
  return `read_csv('${file}', columns={'line':'VARCHAR'}, delim='\\x01', quote='', escape='', header=false, auto_detect=false)`;
}

function captured(file: string): string {
  const names = FIELDS.map((name) => `'${name}'`).join(",");
  return `(SELECT regexp_extract(line, '${COMBINED_EXPRESSION}', [${names}]) AS r FROM ${lines(file)})`;
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

/** The contests over a combined log, its parts in gzip, and a WAF log. */
export function contestsOver(files: {
  readonly access: string;
  readonly parts: string;
  readonly waf: string;
}): Contest[] {
  const { access, parts, waf } = files;
  const parsed = `PARSE(src:'${access}')`;
  return [
    {
      work: "combined log, 11 fields recognised, hits by status",
      script: `${parsed} | select(status, n:count(*)) | group(status)`,
      rival: "DuckDB regexp_extract, 11 captures",
      sql: `SELECT r.status, count(*) AS n FROM ${captured(access)} GROUP BY 1 ORDER BY 1`,
      input: access,
      bar: 8,
    },
    {
      work: "top client addresses",
      script: `${parsed} | select(client_ip, n:count(*)) | group(client_ip) | sort(n desc) | limit(10)`,
      rival: "DuckDB read_csv on blanks, untyped",
      sql: `SELECT client_ip, count(*) AS n FROM ${splitAtBlanks(access)} GROUP BY 1 ORDER BY 2 DESC LIMIT 10`,
      input: access,
      bar: 1.5,
    },
    {
      work: "text inside uri, then top clients",
      script: `${parsed} | filter(uri contains 'phpmyadmin') | select(client_ip, n:count(*)) | group(client_ip) | sort(n desc) | limit(10)`,
      rival: "DuckDB lines with LIKE",
      sql: `SELECT split_part(line,' ',1) AS client_ip, count(*) AS n FROM ${lines(access)} WHERE line LIKE '%phpmyadmin%' GROUP BY 1 ORDER BY 2 DESC LIMIT 10`,
      input: access,
      bar: 1,
    },
    {
      work: "WAF JSON, blocked hits by nested client address",
      script: `${WAF_PATTERN}LIST('${waf}') | parse(pattern:$p) | filter(AWS[action] = 'BLOCK') | select(ip:IPADDR(AWS[AWSX][httpRequest][clientIp])) | select(ip, n:count(*)) | group(ip) | sort(n desc) | limit(10)`,
      rival: "DuckDB read_json, declared columns",
      sql: `SELECT httpRequest.clientIp, count(*) AS n FROM read_json('${waf}', format='newline_delimited', columns={'action':'VARCHAR','httpRequest':'STRUCT(clientIp VARCHAR)'}) WHERE action='BLOCK' GROUP BY 1 ORDER BY 2 DESC LIMIT 10`,
      input: waf,
      bar: 1,
    },
    {
      work: "combined log in 8 gzip files, hits by status",
      script: `PARSE(src:'${parts}') | select(status, n:count(*)) | group(status)`,
      rival: "DuckDB regexp_extract on the same files",
      sql: `SELECT r.status, count(*) AS n FROM ${captured(parts)} GROUP BY 1 ORDER BY 1`,
      input: access,
      bar: 1,
    },
  ];
}
