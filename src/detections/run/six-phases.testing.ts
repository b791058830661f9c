/** A made-up log in which a web shell comes, is used and goes, among ordinary visits. */

const START_MS = Date.UTC(2026, 9, 1, 8);
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** Who attacks. */
export const ATTACKER = "203.0.113.66";

/** Files of the site. */
export const SITE_FILES = `./index.php
./search.php
./about.php
./contact.php
./upload.php
./style.css
./logo.png
./robots.txt
`;

/** A number from 0 up to 1 that follows from a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A line of a combined log. */
export function combinedLine(
  ip: string,
  timeMs: number,
  request: string,
  status: number,
  bytes: number,
): string {
  const date = new Date(timeMs);
  const pad = (number: number) => String(number).padStart(2, "0");
  const day = `${pad(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  const clock = `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}`;
  return `${ip} - - [${day}:${clock} +0000] "${request} HTTP/1.1" ${status} ${bytes} "-" "Mozilla/5.0"`;
}

/** Lines in the order of time. The shell is `/images/x1.php`; `/news.php` is an ordinary new page. */
export function sixPhasesLog(): readonly string[] {
  const random = seeded(6);
  const lines: [number, string][] = [];
  const add = (seconds: number, ip: string, request: string, status: number, bytes: number) => {
    const timeMs = START_MS + seconds * 1000;
    lines.push([timeMs, combinedLine(ip, timeMs, request, status, bytes)]);
  };
  for (let visit = 0; visit < 400; visit++) {
    const ip = `198.51.100.${1 + Math.floor(random() * 80)}`;
    const at = Math.floor(random() * 20_000);
    add(at, ip, "GET /index.php", 200, 5_000 + Math.floor(random() * 60));
    add(at + 1, ip, "GET /style.css", 200, 900);
    add(at + 1, ip, "GET /logo.png", 200, 9_000);
    if (visit % 3 === 0)
      add(at + 20, ip, `GET /search.php?q=${visit}`, 200, 3_000 + Math.floor(random() * 400));
    if (visit % 5 === 0) add(at + 40, ip, "GET /about.php", 200, 2_000);
    if (visit % 8 === 0 && at > 9_000) add(at + 50, ip, "GET /news.php", 200, 4_000);
  }
  const start = 10_000;
  for (let page = 0; page < 30; page++)
    add(start + Math.floor(page / 3), ATTACKER, `GET /old/page-${page}.php`, 404, 300);
  for (let attempt = 0; attempt < 12; attempt++) {
    add(
      start + 60 + attempt * 2,
      ATTACKER,
      `GET /search.php?q=${attempt}%27+union+select+${attempt}`,
      200,
      3_100 + attempt,
    );
  }
  add(start + 120, ATTACKER, "GET /search.php?q=1%27+union+select+login,password+from+users", 200, 88_000);
  add(start + 300, ATTACKER, "POST /upload.php", 200, 120);
  add(start + 310, ATTACKER, "GET /images/x1.php", 200, 40);
  for (let call = 0; call < 6; call++)
    add(start + 330 + call * 20, ATTACKER, `GET /images/x1.php?cmd=id${call}`, 200, 400);
  add(start + 600, ATTACKER, "GET /images/x1.php?cmd=dump", 200, 48_000_000);
  add(start + 900, ATTACKER, "GET /images/x1.php?cmd=rm", 200, 10);
  add(start + 960, ATTACKER, "GET /images/x1.php", 404, 300);
  return lines.sort(([a], [b]) => a - b).map(([, line]) => line);
}
