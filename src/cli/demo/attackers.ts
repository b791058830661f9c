/** The attackers of the demo: each does one thing that logs show. Their addresses are of RFC 5737, which nobody has. */
import type { Hit } from "./hit.ts";
import type { Random } from "./random.ts";

const HOUR_MS = 3_600_000;
const SCANNED = [
  "admin",
  "backup",
  "old",
  "test",
  "db",
  "private",
  ".git",
  ".env",
  "wp-admin",
  "config",
  "api",
  "tmp",
] as const;
const ENDINGS = ["", "/", ".php", ".zip", ".bak", ".sql", ".tar.gz", "~"] as const;
const INJECTIONS = [
  "1%27%20OR%20%271%27=%271",
  "1%20UNION%20SELECT%20null,null,null",
  "1%20UNION%20SELECT%20user,password,3%20FROM%20users--",
  "1;%20WAITFOR%20DELAY%20%270:0:5%27--",
  "-1%20UNION%20ALL%20SELECT%20table_name,2,3%20FROM%20information_schema.tables",
] as const;

/** All that the attackers do on that day. */
export function attackHits(random: Random, dayMs: number): Hit[] {
  return [
    ...directoryScan(random, dayMs + 3 * HOUR_MS),
    ...sqlInjection(random, dayMs + 9.5 * HOUR_MS),
    ...passwordGuessing(random, dayMs + 14 * HOUR_MS),
    ...webShell(random, dayMs + 21 * HOUR_MS),
  ];
}

/** Asks for files that might be there, several each second, and finds nearly none. */
function directoryScan(random: Random, startMs: number): Hit[] {
  return Array.from({ length: 1400 }, (_, index): Hit => {
    const isThere = random.fraction() < 0.008;
    return {
      address: random.fraction() < 0.8 ? "203.0.113.66" : "203.0.113.67",
      atMs: startMs + index * 240,
      method: random.fraction() < 0.1 ? "HEAD" : "GET",
      uri: `/${random.pick(SCANNED)}${random.fraction() < 0.6 ? random.between(1, 99) : ""}${random.pick(ENDINGS)}`,
      status: isThere ? 200 : random.fraction() < 0.03 ? 403 : 404,
      bytes: isThere ? random.between(800, 4000) : 312,
      referrer: "-",
      agent: "Mozilla/5.00 (Nikto/2.5.0)",
    };
  });
}

/** Puts SQL where a number belongs. Most answers are errors; the last ones are not. */
function sqlInjection(random: Random, startMs: number): Hit[] {
  return Array.from({ length: 260 }, (_, index): Hit => {
    const works = index > 200 && random.fraction() < 0.5;
    return {
      address: "198.51.100.23",
      atMs: startMs + index * 2100,
      method: "GET",
      uri: `/products.php?id=${random.pick(INJECTIONS)}`,
      status: works ? 200 : random.fraction() < 0.7 ? 500 : 403,
      bytes: works ? random.between(60_000, 180_000) : random.between(300, 900),
      referrer: "-",
      agent: "sqlmap/1.9#stable (https://sqlmap.org)",
    };
  });
}

/** Guesses the password of phpMyAdmin, once every three seconds. */
function passwordGuessing(random: Random, startMs: number): Hit[] {
  return Array.from({ length: 900 }, (_, index): Hit => {
    const isIn = index === 899;
    return {
      address: "192.0.2.140",
      atMs: startMs + index * 3000 + random.between(0, 900),
      method: "POST",
      uri: "/phpmyadmin/index.php",
      status: isIn ? 302 : 200,
      bytes: isIn ? 1820 : 11_412 + random.between(0, 3),
      referrer: "https://www.example.com/phpmyadmin/",
      agent: "python-requests/2.32",
    };
  });
}

/** Uploads a file, and then talks to it: answers grow from nothing to whole tables. */
function webShell(random: Random, startMs: number): Hit[] {
  return Array.from({ length: 64 }, (_, index): Hit => {
    const isUpload = index < 2;
    const isLoot = index > 40;
    return {
      address: "192.0.2.201",
      atMs: startMs + index * 41_000,
      method: index % 3 === 0 || isUpload ? "POST" : "GET",
      uri: isUpload ? "/upload.php" : `/uploads/img_0417.php?c=${index}`,
      status: 200,
      bytes: isLoot ? random.between(2_000_000, 9_000_000) : random.between(40, 900),
      referrer: "-",
      agent: "curl/8.5.0",
    };
  });
}
