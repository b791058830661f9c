/** The part of the page's script that draws where clients are. It stands before the rest, which calls it. */
export const MAP_SCRIPT = `
const places = JSON.parse(document.getElementById("places").textContent);
const countryOf = new Map(places === null ? [] : places.countries);
const regionNames = new Intl.DisplayNames(["en"], { type: "region" });
const UNKNOWN = "??";
function nameOf(country) {
  if (country === UNKNOWN) return "not known";
  try { return regionNames.of(country); } catch { return country; }
}
function placeOf(finding) { return finding.client === null ? null : countryOf.get(finding.client) || UNKNOWN; }
function countCountries(findings) {
  const counts = new Map();
  for (const finding of findings) {
    const country = placeOf(finding);
    if (country === null) continue;
    const known = counts.get(country) || { clients: new Set(), findings: 0 };
    counts.set(country, known);
    known.clients.add(finding.client);
    known.findings++;
  }
  return [...counts].sort(([a, x], [b, y]) => y.clients.size - x.clients.size || y.findings - x.findings || (a < b ? -1 : 1));
}
function heatOf(count, most) { return "heat" + Math.max(1, Math.ceil(5 * Math.log(count + 1) / Math.log(most + 1))); }
function told(country, count) {
  return nameOf(country) + ": " + count.clients.size + (count.clients.size === 1 ? " client, " : " clients, ") + count.findings + (count.findings === 1 ? " finding" : " findings");
}
const SVG = "http://www.w3.org/2000/svg";
function titled(shape, text) {
  const title = document.createElementNS(SVG, "title");
  title.textContent = text;
  shape.replaceChildren(title);
}
const shapes = new Map([...document.querySelectorAll("#map path")].map((path) => [path.dataset.country, path]));
function spotOf(path) {
  const box = path.getBBox();
  if (box.width > 16 || box.height > 16) return null;
  const spot = document.createElementNS(SVG, "circle");
  for (const [name, value] of [["cx", box.x + box.width / 2], ["cy", box.y + box.height / 2], ["r", 9]]) spot.setAttribute(name, value);
  return spot;
}
function drawMap(findings, chosenCountry, choose) {
  if (places === null) return;
  const counts = countCountries(findings);
  const most = Math.max(1, ...counts.map(([, count]) => count.clients.size));
  const spots = byId("spots");
  spots.replaceChildren();
  for (const [country, path] of shapes) { path.removeAttribute("class"); path.onclick = null; titled(path, nameOf(country)); }
  const rows = [];
  for (const [country, count] of counts) {
    const path = shapes.get(country);
    const look = heatOf(count.clients.size, most) + (country === chosenCountry ? " chosen" : "");
    const pick = () => choose(country);
    if (path !== undefined) {
      const spot = spotOf(path);
      for (const shape of spot === null ? [path] : [path, spot]) {
        shape.setAttribute("class", look);
        shape.onclick = pick;
        titled(shape, told(country, count));
      }
      if (spot !== null) spots.append(spot);
    }
    const button = make("button", { class: "country", "aria-pressed": String(country === chosenCountry), onclick: pick }, nameOf(country));
    rows.push(make("tr", {}, make("td", {}, button), make("td", {}, String(count.clients.size)), make("td", {}, String(count.findings))));
  }
  byId("countries").replaceChildren(...rows);
}
`;
