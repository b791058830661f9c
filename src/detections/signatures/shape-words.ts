/**
 * Words without which a value of words and blanks looks like no language: what sentences do not need, but a statement, a command line, a
 * script or a batch file. Texts of decoded values in lower case, with what must stand beside a word that sentences hold too.
 */

const SQL: readonly string[] = [
  ...around("", "union except intersect select having waitfor", " -~!@.:/"),
  ...around(
    " =/",
    "insert update delete drop alter create truncate exec execute declare replace merge shutdown grant revoke handler load rename call begin goto minus",
    " ",
  ),
  ...around(" =/0123456789", "case where order group", " "),
  ...around(" 0123456789.,=/-~!@:?", "or and xor", " -~!@.:/,="),
  ...words(
    "@@ =@ ,@ information_schema syscolumns sysobjects sysusers sysdatabases syslogins sysxlogins sys.",
  ),
  ...words("systables sysibm. syscat. msys mysql. performance_schema pg_catalog pg_user pg_shadow pg_tables"),
  ...words("pg_class pg_database pg_authid pg_stat pg_ls_dir sqlite_ all_tab all_users all_objects user_tab"),
  ...words(
    "user_objects dba_users dba_tables master.. master.dbo tempdb.. msdb.. model.. xp_ openrowset utl_",
  ),
  ...words("sp_exec sp_pass sp_make sp_oa sp_conf sp_add sp_help sp_start dbms_ ctxsys. domain.domains"),
  ...words("domain.columns domain.tables"),
  " @",
];

/** Arguments that only commands take, and commands that take addresses of hosts. */
const SHELL: readonly string[] = [
  ...around("", " -", "abcdefghijklmnopqrstuvwxyz"),
  ...around(
    " =/",
    "ping ping6 nc ncat netcat telnet ssh nslookup dig traceroute ftp tftp scp nmap host",
    " ",
  ),
  ...words(
    "?? =! =bin/ /bin/ /sbin/ /dev/tcp/ /dev/udp/ /proc/self/ cmd.exe cscript.exe wscript.exe mshta.exe",
  ),
  ...words("rundll32.exe regsvr32.exe certutil.exe bitsadmin.exe net.exe netsh.exe ping.exe tasklist.exe"),
  ...["powershell", " /", " ~", " .", " http", " ftp:", "& ", "  "],
];

const BATCH: readonly string[] = [
  ...["if exist", "if not", "if defined", "if errorlevel", "cmdextversion", "=="],
  ...around(" ", "equ neq lss leq gtr geq", " "),
];

/** What handlers of events begin with. */
const HANDLERS: readonly string[] = [
  ...words(
    "onabort onactiv onafter onanima onauxcl onbefore onbegin onblur onbounc oncanpl oncellch onchang",
  ),
  ...words(
    "onclick onclose oncontex oncontro oncopy oncuech oncut ondata ondblcl ondeact ondrag ondrop ondurat",
  ),
  ...words("onempti onend onerror onfilter onfinish onfocus onform onfulls ongotpo onhashc onhelp oninput"),
  ...words(
    "oninval onkey onlayou onload onlosec onlostpo onmedia onmess onmouse onmove onoffl ononline onoutof",
  ),
  ...words(
    "onpage onpaste onpause onplay onpoint onpops onprogr onprope onratec onready onrepe onreset onresi",
  ),
  ...words(
    "onresu onrever onrow onscroll onsear onseek onselect onshow onstart onstall onstop onstora onsubmit",
  ),
  ...words(
    "onsusp onsync ontimee ontimeu ontogg ontouch ontrack ontrans onunhan onunlo onurlf onvolum onwait",
  ),
  ...words("onwebki onwheel onzoom"),
];

const SCRIPT: readonly string[] = [
  ...words(
    "javascript: vbscript: livescript: mocha: data:text data:image data:applic base64,ph fromcharcode",
  ),
  ...words(".innerhtml .outerhtml insertadjacenthtml xmlhttprequest activexobject sendbeacon scriptdocument"),
  ...words("eval= =eval .href= datasrc expression"),
  ...["eval =", "= eval", ".href =", "location ="],
  ...around("", "location=", words("http // java name data: loc win doc self ?")),
  ...around(
    "",
    "document.",
    words("cook domain write loca body docu crea gete forms all url refe query head scri impl"),
  ),
  ...around(
    "",
    "window. self. top. parent. globalthis. frames.",
    words("loca name open eval alert prom conf oner docu atob btoa sett"),
  ),
];

/** Encoded ampersands, which end no parameter, and what is encoded more than once. */
const ENCODED: readonly string[] = ["%26", "%25"];

/** All of them, each once. */
export const SHAPE_WORDS: readonly string[] = [
  ...new Set([...SQL, ...SHELL, ...BATCH, ...HANDLERS, ...SCRIPT, ...ENCODED]),
];

function words(text: string): readonly string[] {
  return text.split(" ");
}

/** Each of the words between one of the beginnings and one of the ends; of "", the word alone. */
function around(begins: string, text: string, ends: string | readonly string[]): readonly string[] {
  const middles = text.startsWith(" ") ? [text] : words(text);
  const heads = begins === "" ? [""] : [...begins];
  return heads.flatMap((begin) => middles.flatMap((word) => [...ends].map((end) => begin + word + end)));
}
