import { MAP_SCRIPT } from "./map-script.ts";

/**
 * The script of the report's page. It puts what the report says into the page as text, never as markup: nothing of a log can become part of
 * the page.
 */
export const PAGE_SCRIPT: string = `
"use strict";
const report = JSON.parse(document.getElementById("report").textContent);
const LEVELS = ["critical", "high", "medium", "low", "informational"];
const PAGE = 100;
const state = { level: "", phase: "", outcome: "", country: "", text: "", shown: PAGE };
const byId = (id) => document.getElementById(id);
const time = (ms) => ms === null ? "" : new Date(ms).toISOString().slice(0, 19).replace("T", " ") + "Z";
// What turns the direction of writing around, or is not seen, is written out.
const shown = (text) => text.replace(/[\\p{Cc}\\u2028-\\u202e\\u2066-\\u2069]/gu, (c) => c === "\\n" || c === "\\t" ? c : "\\\\u" + c.codePointAt(0).toString(16).padStart(4, "0"));
function make(name, options, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(options || {})) {
    if (key === "class") element.className = value;
    else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value);
  }
  for (const child of children) element.append(typeof child === "string" ? shown(child) : child);
  return element;
}
function level(severity) { return make("span", { class: "level " + severity }, severity); }
function searched(finding) {
  return [finding.client, finding.title, finding.ruleId, finding.sentence, finding.techniques.join(" "), ...finding.evidence.map((one) => one.rawText)].join("\\n").toLowerCase();
}
const texts = new Map(report.findings.map((finding) => [finding.id, searched(finding)]));
${MAP_SCRIPT}
function matching() {
  const text = state.text.toLowerCase();
  return report.findings.filter((finding) => (state.level === "" || finding.severity === state.level)
    && (state.phase === "" || finding.phase === state.phase) && (state.outcome === "" || finding.outcome === state.outcome)
    && (text === "" || texts.get(finding.id).includes(text)));
}
function evidence(one) {
  const at = one.matchedText === null || one.form.length > 0 ? -1 : one.rawText.indexOf(one.matchedText);
  const pre = at < 0 || one.matchedText === "" ? make("pre", {}, one.rawText)
    : make("pre", {}, one.rawText.slice(0, at), make("mark", {}, one.matchedText), one.rawText.slice(at + one.matchedText.length));
  const place = one.uri + ", byte " + one.offset + (one.field === null ? "" : ", " + one.field);
  const undone = one.form.length === 0 || one.matchedText === null ? "" : " – after undoing " + one.form.join(", ") + ": " + one.matchedText;
  return make("div", {}, make("div", { class: "steps" }, place + undone + callOf(one)), pre);
}
function callOf({ act }) {
  if (act === undefined) return "";
  return " – " + act.call + (act.actor === null ? "" : " by " + act.actor) + (act.refusal === null ? "" : ", refused: " + act.refusal);
}
function findingCard(finding) {
  const head = make("summary", {}, level(finding.severity), " ", finding.sentence);
  const body = make("div");
  const card = make("details", {}, head, body);
  card.addEventListener("toggle", () => {
    if (body.childElementCount > 0) return;
    const facts = [["rule", finding.ruleId], ["client", (finding.client || "–") + onLists(finding)], ["phase", finding.phase], ["outcome", finding.outcome],
      ["techniques", finding.techniques.join(", ") || "–"], ["events", String(finding.count)], ["first", time(finding.firstTimeMs)], ["last", time(finding.lastTimeMs)],
      ...Object.entries(finding.measures).map(([name, value]) => [name.replaceAll("_", " "), String(value)])];
    const table = make("table");
    for (const [name, value] of facts) table.append(make("tr", {}, make("th", {}, name), make("td", {}, value)));
    body.append(table, ...finding.evidence.map(evidence));
  });
  return card;
}
function onLists(about) { return about.clientLists === undefined ? "" : " (on " + about.clientLists.join(", ") + ")"; }
function storyCard(story) {
  const steps = story.phases.map((one) => one.phase).join(" → ");
  const head = make("summary", {}, level(story.severity), " ", make("b", {}, story.client), onLists(story) + " " + story.outcome + ", " + story.events + (story.events === 1 ? " event, " : " events, ") + steps);
  const body = make("div");
  const card = make("details", {}, head, body);
  card.addEventListener("toggle", () => {
    if (body.childElementCount > 0) return;
    body.append(make("p", { class: "soft" }, time(story.firstTimeMs) + " – " + time(story.lastTimeMs)));
    for (const sentence of story.sentences) body.append(make("p", {}, sentence));
    body.append(make("button", { class: "more", onclick: () => { state.text = story.client; byId("text").value = story.client; draw(); byId("findings").scrollIntoView(); } }, "Findings of this client"));
  });
  return card;
}
function drawTimeline(findings) {
  const svg = byId("timeline");
  svg.replaceChildren();
  const times = findings.flatMap((finding) => finding.firstTimeMs === null ? [] : [finding.firstTimeMs]);
  if (times.length === 0) return;
  let first = Infinity, last = -Infinity;
  for (const one of times) { if (one < first) first = one; if (one > last) last = one; }
  const bins = Array.from({ length: 96 }, () => 0);
  for (const one of times) bins[Math.min(95, Math.floor((one - first) / Math.max(1, last - first) * 96))]++;
  const most = Math.max(...bins);
  const ns = "http://www.w3.org/2000/svg";
  bins.forEach((count, index) => {
    const rect = document.createElementNS(ns, "rect");
    const height = count === 0 ? 0 : Math.max(2, 66 * count / most);
    for (const [name, value] of [["x", index * 10], ["y", 70 - height], ["width", 8], ["height", height]]) rect.setAttribute(name, value);
    const title = document.createElementNS(ns, "title");
    title.textContent = count + " findings from " + time(first + index * (last - first) / 96);
    rect.append(title);
    svg.append(rect);
  });
  for (const [x, anchor, ms] of [[0, "start", first], [960, "end", last]]) {
    const text = document.createElementNS(ns, "text");
    text.setAttribute("x", x); text.setAttribute("y", 86); text.setAttribute("text-anchor", anchor); text.textContent = time(ms);
    svg.append(text);
  }
}
function chooseCountry(country) { state.country = state.country === country ? "" : country; state.shown = PAGE; draw(); }
function draw() {
  const wherever = matching();
  const findings = state.country === "" ? wherever : wherever.filter((finding) => placeOf(finding) === state.country);
  drawMap(wherever, state.country, chooseCountry);
  byId("country").value = state.country;
  byId("findings-head").textContent = "Findings (" + findings.length + ")";
  byId("findings").replaceChildren(...findings.slice(0, state.shown).map(findingCard));
  byId("more").hidden = findings.length <= state.shown;
  const clients = new Set(findings.map((finding) => finding.client));
  const stories = report.stories.filter((story) => clients.has(story.client));
  byId("stories-head").textContent = "Clients (" + stories.length + ")";
  byId("stories").replaceChildren(...stories.slice(0, PAGE).map(storyCard));
  drawTimeline(findings);
  for (const button of document.querySelectorAll(".count")) button.setAttribute("aria-pressed", String(button.dataset.level === state.level));
}
for (const name of LEVELS) {
  const count = report.findings.filter((finding) => finding.severity === name).length;
  const button = make("button", { class: "count", onclick: () => { state.level = state.level === name ? "" : name; state.shown = PAGE; draw(); } }, make("b", { class: name }, String(count)), name);
  button.dataset.level = name;
  byId("counts").append(button);
}
function fill(id, key) {
  const select = byId(id);
  for (const value of [...new Set(report.findings.map((finding) => finding[key]))].sort()) select.append(make("option", { value }, value));
  select.addEventListener("change", () => { state[key] = select.value; state.shown = PAGE; draw(); });
}
fill("phase", "phase");
fill("outcome", "outcome");
for (const [country] of countCountries(report.findings)) byId("country").append(make("option", { value: country }, nameOf(country)));
byId("country").addEventListener("change", () => { state.country = byId("country").value; state.shown = PAGE; draw(); });
byId("country").hidden = places === null;
byId("text").addEventListener("input", () => { state.text = byId("text").value; state.shown = PAGE; draw(); });
byId("more").addEventListener("click", () => { state.shown += PAGE; draw(); });
const incidents = byId("incidents");
for (const one of report.incidents) incidents.append(make("tr", {}, make("td", {}, level(one.severity)), make("td", {}, one.client), make("td", {}, one.title), make("td", {}, String(one.count)), make("td", {}, time(one.firstTimeMs)), make("td", {}, time(one.lastTimeMs))));
byId("incidents-part").hidden = report.incidents.length === 0;
draw();
`;
