import { describe, expect, test } from "vitest";
import { htmlReport } from "../report/html-report.ts";
import { findingOf, reportOf } from "../report.testing.ts";
import { CTIM_ID_PREFIX, ctimObjects } from "./ctim-bundle.ts";
import { mispEvent } from "./misp-event.ts";
import { type StixObject, stixBundle } from "./stix-bundle.ts";

const REPORT = reportOf([
  findingOf("203.0.113.6", "high", "Injection"),
  findingOf("2001:db8::1", "high", "Scan"),
  findingOf("203.0.113.8", "low", "Robots"),
]);

const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

/** Properties that the standard requires, by type (STIX 2.1, sections 4 to 6). */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  identity: ["name"],
  indicator: ["pattern", "pattern_type", "valid_from"],
  "observed-data": ["first_observed", "last_observed", "number_observed", "object_refs"],
  sighting: ["sighting_of_ref"],
  incident: ["name"],
  "attack-pattern": ["name"],
  relationship: ["relationship_type", "source_ref", "target_ref"],
  "ipv4-addr": ["value"],
  "ipv6-addr": ["value"],
};
const OBSERVABLES = ["ipv4-addr", "ipv6-addr", "domain-name"];

describe("STIX 2.1", () => {
  const bundle: { type: string; id: string; objects: StixObject[] } = JSON.parse(stixBundle(REPORT));

  test("every object has what the standard requires of its type", () => {
    expect(bundle.type).toBe("bundle");
    expect(bundle.id).toMatch(new RegExp(`^bundle--${UUID}$`));
    for (const object of bundle.objects) {
      expect(object.id).toMatch(new RegExp(`^${object.type}--${UUID}$`));
      expect(object["spec_version"]).toBe("2.1");
      for (const name of REQUIRED[object.type] ?? ["unknown type"]) expect(object).toHaveProperty(name);
      if (OBSERVABLES.includes(object.type)) continue;
      for (const name of ["created", "modified"])
        expect(object[name]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }
  });

  test("every reference is to an object of the bundle, and every id stands once", () => {
    const ids = bundle.objects.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const object of bundle.objects) {
      for (const [name, value] of Object.entries(object)) {
        if (!/_refs?$/.test(name)) continue;
        for (const id of Array.isArray(value) ? value : [value]) expect(ids).toContain(id);
      }
    }
  });

  test("ids of addresses are those that everybody gives them", () => {
    const address = bundle.objects.find(({ type }) => type === "ipv4-addr");
    // UUIDv5 of {"value":"203.0.113.6"} in the standard's name space.
    expect(address?.id).toMatchInlineSnapshot(`"ipv4-addr--d8c512f1-cf3e-5f00-8374-13864dfe0d34"`);
  });

  test("the same report gives the same text", () => {
    expect(stixBundle(REPORT)).toBe(stixBundle(REPORT));
  });

  test("nobody is an incident who was not promoted, and each is one", () => {
    expect(bundle.objects.filter(({ type }) => type === "incident").length).toBe(2);
    expect(JSON.stringify(bundle)).not.toContain("203.0.113.8");
  });
});

describe("CTIM", () => {
  const bundle = ctimObjects(REPORT, { target: "www.example.com", judgedForMs: 86_400_000 });

  test("objects refer to each other, are marked as made here, and say how often and when", () => {
    const all = [
      bundle.incidents,
      bundle.sightings,
      bundle.judgements,
      bundle.indicators,
      bundle.relationships,
    ].flat();
    const ids = new Set(all.map(({ id }) => id));
    for (const object of all) {
      expect(object["source"]).toBe("Trawl");
      expect(object.external_ids[0]?.startsWith(CTIM_ID_PREFIX)).toBe(true);
      expect(object["schema_version"]).toMatch(/^1\.\d+\.\d+$/);
    }
    for (const { source_ref, target_ref } of bundle.relationships) {
      expect(ids.has(String(source_ref))).toBe(true);
      expect(ids.has(String(target_ref))).toBe(true);
    }
    expect(bundle.sightings[0]).toMatchObject({
      count: 11,
      observables: [
        { type: "ip", value: "203.0.113.6" },
        { type: "hostname", value: "www.example.com" },
      ],
      observed_time: { start_time: "2026-10-01T00:00:00.000Z", end_time: "2026-10-01T01:00:00.000Z" },
    });
    expect(bundle.judgements[0]).toMatchObject({ disposition: 2, disposition_name: "Malicious" });
  });
});

test("MISP: an attribute per client, with tags of techniques", () => {
  const { Event } = JSON.parse(mispEvent(REPORT));
  expect(Event.Attribute.map(({ type, value }: { type: string; value: string }) => [type, value])).toEqual([
    ["ip-src", "203.0.113.6"],
    ["ip-src", "2001:db8::1"],
  ]);
  expect(Event.Tag).toContainEqual({ name: "mitre-attack:T1059.004" });
  expect(Event.uuid).toMatch(new RegExp(`^${UUID}$`));
});

describe("the page", () => {
  const page = htmlReport(REPORT, { madeMs: Date.UTC(2026, 9, 2), places: null });

  test("no text of a log becomes markup, and none ends the data early", () => {
    expect(page.match(/<script/g)?.length).toBe(3);
    expect(page.match(/<\/script>/g)?.length).toBe(3);
    expect(page).not.toContain("alert(1)</script>");
    expect(page).not.toContain("\u2028");
    expect(page).toContain("A note with &lt;b&gt;markup&lt;/b&gt;.");
  });

  test("shows where clients are on a map that is small, beside a table, under the same policy", () => {
    const source = "Countries: <Some> & others.";
    const places = { countries: [["203.0.113.6", "EE"] as const], source };
    const withMap = htmlReport(REPORT, { madeMs: Date.UTC(2026, 9, 2), places });
    const policy = /http-equiv="Content-Security-Policy"[^>]*>/;
    expect(policy.exec(withMap)?.[0]).toBe(policy.exec(page)?.[0]);
    expect(withMap.length - page.length).toBeLessThan(100_000);
    expect(withMap.match(/<path data-country="[A-Z]{2}" d="M/g)?.length).toBeGreaterThan(225);
    expect(withMap).toContain('<tbody id="countries">');
    expect(withMap).toContain("Countries: &lt;Some&gt; &amp; others.");
    expect(withMap).not.toMatch(/ style=|(?:src|href)=/);
    expect(withMap.match(/<script/g)?.length).toBe(3);
    expect(page).not.toContain('id="map"');
  });

  test("holds the whole report as data, and loads nothing", () => {
    const [, data = ""] = /<script type="application\/json" id="report">(.*?)<\/script>/s.exec(page) ?? [];
    expect(JSON.parse(data)).toEqual(REPORT);
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/(?:src|href)=/);
  });
});
