/** The questions that the demo asks its log. */

/** A script and what it asks. */
export interface Question {
  readonly fileName: string;
  readonly title: string;
  readonly script: string;
  /** What the rows say, for those who have not read many logs. */
  readonly reading: string;
}

/** All questions, in the order they are asked. */
export const QUESTIONS: readonly Question[] = [
  {
    fileName: "scanners.sx",
    title: "Who asks for what is not there?",
    script: `// Addresses with many misses: a person meets a dead link now and then, a scanner little else.
PARSE(src:'demo/access.log')
| select(client_ip, requests:count(*), missing:count(status = 404), first_seen:min(timestamp), last_seen:max(timestamp))
| group(client_ip)
| filter(missing > 20)
| sort(missing desc)
`,
    reading: "Two neighbours, 1,337 misses in five minutes: one scan, shared between them.",
  },
  {
    fileName: "attacks.sx",
    title: "Which known attacks are in the requests, and did any get an answer?",
    script: `// The kind is told by the request; an answer of 200 means that the server did what it was asked.
PARSE(src:'demo/access.log')
| select(client_ip, status, bytes,
    attack: CASE
      WHEN uri CONTAINS 'UNION' OR uri CONTAINS '%27%20OR' OR uri CONTAINS 'WAITFOR' THEN 'SQL injection'
      WHEN uri CONTAINS '/phpmyadmin' AND method = 'POST' THEN 'password guessing'
      WHEN uri LIKE '/uploads/%.php%' THEN 'web shell'
    END)
| filter(attack IS NOT NULL)
| select(attack, client_ip, requests:count(*), answered:count(status = 200), largest_answer:max(bytes))
| group(attack, client_ip)
| sort(largest_answer desc)
`,
    reading:
      "The web shell answered every request, with up to 8.8 MB. 32 injections were answered with whole tables. All guesses of the password but the last were told that they are wrong, with a page that says 200; the last one got in.",
  },
  {
    fileName: "volume.sx",
    title: "When did one address suddenly take much more than before?",
    script: `// Bytes per address and hour: data that leaves shows as a jump.
PARSE(src:'demo/access.log')
| select(hour:timestamp[1 hour], client_ip, requests:count(*), total_bytes:sum(bytes), largest:max(bytes))
| group(hour, client_ip)
| sort(total_bytes desc)
| limit(5)
`,
    reading:
      "At nine in the evening one address took ten times more than anybody else in any hour. That is what the web shell was for.",
  },
];
