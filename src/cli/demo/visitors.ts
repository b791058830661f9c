/** Honest visitors of the demo's shop: what they open, with what, from where. */

import type { Hit } from "./hit.ts";
import type { Random } from "./random.ts";

const AGENTS = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
  "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
] as const;
const PAGES = [
  "/",
  "/products",
  "/products/lamps",
  "/products/chairs",
  "/cart",
  "/about",
  "/search",
  "/login",
] as const;
const ASSETS = ["/css/main.css", "/js/shop.js", "/img/logo.svg", "/img/hero.jpg", "/favicon.ico"] as const;
const WORDS = ["lamp", "oak+table", "chair", "blue+rug", "shelf", "gift"] as const;
const REFERRERS = ["-", "-", "https://www.example.com/", "https://search.example.net/?q=furniture"] as const;
const VISITOR_COUNT = 700;

/** The requests of honest visitors over one day, about `count` of them. */
export function visitorHits(random: Random, dayMs: number, count: number): Hit[] {
  const visitors = Array.from({ length: VISITOR_COUNT }, () => ({
    address: `10.${random.between(16, 31)}.${random.between(0, 255)}.${random.between(1, 254)}`,
    agent: random.pick(AGENTS),
  }));
  const hits: Hit[] = [];
  while (hits.length < count) {
    const { address, agent } = visitors[random.between(0, visitors.length - 1)] ?? {
      address: "10.16.0.1",
      agent: "-",
    };
    hits.push(...pageView(random, dayMs + secondOfDay(random) * 1000, { address, agent }));
  }
  return hits.slice(0, count);
}

/** A page and some of what belongs to it. */
function pageView(random: Random, atMs: number, visitor: { address: string; agent: string }): Hit[] {
  const page = random.pick(PAGES);
  const uri = page === "/search" ? `/search?q=${random.pick(WORDS)}` : page;
  const isMissing = random.fraction() < 0.012;
  const first: Hit = {
    ...visitor,
    atMs,
    method: page === "/cart" && random.fraction() < 0.5 ? "POST" : "GET",
    uri: isMissing ? `${page === "/" ? "" : page}/old-${random.between(1, 40)}.html` : uri,
    status: isMissing ? 404 : random.fraction() < 0.02 ? 302 : 200,
    bytes: isMissing ? 312 : random.between(3200, 24_000),
    referrer: random.pick(REFERRERS),
  };
  const assets = Array.from({ length: random.between(0, 4) }, (_, index): Hit => {
    const isCached = random.fraction() < 0.4;
    return {
      ...visitor,
      atMs: atMs + 1000 * Math.floor(index / 2),
      method: "GET",
      uri: random.pick(ASSETS),
      status: isCached ? 304 : 200,
      bytes: isCached ? 0 : random.between(900, 90_000),
      referrer: `https://www.example.com${uri}`,
    };
  });
  return [first, ...assets];
}

/** More in the afternoon than in the night. */
function secondOfDay(random: Random): number {
  const base = (random.fraction() + random.fraction() + random.fraction()) / 3;
  return Math.floor(((base + 0.1) % 1) * 86_400);
}
