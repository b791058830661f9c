/** The style of the report's page: dark and light, no font or picture from elsewhere. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5b6472; --line: #d9dee6; --back: #ffffff; --card: #f5f7fa; --mark: #ffe08a;
  --critical: #8e1631; --high: #c2410c; --medium: #a16207; --low: #3b6ea5; --informational: #6b7280;
  --land: #d5dae2; --heat1: #f9c9ae; --heat2: #f4a47c; --heat3: #e87a4c; --heat4: #cf5024; --heat5: #9a2f10; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #9aa4b2; --line: #323a47; --back: #14181f; --card: #1c222c; --mark: #6b5300;
  --critical: #ff6b8b; --high: #ff9457; --medium: #f2c14e; --low: #7db3e8; --informational: #9aa4b2;
  --land: #353e4c; --heat1: #6b3a28; --heat2: #96492a; --heat3: #c25c2e; --heat4: #ea7c43; --heat5: #ffb088; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem; background: var(--back); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0; } .soft { color: var(--soft); }
.counts { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0; }
.count { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .5rem .9rem; color: inherit; font: inherit; cursor: pointer; text-align: left; }
.count b { display: block; font-size: 1.4rem; } .count[aria-pressed=true] { outline: 2px solid var(--low); }
.filters { position: sticky; top: 0; background: var(--back); padding: .5rem 0; display: flex; flex-wrap: wrap; gap: .5rem; border-bottom: 1px solid var(--line); z-index: 1; }
input, select { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .4rem; padding: .35rem .6rem; }
input { flex: 1 1 16rem; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .4rem 0; background: var(--card); }
summary { cursor: pointer; padding: .5rem .75rem; } details > div { padding: 0 .75rem .75rem; }
.level { display: inline-block; min-width: 6.5rem; font-weight: 600; }
.critical { color: var(--critical); } .high { color: var(--high); } .medium { color: var(--medium); } .low { color: var(--low); } .informational { color: var(--informational); }
pre { margin: .3rem 0; padding: .5rem; background: var(--back); border: 1px solid var(--line); border-radius: .4rem; white-space: pre-wrap; overflow-wrap: anywhere; font: 12.5px/1.45 ui-monospace, monospace; max-height: 16rem; overflow: auto; }
mark { background: var(--mark); color: inherit; } .steps { color: var(--soft); font-size: .9rem; }
#timeline { width: 100%; height: 90px; display: block; } svg rect { fill: var(--low); } svg text { fill: var(--soft); font: 11px system-ui, sans-serif; }
.places { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start; }
#map { flex: 3 1 30rem; min-width: 0; height: auto; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
#map path, #map circle { fill: var(--land); stroke: var(--card); stroke-width: 1.5; stroke-linejoin: round; }
#map [class] { cursor: pointer; } #map .heat1 { fill: var(--heat1); } #map .heat2 { fill: var(--heat2); } #map .heat3 { fill: var(--heat3); } #map .heat4 { fill: var(--heat4); } #map .heat5 { fill: var(--heat5); }
#map .chosen { stroke: var(--ink); stroke-width: 4; }
.countries { flex: 1 1 16rem; max-height: 24rem; overflow: auto; } .countries td:not(:first-child), .countries th:not(:first-child) { text-align: right; }
button.country { background: none; border: 0; padding: 0; font: inherit; color: inherit; cursor: pointer; text-decoration: underline; text-align: left; } button.country[aria-pressed=true] { font-weight: 700; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
button.more { font: inherit; padding: .35rem .8rem; }
@media print { .filters { display: none; } body { max-width: none; } }
`;
