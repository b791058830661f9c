/**
 * Makes the shapes of countries for the report's map out of the package world-atlas (Natural Earth, in the public domain, as TopoJSON):
 * projected, simplified and rounded, as paths of SVG. Source of the projection: B. Šavrič et al., "A polynomial equation for the Natural
 * Earth projection" (2011). Source of the format: the TopoJSON specification, version 1.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

type Point = readonly [x: number, y: number];

interface Topology {
  readonly transform: { readonly scale: Point; readonly translate: Point };
  readonly arcs: readonly (readonly Point[])[];
  readonly objects: { readonly countries: { readonly geometries: readonly Geometry[] } };
}

type Geometry = { readonly id?: string; readonly properties: { readonly name: string } } & (
  | { readonly type: "Polygon"; readonly arcs: readonly (readonly number[])[] }
  | { readonly type: "MultiPolygon"; readonly arcs: readonly (readonly (readonly number[])[])[] }
);

/** Units of the picture: twice the pixels of a wide window. */
const WIDTH = 2000;
const HEIGHT = 860;
/** South of it nobody has an address; Antarctica is left out. */
const NORTH_DEGREES = 83.7;
const UNITS_PER_RADIAN = WIDTH / (2 * Math.PI * 0.8707);
/** Points that stand less far beside the line of their neighbours are left out: about half a unit. */
const TOLERANCE_DEGREES = 0.1;
/** Islands below this area are left out, unless they are all there is. */
const LEAST_AREA = 6;

/** Areas without a number in ISO 3166-1, as databases of addresses count them. */
const WITHOUT_NUMBER: Readonly<Record<string, string>> = {
  Somaliland: "SO",
  Kosovo: "XK",
  "N. Cyprus": "CY",
  "Indian Ocean Ter.": "AU",
};
const LEFT_OUT = new Set(["AQ", "TF", "HM", "GS"]);

/** The picture's size in its own units. */
export const WORLD_SIZE: Point = [WIDTH, HEIGHT];

/** Paths by the two letters of countries. */
export function worldShapes(): ReadonlyMap<string, string> {
  const require = createRequire(import.meta.url);
  const path = require.resolve("world-atlas/countries-50m.json");
  const topology: Topology = JSON.parse(readFileSync(path, "utf8"));
  const arcs = topology.arcs.map((arc) => simplified(unwrapped(decoded(arc, topology.transform))));
  const rings = new Map<string, Point[][]>();
  for (const geometry of topology.objects.countries.geometries) {
    const country = countryOf(geometry);
    if (country === null || LEFT_OUT.has(country)) continue;
    const polygons = geometry.type === "Polygon" ? [geometry.arcs] : geometry.arcs;
    const own = polygons.flatMap((polygon) => polygon.flatMap((ring) => cut(stitched(ring, arcs))));
    rings.set(country, [...(rings.get(country) ?? []), ...own.map((ring) => rounded(ring.map(projected)))]);
  }
  const shapes = [...rings].map(([country, own]) => [country, pathOf(largeOnes(own))] as const);
  return new Map(shapes.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The module that holds the shapes. */
export function printWorldShapes(): string {
  const lines = [...worldShapes()].map(([country, path]) => `  ${country}: "${path}",\n`);
  return `/**
 * The countries of the world as paths of SVG, by their two letters. Made by \`UPDATE=1 npx vitest run test/world-shapes.test.ts\` out of
 * world-atlas 2.0.2 (Natural Earth).
 */
export const WORLD_SHAPES: Readonly<Record<string, string>> = {
${lines.join("")}};

/** Width and height of the picture they are of. */
export const WORLD_SIZE: readonly [width: number, height: number] = [${WORLD_SIZE.join(", ")}];
`;
}

/** CLDR knows the numbers of ISO 3166-1 as other names of countries. */
function countryOf({ id, properties: { name } }: Geometry): string | null {
  if (id === undefined) return WITHOUT_NUMBER[name] ?? null;
  return Intl.getCanonicalLocales(`und-${id}`)[0]?.slice("und-".length) ?? null;
}

function decoded(arc: readonly Point[], { scale, translate }: Topology["transform"]): readonly Point[] {
  let [x, y] = [0, 0];
  return arc.map(([dx, dy]) => {
    x += dx;
    y += dy;
    return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
  });
}

function projected([longitude, latitude]: Point): Point {
  const [x, y] = naturalEarth(longitude, latitude);
  const [, top] = naturalEarth(0, NORTH_DEGREES);
  return [WIDTH / 2 + x * UNITS_PER_RADIAN, (top - y) * UNITS_PER_RADIAN];
}

function naturalEarth(longitudeDegrees: number, latitudeDegrees: number): Point {
  const [lambda, phi] = [(longitudeDegrees * Math.PI) / 180, (latitudeDegrees * Math.PI) / 180];
  const [square, fourth] = [phi ** 2, phi ** 4];
  const x =
    0.8707 - 0.131979 * square + fourth * (-0.013791 + fourth * (0.003971 * square - 0.001529 * fourth));
  const y = 1.007226 + square * (0.015085 + fourth * (-0.044475 + 0.028874 * square - 0.005916 * fourth));
  return [lambda * x, phi * y];
}

/** See Douglas and Peucker (1973). Ends stay, so that neighbours still meet. */
function simplified(points: readonly Point[]): readonly Point[] {
  const kept = new Set([0, points.length - 1]);
  const open: [number, number][] = [[0, points.length - 1]];
  for (let range = open.pop(); range !== undefined; range = open.pop()) {
    const [start, end] = range;
    let [farthest, most] = [-1, TOLERANCE_DEGREES];
    for (let index = start + 1; index < end; index++) {
      const far = distance(points[index] ?? [0, 0], points[start] ?? [0, 0], points[end] ?? [0, 0]);
      if (far > most) [farthest, most] = [index, far];
    }
    if (farthest < 0) continue;
    kept.add(farthest);
    open.push([start, farthest], [farthest, end]);
  }
  return points.filter((_, index) => kept.has(index));
}

/** From a point to a line between two, or to the one when they are the same. */
function distance([x, y]: Point, [x1, y1]: Point, [x2, y2]: Point): number {
  const length = Math.hypot(x2 - x1, y2 - y1);
  if (length === 0) return Math.hypot(x - x1, y - y1);
  return Math.abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length;
}

/** The ring of these arcs: a negative number is an arc backwards. The last point of one is the first of the next. */
function stitched(ring: readonly number[], arcs: readonly (readonly Point[])[]): Point[] {
  return unwrapped(
    ring.flatMap((number) => {
      const arc = arcs[number < 0 ? ~number : number] ?? [];
      return (number < 0 ? [...arc].reverse() : arc).slice(1);
    }),
  );
}

/** Points whose longitude goes on beyond 180 degrees where it would jump to the other side. */
function unwrapped(points: readonly Point[]): Point[] {
  let turns = 0;
  return points.map(([x, y], index) => {
    const step = x - (points[index - 1]?.[0] ?? x);
    if (Math.abs(step) > 180) turns -= Math.sign(step);
    return [x + turns * 360, y];
  });
}

/** The parts of a ring that lie within the picture: what goes beyond its sides comes in on the other one. */
function cut(ring: readonly Point[]): readonly Point[][] {
  const shifted = [-360, 0, 360].map((shift) => ring.map(([x, y]): Point => [x + shift, y]));
  return shifted.map((copy) => within(within(copy, 180, 1), -180, -1)).filter(({ length }) => length > 0);
}

/** What lies on one side of a meridian. See Sutherland and Hodgman (1974). */
function within(ring: readonly Point[], meridian: number, sign: 1 | -1): Point[] {
  return ring.flatMap(([x, y], index) => {
    const [beforeX, beforeY] = ring.at(index - 1) ?? [x, y];
    const [isIn, wasIn] = [x * sign <= meridian * sign, beforeX * sign <= meridian * sign];
    const crossing: Point = [meridian, beforeY + ((y - beforeY) * (meridian - beforeX)) / (x - beforeX)];
    return [...(isIn === wasIn ? [] : [crossing]), ...(isIn ? [[x, y] as const] : [])];
  });
}

/** Whole units, without points that fall on the one before; one at least stays. */
function rounded(ring: readonly Point[]): Point[] {
  const points = ring.map(([x, y]): Point => [Math.round(x), Math.round(y)]);
  const different = points.filter(([x, y], index) => {
    const [beforeX, beforeY] = points.at(index - 1) ?? [x, y];
    return x !== beforeX || y !== beforeY;
  });
  return different.length > 0 ? different : points.slice(0, 1);
}

function largeOnes(rings: readonly Point[][]): readonly Point[][] {
  const largest = Math.max(...rings.map(areaOf));
  const large = rings.filter((ring) => ring.length > 2 && areaOf(ring) >= LEAST_AREA);
  return large.length > 0 ? large : rings.filter((ring) => areaOf(ring) === largest).slice(0, 1);
}

function areaOf(ring: readonly Point[]): number {
  const twice = ring.reduce((sum, [x, y], index) => {
    const [nextX, nextY] = ring[(index + 1) % ring.length] ?? [0, 0];
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(twice / 2);
}

/** Relative steps are shorter than places. */
function pathOf(rings: readonly Point[][]): string {
  return rings
    .map(([[startX, startY] = [0, 0], ...rest]) => {
      let [x, y] = [startX, startY];
      const steps = rest.map(([nextX, nextY]) => {
        const step = `${nextX - x} ${nextY - y}`;
        [x, y] = [nextX, nextY];
        return step;
      });
      return `M${startX} ${startY}l${steps.length === 0 ? "1 1" : steps.join(" ")}z`.replaceAll(" -", "-");
    })
    .join("");
}
