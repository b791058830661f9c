import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { detectFormat } from "./detect-format.ts";
import { loadFormats } from "./load-formats.ts";

const formats = loadFormats();

function sampleOf(name: string): Buffer {
  return readFileSync(fileURLToPath(new URL(`../../../packs/${name}/sample.log`, import.meta.url)));
}

function nameOf(sample: Uint8Array): string | null {
  return detectFormat(sample, formats)?.format.name ?? null;
}

const COMBINED = '192.0.2.1 - - [10/Oct/2024:13:55:36 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8.5.0"\n';

describe("choosing a format by looking", () => {
  test("gives the share of bytes and all that were tried, the best first", () => {
    const other = "nothing of the kind\n";
    const sample = Buffer.from((COMBINED + other).repeat(50));
    const choice = detectFormat(sample, formats);
    expect(choice?.format.name).toBe("combined");
    expect(choice?.share).toBeCloseTo(COMBINED.length / (COMBINED.length + other.length), 1);
    expect(choice?.candidates[0]).toMatchObject({ format: { name: "combined" }, share: choice?.share });
  });

  test("gives null below half", () => {
    expect(nameOf(Buffer.from(`${COMBINED}${"?".repeat(COMBINED.length)}\n`))).toBeNull();
    expect(nameOf(Buffer.from("time;user;what\n2024;alice;in\n".repeat(20)))).toBeNull();
    expect(nameOf(Buffer.alloc(0))).toBeNull();
    expect(nameOf(Buffer.from("\n\n\n"))).toBeNull();
  });

  test("gives null for binary data", () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7919) >> (index & 7));
    expect(nameOf(bytes)).toBeNull();
    expect(nameOf(Buffer.from(COMBINED.repeat(9), "utf16le"))).toBeNull();
  });

  test("does not count a line that the sample cuts", () => {
    const sample = Buffer.from(COMBINED.repeat(2000));
    for (const cut of [COMBINED.length + 40, 4096, 4097, 32 * 1024 + 1, 65_536]) {
      expect(detectFormat(sample.subarray(0, cut), formats)?.share).toBe(1);
    }
  });

  test("knows a single line without line feed", () => {
    expect(nameOf(Buffer.from(COMBINED.trimEnd()))).toBe("combined");
  });

  test("prefers the format that says more when several cover all", () => {
    expect(nameOf(sampleOf("iptables"))).toBe("iptables");
    expect(detectFormat(sampleOf("iptables"), formats)?.candidates.map(({ format }) => format.name)).toEqual([
      "iptables",
      "syslog",
    ]);
  });

  test("prefers common over combined where there is nothing more", () => {
    expect(nameOf(sampleOf("common"))).toBe("common");
    expect(nameOf(Buffer.concat([sampleOf("common"), sampleOf("combined")]))).toBe("combined");
  });

  test("knows an access log inside of syslog, and syslog that holds other lines too", () => {
    const line = `Oct 10 13:55:36 web-1 nginx[8491]: ${COMBINED}`;
    const other = "Oct 10 13:55:37 web-1 systemd[1]: Started session 5 of user alice.\n";
    expect(nameOf(Buffer.from(line.repeat(20)))).toBe("syslog-combined");
    expect(nameOf(Buffer.from(`${line}${other}`.repeat(20)))).toBe("syslog");
  });

  test("knows a document without line feeds by its records", () => {
    const [document = ""] = sampleOf("aws-cloudtrail").toString().split("\n");
    const [record = ""] = document.slice('{"Records":['.length).split("},{");
    const long = `{"Records":[${`${record}},`.repeat(100)}`;
    expect(nameOf(Buffer.from(long))).toBe("aws-cloudtrail");
  });

  test("survives hostile data", () => {
    const begun = performance.now();
    for (const text of [
      "[",
      '"',
      "{",
      " ",
      "a ",
      '{"a":',
      "\\x16",
      "1.2.3.4 - - [",
      '" 200 5 "',
      " SRC=1 DST=1 ",
    ]) {
      const sample = Buffer.from(text.repeat(70_000 / text.length));
      detectFormat(sample, formats);
      detectFormat(Buffer.concat([Buffer.from(COMBINED), sample]), formats);
    }
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  test("a first line that is longer than what is looked at is judged as a whole", () => {
    const line = COMBINED.replace("GET /", `GET /${"a".repeat(60_000)}`);
    expect(nameOf(Buffer.from(line))).toBe("combined");
    expect(nameOf(Buffer.from(line.repeat(2)))).toBe("combined");
  });
});
