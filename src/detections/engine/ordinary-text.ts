/** What ordinary logs are full of: literals that stand in it tell nothing. Made up, after what servers and browsers write every day. */

/** The kinds of text that differ in what is ordinary in them. */
export type TextKind = "target" | "agent" | "referrer" | "method" | "line";

const TARGET = `
/index.html?id=12&page=3&q=words+of+a+search&lang=en&ref=home&sort=price&order=desc&limit=20&offset=40&type=all&name=x&view=list
/images/logo.png /css/style.css /js/jquery.min.js /favicon.ico /robots.txt /sitemap.xml /static/assets/app.bundle.js /api/v1/users/42/orders
/api/v2/session /blog/2026/10/01/title-of-a-post /feed/rss.xml /about /contact /news /search?q=one+two&fields=id,name /login /logout
/account/settings /cart/checkout /wp-content/uploads/2026/10/picture-300x200.jpg /archive/tags/projects/files /category/products/item-123
.jpeg .gif .svg .webp .woff2 .ttf .map .json .txt .pdf .mp4 .php .asp .aspx .jsp .html .htm utm_source=newsletter&utm_medium=email&utm_campaign=autumn
&gclid=abc&fbclid=def&_ga=1.2&callback=json&format=xml&date=2026-10-01&time=12:00&token=0123456789abcdef0f1e2d3c4b5a69788796a5b4c3d2e1f0
/shop/garden/chair-table-lamp /forum/viewtopic.php?f=2&t=31&start=15 /images/content/main/upload/version/project/user /download/set-and-style
`;
const AGENT = `
mozilla/5.0 (windows nt 10.0; win64; x64) applewebkit/537.36 (khtml, like gecko) chrome/126.0.0.0 safari/537.36 edg/126.0 opr/111.0
mozilla/5.0 (macintosh; intel mac os x 10_15_7) version/17.4 mobile/15e148 (iphone; cpu iphone os 17_4 like mac os x) firefox/127.0
mozilla/5.0 (x11; linux x86_64; rv:109.0) (linux; android 14; pixel) (compatible; googlebot/2.1; +http://www.google.com/bot.html)
mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) baiduspider yandexbot msie trident ubuntu debian opera crios fxios
samsungbrowser wv build/ ipad cros chromium headless curl/8.5.0 python-requests/2.31 go-http-client/1.1 okhttp/4.12 apache-httpclient java/17
`;
const REFERRER = `${TARGET}
https://www.example.com/category/products https://www.google.com/ https://duckduckgo.com/?q= http://example.org/ https://t.co/ android-app://
.com/ .org/ .net/ .de/ www.
`;
const METHOD = "get post head options";
const LINE = `${REFERRER} ${AGENT} ${METHOD}
192.0.2.7 - - [01/oct/2026:00:00:01 +0000] "get / http/1.1" 200 5123 "-" http/1.0 http/2.0 put delete
jan feb mar apr may jun jul aug sep oct nov dec 2025 2027 301 302 304 400 403 404 500 -0400 +0200 gzip, deflate
`;

const ORDINARY: Readonly<Record<TextKind, string>> = {
  target: TARGET,
  agent: AGENT,
  referrer: REFERRER,
  method: METHOD,
  line: LINE,
};

const KIND_OF_FIELD: Readonly<Record<string, TextKind>> = {
  "url.original": "target",
  "url.path": "target",
  "url.query": "target",
  "http.request.line": "line",
  "user_agent.original": "agent",
  "http.request.referrer": "referrer",
  "http.request.method": "method",
};

/** The kind of a field's text. */
export function kindOfField(field: string): TextKind {
  return (Object.hasOwn(KIND_OF_FIELD, field) ? KIND_OF_FIELD[field] : undefined) ?? "line";
}

/** Which disguises of what stands between words a scan tells of: what it looks for in such texts says that they may stand there. */
export type TextTricks = "unknown" | "of blanks" | "of blanks and slashes";

const TRICKS: Readonly<Record<TextKind, TextTricks>> = {
  target: "of blanks and slashes",
  // Addresses hold two slashes always.
  referrer: "of blanks",
  // Robots write "+http", which reads as two blanks.
  agent: "unknown",
  method: "unknown",
  line: "unknown",
};

/** What is told of the tricks in texts of a kind. */
export function tricksOf(kind: TextKind): TextTricks {
  return TRICKS[kind];
}

/** Texts that a trick begins with, beside controls and what is not ASCII. */
export const TRICK_TEXTS: Readonly<Record<TextTricks, readonly string[]>> = {
  unknown: [],
  "of blanks": ["  ", "/*"],
  "of blanks and slashes": ["  ", "/*", "//", "/./"],
};

/** Whether a text (lower case) is part of what is ordinary in texts of a kind. */
export function isOrdinary(text: string, kind: TextKind): boolean {
  return text.length < 2 || ORDINARY[kind].includes(text);
}

/** How often two characters, by their codes, stand behind each other in ordinary lines. */
export function pairCount(first: number, second: number): number {
  return first < ASCII && second < ASCII ? (PAIRS[first * ASCII + second] ?? 0) : 0;
}

const ASCII = 128;
const PAIRS: Uint16Array = countPairs(LINE);

function countPairs(text: string): Uint16Array {
  const counts = new Uint16Array(ASCII * ASCII);
  for (let at = 0; at + 1 < text.length; at++) {
    const pair = text.charCodeAt(at) * ASCII + text.charCodeAt(at + 1);
    counts[pair] = (counts[pair] ?? 0) + 1;
  }
  return counts;
}
