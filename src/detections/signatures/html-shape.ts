/**
 * Judges whether a value is built to bring markup or script into a page: a tag that runs or loads something, an attribute that does,
 * a way out of an attribute, an address that is script.
 */

/** Tags that run, load or restyle by themselves, whatever their attributes. */
const ACTIVE_TAGS = new Set(
  "applet audio base bgsound body embed event-source fieldset foreignobject form frame frameset html iframe ilayer image import input isindex keygen layer link listener marquee math meta noembed noframes noscript object script set style svg template textarea title vmlframe xml xss animate animatetransform animatemotion animatecolor video".split(
    " ",
  ),
);

/** Tags that pages let their users write. */
const HARMLESS_TAGS = new Set(
  "a abbr b big blockquote br center cite code dd del dl dt em font h1 h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var".split(
    " ",
  ),
);

/** Attributes whose value is code or an address that is loaded. */
const ADDRESS_ATTRIBUTES =
  /^(?:src|href|xlink:href|action|formaction|data|background|dynsrc|lowsrc|poster|code|codebase|srcdoc|srcset|values|from|to|content|style|datasrc|folder|implementation|classid|manifest|xmlns|ping|icon|profile|usemap|target)$/;

const SCRIPT_SCHEME =
  /^[^a-z0-9]{0,20}(?:javascript|vbscript|livescript|mocha|jscript|vbs|data|feed|jar|view-source|mhtml)[:#]/;

const STYLE_CODE = /expression\(|javascript:|behaviou?r:|-moz-binding|@import|vbscript:|livescript:|mocha:/;

/** A handler of an event: HTML names them all with `on`, and no word of a language with it takes a `=`. */
const HANDLER = /^on[a-z]{3,40}$/;

const HANDLER_OUTSIDE =
  /(?:^|["'`\s/;>\])}])(?:on(?:abort|activate|after\w+|animation\w+|auxclick|before\w+|begin|blur|bounce|canplay\w*|cellchange|change|click|close|contextmenu|controlselect|copy|cuechange|cut|data\w+|dblclick|deactivate|drag\w*|drop|durationchange|emptied|end|ended|error\w*|filterchange|finish|focus\w*|formchange|forminput|formdata|fullscreen\w*|gotpointercapture|hashchange|help|input|invalid|key\w+|layoutcomplete|load\w*|losecapture|lostpointercapture|media\w+|message\w*|mouse\w+|move\w*|offline|online|outofsync|page\w+|paste|pause|play\w*|pointer\w+|popstate|progress|propertychange|ratechange|readystatechange|repeat|reset|resize\w*|resume|reverse|row\w+|scroll\w*|search|seek\w*|select\w*|show|start|stalled|stop|storage|submit|suspend|syncrestored|timeerror|timeupdate|toggle|touch\w+|track\w*|transition\w+|unhandledrejection|unload|urlflip|volumechange|waiting|webkit\w+|wheel|zoom))\s*=/;

/** Signs without which no form fits: lower-case, in decoded text. */
export const HTML_LITERALS: readonly string[] = ["<", ">", "on", "script", ":", "=", "(", "`", ".", "{", "["];

/** Tags of one value that are looked at. */
const MOST_TAGS = 200;

/** What makes a decoded lower-case value look like injected markup, in a few words; null: nothing does. Cost: linear. */
export function htmlShape(text: string): string | null {
  return tagShape(text) ?? attributeShape(text) ?? schemeShape(text) ?? codeShape(text);
}

/** Script, and what is left of markup, as it goes on where a page's own markup or script stands. */
const CODE: readonly RegExp[] = [
  /(?:^|[^\w.-])(?:alert|prompt|confirm|eval|settimeout|setinterval|execscript|importscripts|expression)(?:\(|`)\s*[^\s)]/,
  /(?:^|[^\w.-])(?:write|writeln|open|alert|prompt|confirm|print|rt)\([^()\s]{0,20}\)\s*(?:;?\s*['"]?>|\/\/|;?\s*autofocus)/,
  /\bdocument\s*(?:\.|\[\W{1,4})\s*(?:cookie|domain|write|writeln|location|body|documentelement|createelement|getelement\w*|forms|all|url|referrer|queryselector\w*|head|scripts|implementation)\b/,
  /\b(?:window|self|top|parent|globalthis|frames)\s*(?:\.|\[\W{1,4})\s*(?:location|name|open|eval|alert|prompt|confirm|onerror|opener|document|atob|btoa|settimeout|localstorage)\b/,
  /\bstring\s*(?:\.|\[\W{1,4})\s*fromcharcode|\.(?:innerhtml|outerhtml|insertadjacenthtml)\b|\bxmlhttprequest\b|\bactivexobject\b|\bsendbeacon\b/,
  /\b(?:location|\w{1,20}\.href)\s*=\s*[?'"`]?(?:https?:|\/\/|javascript|name|data:)/,
  /\blocation\s*=\s*(?:location|window|document|self|'|"|`)/,
  /&\{\s*[a-z]|\beval\s*[=(]|=\s*eval\b|\batob\s*\(|\bbtoa\s*\(/,
  /\b(?:this|self|top|window|parent|frames|\[\])\[\s*['"`/]|\[\]\s*\[\s*['"`(!]|\(!\[\]\+/,
  /["'`]\s*(?:[-+*/|&^<>=]{1,3}|;|\))\s*(?:alert|prompt|confirm|eval|fetch|document|window|self|top|settimeout|location|import|new\s+image|throw|onerror)\s*[.([`=]/,
  /(?:^|["'\s])[a-z]{2,20}=["'][^"'<]{0,80}["']\s*\/?>|^["'][^"'<>]{0,30}["']\s*[a-z]{2,12}=["']|^[a-z]{1,20}=["'][a-z]{1,20}["'];$/,
  /<a\s[^>]{0,200}\bhref\s*=|scriptdocument\.|<\/?scr|datasrc\s*=|\[a\]script|ex\/\*[^*]{0,20}\*\/|<!\[cdata\[|style\s*=.{0,60}expression\W|\bx:expression/,
  /\bon(?:error|load|click|focus|mouseover|toggle|begin)\s*=\s*[a-z]{2,20}\s*[(`]/,
];

function codeShape(text: string): string | null {
  return CODE.some((expression) => expression.test(text)) ? "script of a page" : null;
}

function tagShape(text: string): string | null {
  let from = 0;
  for (let seen = 0; seen < MOST_TAGS; seen++) {
    const open = text.indexOf("<", from);
    if (open < 0) return null;
    // The next tag ends this one at the latest: each is looked at once, however many are left open.
    const next = text.indexOf("<", open + 1);
    const inside = text.slice(open + 1, next < 0 ? undefined : next);
    const found = shapeOfTag(inside);
    if (found !== null) return found;
    from = open + 1;
  }
  return null;
}

/** Blanks and control bytes that browsers and filters disagree about. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const BLANK = /[\s\u0000-\u0020\u00a0]/;

function shapeOfTag(inside: string): string | null {
  const head = /^(?<close>[\s/]*)(?<mark>[!?%]?)(?:[a-z]\w{0,20}:)?(?<name>[a-z][a-z0-9-]{0,30})/.exec(
    inside,
  );
  const name = head?.groups?.["name"];
  if (head === null || name === undefined) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: bytes that split a name.
    return /^[\s\u0000-\u001f]*s[\s\u0000-\u001f]*c[\s\u0000-\u001f]*r[\s\u0000-\u001f]*i[\s\u0000-\u001f]*p[\s\u0000-\u001f]*t/.test(
      inside,
    )
      ? "a script tag in disguise"
      : markShape(inside);
  }
  const rest = inside.slice(head[0].length);
  if (head.groups?.["mark"] !== "") return markShape(inside);
  if (head.groups?.["close"]?.includes("/")) return closeShape(name, rest);
  // `<3`, `a <b and c` are no tags; a name is followed by a blank, a slash or the end of the tag.
  if (rest !== "" && !/^[\s/>"'=<]/.test(rest)) return null;
  if (attributesOf(rest).some(isActive)) return "an attribute that runs script";
  if (ACTIVE_TAGS.has(name) && (rest !== "" || name.length > 4)) return `a tag "${name}"`;
  if (!HARMLESS_TAGS.has(name) && /^[\s/]+[a-z-]+\s*=/.test(rest)) return `a tag "${name}" with attributes`;
  return name === "img" && />/.test(rest) ? 'a tag "img"' : null;
}

function markShape(inside: string): string | null {
  if (/^!--\s*#\s*(?:exec|include|echo|config|printenv)/.test(inside)) return "a server-side include";
  if (/^!\s*(?:doctype|entity|element|attlist|\[cdata)/.test(inside)) return "markup of documents";
  return /^!--\[if|^\?(?:xml|import|php|=)/.test(inside) ? "markup of documents" : null;
}

function closeShape(name: string, rest: string): string | null {
  const isClosed = /^\s*>/.test(rest);
  return isClosed && (ACTIVE_TAGS.has(name) || /^(?:head|option|select|comment|div)$/.test(name))
    ? `the end of a "${name}"`
    : null;
}

/** Name and value of attributes; quotes are dropped. */
function attributesOf(rest: string): readonly { readonly name: string; readonly value: string }[] {
  const found = rest.matchAll(/([a-z][a-z0-9:_-]{0,60})\s*=\s*(?:"([^"]*)|'([^']*)|`([^`]*)|([^\s>]*))/g);
  return [...found].map(([, name = "", ...values]) => ({
    name,
    value: values.find((value) => value !== undefined) ?? "",
  }));
}

function isActive({ name, value }: { readonly name: string; readonly value: string }): boolean {
  if (HANDLER.test(name)) return true;
  if (!ADDRESS_ATTRIBUTES.test(name)) return false;
  const plain = [...value.slice(0, 400)].filter((character) => !BLANK.test(character)).join("");
  if (name === "style") return STYLE_CODE.test(plain.replace(/\\|\/\*.*?\*\//g, ""));
  return SCRIPT_SCHEME.test(plain) || /^\W{0,3}(?:;|0;)?url=\W*(?:javascript|data):/.test(plain);
}

function attributeShape(text: string): string | null {
  if (!text.includes("on") || !text.includes("=")) return null;
  return HANDLER_OUTSIDE.test(text) ? "an event handler" : null;
}

function schemeShape(text: string): string | null {
  if (!text.includes(":")) return null;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop them inside addresses.
  const plain = text.trim().replace(/[\u0000-\u001f\\]/g, "");
  // Where an address begins: at the start, behind a quote, a bracket or an equals sign.
  return /(?:^|["'`=(,;>+])(?:javascript:[^ ]|vbscript:\w|livescript:\w|data:(?:text\/(?:html|javascript|xml|vbscript)|image\/svg\+?xml|application\/(?:x-)?(?:javascript|xhtml))|data:[^,]{0,40};base64,ph|mocha:\w)/.test(
    plain,
  )
    ? "an address that is script"
    : null;
}
