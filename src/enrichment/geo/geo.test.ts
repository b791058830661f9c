import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openGeo } from "./geo.ts";
import { installDatabase } from "./install.ts";
import { bitsOf, MADE_BUILT_MS, makeDatabase } from "./mmdb-writer.testing.ts";
import { NetworkTable } from "./network-table.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "trawl-geo-"));
});
afterAll(() => rm(folder, { recursive: true }));

const bits = bitsOf("192.0.2.0/24");
const CITY = {
  country: { iso_code: "EE" },
  city: { names: { en: "Tallinn" } },
  location: { latitude: 59.4, longitude: 24.7 },
};
const ADDRESS = 0xc0000201;

describe("databases of a user", () => {
  test("answer once they are installed, with their date", async () => {
    const city = makeDatabase({ type: "GeoLite2-City", networks: [{ bits, record: CITY }] });
    expect(await installDatabase(city, { folder, from: "city.mmdb" })).toMatchObject({ kind: "city" });
    const record = { autonomous_system_number: 64_500, autonomous_system_organization: "Example" };
    await installDatabase(makeDatabase({ type: "DBIP-ASN-Lite", networks: [{ bits, record }] }), {
      folder,
      from: "asn",
    });
    const geo = openGeo({ folder, usesShipped: false });
    expect(geo.country(ADDRESS)).toBe("EE");
    expect(geo.city(ADDRESS)).toBe("Tallinn");
    expect(geo.point(ADDRESS)).toEqual([59.4, 24.7]);
    expect([geo.asn(ADDRESS), geo.asName(ADDRESS)]).toEqual([64_500, "Example"]);
    expect([geo.country(1), geo.city(1), geo.point(1), geo.asn(1)]).toEqual([null, null, null, null]);
    expect(geo.used().map(({ title, builtMs }) => [title, builtMs])).toEqual([
      ["MaxMind GeoLite2", MADE_BUILT_MS],
      ["DB-IP", MADE_BUILT_MS],
    ]);
  });

  test("that are none, or that nothing asks, are refused and leave what is there", async () => {
    const before = await readdir(folder);
    const other = makeDatabase({ type: "GeoIP2-Anonymous-IP", networks: [] });
    await expect(installDatabase(other, { folder, from: "x.mmdb" })).rejects.toThrow("which nothing asks");
    const cut = makeDatabase({ type: "X-Country", networks: [{ bits, record: CITY }] }).subarray(0, 300);
    await expect(installDatabase(cut, { folder, from: "x.mmdb" })).rejects.toThrow("no usable MMDB database");
    expect(await readdir(folder)).toEqual(before);
  });

  test("that are damaged inside give nothing, and it is counted", async () => {
    const damaged = makeDatabase({ type: "X-Country", networks: [{ bits: "0", record: [] }] });
    // The record becomes a text that reaches behind the end.
    damaged.set([0x5f, 0xff], 7 + 16);
    await writeFile(join(folder, "country.mmdb"), damaged);
    const geo = openGeo({ folder, usesShipped: false });
    expect(geo.country(ADDRESS)).toBe(null);
    expect(geo.damaged()).toBe(1);
    await expect(installDatabase(damaged, { folder, from: "x.mmdb" })).rejects.toThrow('"x.mmdb" is damaged');
  });

  test("without any, nothing is known", () => {
    const geo = openGeo({ folder: null, usesShipped: false });
    expect(geo.knows("country")).toBe(false);
    expect(geo.country(ADDRESS)).toBe(null);
  });
});

test("flat records are read too", async () => {
  const flat = { country_code: "EE", city: "Tartu", latitude: "58.4", longitude: "26.7" };
  const own = await mkdtemp(join(tmpdir(), "trawl-geo-"));
  await installDatabase(makeDatabase({ type: "city ipvAll", networks: [{ bits, record: flat }] }), {
    folder: own,
    from: "x",
  });
  const geo = openGeo({ folder: own, usesShipped: false });
  expect([geo.country(ADDRESS), geo.city(ADDRESS), geo.point(ADDRESS)]).toEqual([
    "EE",
    "Tartu",
    [58.4, 26.7],
  ]);
  await rm(own, { recursive: true });
});

test("networks of a CSV, IPv6 read only when it is asked", () => {
  const files = {
    ipv4: '3221225984,3221226239,64500,"Example, ""Inc"""\n3221226240,3221226240,64501,\nbroken\n',
    ipv6: "42540766411282592856903984951653826560,42540766490510755371168322545197776895,64502,Six",
  };
  const read: string[] = [];
  const table = new NetworkTable((kind) => {
    read.push(kind);
    return Buffer.from(files[kind]);
  });
  expect(table.find(ADDRESS)).toEqual({ asn: 64_500, name: 'Example, "Inc"' });
  expect(table.find(3_221_226_240)).toEqual({ asn: 64_501, name: null });
  expect(table.find(1)).toBe(null);
  expect(read).toEqual(["ipv4"]);
  expect(table.find(0x2001_0db8n << 96n)).toEqual({ asn: 64_502, name: "Six" });
  expect(read).toEqual(["ipv4", "ipv6"]);
});
