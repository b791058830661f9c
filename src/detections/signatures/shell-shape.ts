/**
 * Judges whether a value is built to run commands of a Unix or Windows shell: a separator and a command, a command with what commands
 * take, a substitution, a disguised name, a construct of batch files.
 */
import { COMMON_COMMANDS, PLAIN_COMMANDS } from "./shell-words.ts";

/** Signs without which no form fits: lower-case, in decoded text. */
export const SHELL_LITERALS: readonly string[] = [
  ";",
  "|",
  "&",
  "`",
  "$",
  "\n",
  "/",
  "\\",
  " ",
  "%",
  "{",
  "<",
  ">",
  "'",
  '"',
  "~",
];

/** What stands before a command: a separator, a substitution, a quote that ends what came before. */
const SEPARATED =
  /(?<mark>[;|&\n`]|\$\(|[<>]\(|^!)[\s(!{'"]*(?:(?:[a-z_]\w{0,20}=\S{0,40}|sudo|time|nohup|env|exec|command|nice|busybox|timeout \d+|call|start|@)\s+)*(?<path>(?:[/~.\w*?[\]-]{0,80}\/)?(?:c:\\[\w\\.%~]{0,80}\\)?)(?<name>[a-z][\w.+-]{0,30})(?<end>[\s\S]{0,60})/g;

/** What commands take: options, paths, variables, pipes, addresses, files, quotes, numbers for ids. */
const ARGUMENT =
  /^\s*(?:$|[;|&<>`)}\n"'])|^[\s+,]+(?:-{1,2}\w|\/\w|\.{0,2}\/|~|\$|[;|&<>`'"]|[\w.-]+\.\w{2,4}\b|https?:|\d{1,3}(?:\.\d{1,3}){3}|[*%@\\.]|[\w.-]+[=@:/\\])/;

const BOUNDARY = /^(?:$|[\s;|&<>`)}"'/,+\\]|\.exe\b)/;

/** What makes a decoded lower-case value look like a command line, in a few words; null: nothing does. Cost: linear. */
export function shellShape(text: string): string | null {
  return (
    fixedShape(text) ?? separatedShape(text) ?? leadingShape(text) ?? disguiseShape(text) ?? batchShape(text)
  );
}

function separatedShape(text: string): string | null {
  for (const { groups = {} } of text.matchAll(SEPARATED)) {
    const { mark = "", path = "", name = "", end = "" } = groups;
    const bare = name.replace(/\.exe$/, "");
    if (!BOUNDARY.test(end)) continue;
    if (PLAIN_COMMANDS.has(bare)) {
      // A name between `&` and `=` or `;` is a parameter or an entity; one with a sentence behind it is a word.
      if (/^\s*[;&|`)}\n]|^\s*$/.test(end) || ARGUMENT.test(end) || path !== "") return `a command "${bare}"`;
      if (/^\s+[\w"'/-]+\s*(?:$|[;|&`)}<>"'])/.test(end)) return `a command "${bare}"`;
    }
    // "this & that" is no command line.
    if (mark === "&" && end.trim() === "") continue;
    if (COMMON_COMMANDS.has(bare) && (ARGUMENT.test(end) || path !== "")) return `a command "${bare}"`;
    if (/^(?:\/usr|\/bin|\/sbin|\/etc|\/tmp|\/opt)/.test(path)) return "a path of a program";
  }
  return null;
}

/** A command at the very start, with what only commands have behind them. */
const LEADING =
  /^['"\s(!;|&]*(?:sudo\s+|time\s+|nohup\s+|env\s+|exec\s+|command\s+|call\s+|busybox\s+)*(?<path>(?:\.{0,2}\/|~\/)?(?:[\w.*?[\]-]{1,40}\/){0,8})(?<name>[a-z][\w.-]{0,30})(?<end>[\s\S]{0,80})/;

const STRONG_ARGUMENT =
  /^\s+(?:-{1,2}[a-z]\w*(?:\s|$|=)|\/(?:etc|bin|usr|tmp|var|proc|dev|home|root|opt|c|k|s|q)\b|~\/|\$[({\w]|https?:\/\/|["']|\d{1,3}(?:\.\d{1,3}){3}\b|[*]|\.\.?\/|c:\\|%\w+%)|^\s*[|<>&`;]{1,2}\s*(?:\w|\/|$)/;

function leadingShape(text: string): string | null {
  const { path = "", name = "", end = "" } = LEADING.exec(text)?.groups ?? {};
  const bare = name.replace(/\.exe$/, "");
  if (!BOUNDARY.test(end)) return null;
  const isPlain = PLAIN_COMMANDS.has(bare);
  // Names of languages and tools stand before quoted words in sentences too.
  if (
    /^\s+["']/.test(end) &&
    /^(?:java|javac|node|ruby|python\d?|php\d?|perl5?|lua|git|mysql|docker|net|tree|dig)$/.test(bare)
  )
    return null;
  if (isPlain && STRONG_ARGUMENT.test(end)) return `a command "${bare}"`;
  if (isPlain && name.endsWith(".exe")) return `a command "${bare}"`;
  if (/(?:^|\/)s?bin\/$/.test(path)) return "a path of a program";
  if (COMMON_COMMANDS.has(bare) && /^\s+(?:\/etc\/|\/bin\/|-{1,2}\w+\s+\/|c:\\)/.test(end))
    return `a command "${bare}"`;
  return /^(?:ls|whoami|ifconfig|ipconfig|netstat|systeminfo|tasklist|uname)(?:\s+-\w+|\s*[;|&\n]|$)/.test(
    text,
  )
    ? `a command "${bare}"`
    : null;
}

/** What only shells write. */
const FIXED: readonly (readonly [string, RegExp])[] = [
  ["a function in a variable", /\(\s*\)\s*\{[^}]{0,40};?\s*\}\s*;/],
  [
    "a substitution",
    /\$\(\(?[^)]{1,200}\)|\$\{(?:ifs|path|home|shell|pwd|oldpwd|user|env|[@*#!])|\$ifs\b|`[^`\n]{0,40}\b(?:id|ls|cat|uname|whoami|sleep|curl|wget|ping|nslookup|echo|pwd|true|false|env|ps|sh)\b[^`\n]{0,80}`/,
  ],
  ["a substitution", /[<>]\([a-z/][^)]{0,80}\)|^`[\w.-]{0,40}\/[\w/.-]{2,40}`$|\$'\\/],
  [
    "a device of a shell",
    /\/dev\/(?:tcp|udp)\/|\/proc\/self\/(?:environ|fd|cmdline|exe)|[0-9&]?>\s*&?\s*\/dev\/null|0>&1|2>&1/,
  ],
  ["a list in braces", /\{[a-z/?*]{1,30},[^{}\s]{1,60}\}/],
  ["a history or a working folder", /^~[+-]?\d*$|^~[+-]$|^!-?\d+$|^![$!]$/],
  [
    "a pattern for files",
    /(?:^|[\s;|&`'"=])\/(?:[\w.-]{0,30}[?*][\w?*.[\]-]{0,30}\/){1,9}[\w?*.[\]-]+|\/(?:bin|etc|usr)\/[\w./]{0,60}[?*[]|\/[\w.-]{0,30}[?*]{2}[\w?*.[\]-]{0,30}\/\S/,
  ],
  [
    "a shell of a shell",
    /\b(?:ba|da|z|k|c|tc|fi)?sh\s+-[a-z]*[ci]\b|\bcmd(?:\.exe)?\s*\/[ckr]\b|\bpowershell(?:\.exe)?\s+-\w|\bnc\s+(?:-\w+\s+)*\S+\s+\d+\s+-e|\b(?:perl|python[23]?|ruby|php|node|lua)\s+-[a-z]*[erc]\b/,
  ],
  [
    "a script that is fetched",
    /\b(?:curl|wget|fetch|lwp-download|tftp)\s+(?:-\S+\s+){0,6}['"]?(?:https?|ftp):|\b(?:curl|wget)\s[^|;]{1,120}[|;]\s*(?:ba|da|z|k)?sh\b|\bchmod\s+(?:\+x|[0-7]{3,4})\s/,
  ],
];

function fixedShape(text: string): string | null {
  return FIXED.find(([, expression]) => expression.test(text))?.[0] ?? null;
}

/** A word broken by quotes, backslashes or empty variables that is a command once they are gone. */
function disguiseShape(text: string): string | null {
  for (const [word] of text.matchAll(
    /[\w/.]{0,20}(?:(?:''|""|``|['"\\^]|\$[@*!]|\$\{[@*!]\}|\$\(\))[\w/.]{0,20}){1,12}/g,
  )) {
    const inner = word.replace(/^['"\\/.]+(?=[a-z]+$)/, "");
    const plain = inner.replace(/''|""|``|['"\\^]|\$[@*!]|\$\{[@*!]\}|\$\(\)/g, "");
    const name = plain.slice(plain.lastIndexOf("/") + 1);
    if (plain === inner || name.length < 2) continue;
    const isBroken = /[a-z](?:''|""|``|['"\\^]|\$[@*!]|\$\{[@*!]\}|\$\(\))[a-z]/.test(inner);
    const isCommand = PLAIN_COMMANDS.has(name) || /^(?:time|who|users|last|passwd|shadow)$/.test(name);
    // "I'd" and "we're" have one apostrophe.
    const isContraction = /^[a-z]+'[a-z]{1,2}$/.test(inner);
    if (isBroken && isCommand && !isContraction) return `a command "${name}" in disguise`;
    if (/^'(?:time|who|whoami|id|ls)'/.test(word)) return `a command "${name}" in disguise`;
  }
  return null;
}

/** Constructs of Windows batch files. */
const BATCH: readonly RegExp[] = [
  /\bfor\s*(?:\/[dflr]\s*){0,4}(?:"[^"]{0,80}"\s*|\S{1,60}\s+){0,2}%{1,2}[^\s]{1,10}\s*in\s*\(/,
  /\bif\s*(?:\/i\s+)?(?:not\s+)?(?:exist|defined|errorlevel|cmdextversion)\s+\S/,
  /\bif\s+(?:\/i\s+)?(?:not\s+)?(?:[^\s(]{1,40}\s*==|[^\s]{1,40}\s*\b(?:equ|neq|lss|leq|gtr|geq)\b)\s*\S/,
  /\bif\s*\/i\s+\S{1,60}/,
  /\bset\s+\/[ap]\b|%(?:comspec|systemroot|windir|programfiles|userprofile|path|temp|errorlevel)(?::[^%]{0,20})?%|\bgoto\s+:?\w+\s*(?:$|&)|%[a-z_]\w{0,20}:~-?\d/,
];

function batchShape(text: string): string | null {
  return BATCH.some((expression) => expression.test(text)) ? "a construct of batch files" : null;
}
