/** Paths of requests: what a page is, and what is only its trimmings. */

/** Longer paths are cut: nothing that is counted by path needs more, and each is kept. */
export const LONGEST_PATH = 1024;

/** Files that pages bring with them; whoever asks for many of them reads, and does not search. */
const STATIC_EXTENSIONS: ReadonlySet<string> = new Set(
  (
    "avif bmp css eot gif ico jpeg jpg js json map mjs mp3 mp4 ogg otf pdf png svg swf tif tiff ttf txt wasm webm webmanifest " +
    "webp woff woff2 xml"
  ).split(" "),
);

/** Files that a server may run. */
const SCRIPT_EXTENSIONS: ReadonlySet<string> = new Set(
  "ashx asmx asp aspx cer cfm cgi jsp jspx php php3 php4 php5 php7 phar phtml pl py sh shtml".split(" "),
);

/** The path of a request target: without query, fragment, scheme and host. `*` and host:port stay as they are. */
export function pathOfTarget(target: string): string {
  const query = target.indexOf("?");
  const fragment = target.indexOf("#");
  let end = query === -1 ? target.length : query;
  if (fragment !== -1 && fragment < end) end = fragment;
  const start = target.charCodeAt(0) === 0x2f ? 0 : startOfPath(target, end);
  return target.slice(start, Math.min(end, start + LONGEST_PATH));
}

function startOfPath(target: string, end: number): number {
  const scheme = target.indexOf("://");
  if (scheme < 1 || scheme > 10 || scheme >= end) return 0;
  const slash = target.indexOf("/", scheme + 3);
  return slash === -1 || slash >= end ? end : slash;
}

/** The query of a request target, without the question mark; null when there is none. */
export function queryOfTarget(target: string): string | null {
  const start = target.indexOf("?");
  return start === -1 ? null : target.slice(start + 1);
}

/** The extension of a path's last part in lower case, without the dot; empty when there is none. */
export function extensionOfPath(path: string): string {
  const dot = path.lastIndexOf(".");
  if (dot <= path.lastIndexOf("/") || path.length - dot > 12) return "";
  return path.slice(dot + 1).toLowerCase();
}

/** Whether paths with this extension are those of pictures, styles, scripts and fonts, and no pages. */
export function isStaticExtension(extension: string): boolean {
  return STATIC_EXTENSIONS.has(extension);
}

/** Whether a server may run what stands at this path, which has this extension; PHP with a path behind it (`a.php/b`) included. */
export function isScriptPath(path: string, extension: string): boolean {
  return SCRIPT_EXTENSIONS.has(extension) || /\.(?:php|jsp|aspx|cgi)\//i.test(path);
}
