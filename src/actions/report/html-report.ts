/** A report as one page of HTML that needs nothing else. */
import { createHash } from "node:crypto";
import type { DetectionReport } from "#detections";
import { countOf } from "#text";
import { PAGE_SCRIPT } from "./page-script.ts";
import { PAGE_STYLE } from "./page-style.ts";
import { WORLD_SHAPES, WORLD_SIZE } from "./world-shapes.ts";

/** Where clients are. */
export interface ClientPlaces {
  /** Two letters by client, for those whose country is known. */
  readonly countries: readonly (readonly [client: string, country: string])[];
  /** What knows it, of which day, and whom to thank. */
  readonly source: string;
}

/** What the page says besides the report. */
export interface PageOptions {
  /** When it was made, milliseconds since 1970 UTC. */
  readonly madeMs: number;
  /** Draws a map of the world; null: no countries are known. */
  readonly places: ClientPlaces | null;
}

/**
 * The page. Its policy lets run its own script and nothing else, and load nothing; what logs hold stands in it as data, which the script puts
 * into the page as text.
 */
export function htmlReport(report: DetectionReport, { madeMs, places }: PageOptions): string {
  const script = createHash("sha256").update(PAGE_SCRIPT).digest("base64");
  const style = createHash("sha256").update(PAGE_STYLE).digest("base64");
  const policy = `default-src 'none'; script-src 'sha256-${script}'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Attacks found in logs</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<h1>Attacks found in logs</h1>
<p>${asText(readSentence(report))}</p>
<p class="soft">Made ${new Date(madeMs).toISOString().slice(0, 19)}Z by Trawl. This page needs no network and sends nothing.</p>
${report.account.notes.map((note) => `<p class="soft">${asText(note)}</p>`).join("\n")}
<div class="counts" id="counts"></div>
<svg id="timeline" viewBox="0 0 960 90" preserveAspectRatio="none" role="img" aria-label="Findings over time"></svg>
<div class="filters">
<input id="text" type="search" placeholder="Search: client, rule, technique, text of the log" aria-label="Search">
<select id="phase" aria-label="Phase"><option value="">all phases</option></select>
<select id="outcome" aria-label="Outcome"><option value="">all outcomes</option></select>
<select id="country" aria-label="Country"><option value="">all countries</option></select>
</div>
${places === null ? "" : printMap(places)}<section id="incidents-part" hidden>
<h2>Incidents</h2>
<table><thead><tr><th>severity</th><th>client</th><th>what</th><th>events</th><th>first</th><th>last</th></tr></thead><tbody id="incidents"></tbody></table>
</section>
<h2 id="stories-head">Clients</h2>
<div id="stories"></div>
<h2 id="findings-head">Findings</h2>
<div id="findings"></div>
<p><button class="more" id="more" hidden>Show more</button></p>
<noscript><p>The lists of this page are drawn by its own script, which is switched off.</p></noscript>
<script type="application/json" id="report">${asData(report)}</script>
<script type="application/json" id="places">${asData(places)}</script>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

/** The map, and the same as a table for who does not see it. The script shades the countries. */
function printMap({ source }: ClientPlaces): string {
  const paths = Object.entries(WORLD_SHAPES).map(
    ([country, shape]) => `<path data-country="${country}" d="${shape}"/>`,
  );
  return `<section id="places-part">
<h2>Where from</h2>
<div class="places">
<svg id="map" viewBox="0 0 ${WORLD_SIZE.join(" ")}" role="img" aria-label="Map of the world: clients by country, as in the table">${paths.join("")}<g id="spots"></g></svg>
<div class="countries"><table><thead><tr><th>country</th><th>clients</th><th>findings</th></tr></thead><tbody id="countries"></tbody></table></div>
</div>
<p class="soft">${asText(source)}</p>
</section>
`;
}

function readSentence({ account, findings, incidents }: DetectionReport): string {
  const { records, files, formats, bytes, unmatchedBytes } = account;
  const share = bytes === 0 ? 0 : Math.round((1000 * unmatchedBytes) / bytes) / 10;
  const found = `${countOf(findings.length, "finding")}, ${countOf(incidents.length, "incident")}.`;
  const read = `${countOf(records, "record")} in ${countOf(files, "file")} (${formats.join(", ")})`;
  return `${read}, ${share} % of the bytes unmatched. ${found}`;
}

/** Text between tags. */
function asText(text: string): string {
  const named: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => named[character] ?? "");
}

/** JSON that can end no script element and begin no comment, and steers no terminal that shows the page's text. */
function asData(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
