/** Made-up traffic: what three scanners are known to send, a site of WordPress at work, and texts that only look like SQL. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type EventFields, fieldsOfRequest } from "../src/detections/rules/request-event.ts";

interface Traffic {
  readonly name: string;
  readonly bar: number;
  readonly isAttack: boolean;
  readonly events: readonly EventFields[];
}

const PAGES = [
  "/",
  "/about",
  "/shop/list.php?cat=2",
  "/news?id=7",
  "/login",
  "/css/site.css",
  "/search?q=shoes",
  "/contact",
];

/** All of it, the same in every run. */
export function madeUpTraffic(): readonly Traffic[] {
  const harmless = readFileSync(
    fileURLToPath(new URL("../src/detections/signatures/harmless.txt", import.meta.url)),
    "utf8",
  );
  const lines = harmless.split("\n").filter((line) => line !== "");
  return [
    { name: "made up: scan in the manner of Acunetix", bar: 15, isAttack: true, events: events(acunetix()) },
    {
      name: "made up: scan in the manner of Netsparker",
      bar: 40,
      isAttack: true,
      events: events(netsparker()),
    },
    {
      name: "made up: scan in the manner of w3af",
      bar: 90,
      isAttack: true,
      events: events(w3af(), "w3af.org"),
    },
    { name: "made up, harmless: WordPress", bar: 0.1, isAttack: false, events: events(wordpress()) },
    {
      name: "made up, harmless: texts like SQL",
      bar: 5,
      isAttack: false,
      events: events(lines.map((line) => `/search?q=${encodeURIComponent(line)}`)),
    },
  ];
}

function events(
  requests: readonly string[],
  agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0",
): readonly EventFields[] {
  return requests.map((request) => ({ ...fieldsOfRequest(request), "user_agent.original": agent }));
}

/** Mostly crawling and guessed folders; attacks in parameters in between. */
function acunetix(): readonly string[] {
  const words = [
    "images",
    "data",
    "include",
    "lib",
    "src",
    "user",
    "files",
    "web",
    "tools",
    "assets",
    "forum",
    "store",
  ];
  const guessed = PAGES.flatMap((page) => words.map((word) => `${page.split("?")[0]}${word}/`));
  const payloads = [
    "1'\"",
    "%2527%2522",
    "'\"()&%25<acx><ScRiPt%20>prompt(931215)</ScRiPt>",
    "../../../../../../../../../../etc/passwd",
    `\${@print(md5(31337))}`,
    "http://testasp.vulnweb.com/t/fit.txt",
    ";print(md5(31337));$a=%22",
    "set|set&set",
    "if(now()=sysdate(),sleep(9),0)/*'XOR(if(now()=sysdate(),sleep(9),0))OR'*/",
    "-1'%20OR%203*2*1=6%20AND%20000283=000283%20--%20",
    "1some_inexistent_file_with_long_name%00.jpg",
    "response.write(9123123*9761231)",
  ];
  return [
    ...PAGES,
    ...guessed,
    ...payloads.flatMap((payload) => [`/news?id=${payload}`, `/search?q=${payload}`]),
  ];
}

function netsparker(): readonly string[] {
  const payloads = [
    "'%22--%3E%3C/style%3E%3C/scRipt%3E%3CscRipt%3Ealert(0x0008A6)%3C/scRipt%3E",
    "%27%20WAITFOR%20DELAY%20%270:0:25%27--",
    "-1%20OR%201%3d1",
    "%2fetc%2fpasswd",
    "c%3a%5cboot.ini",
    "../../../../../../../../../../../windows/win.ini",
    "http://r87.com/n/p.dat?%00.",
    "%26ping%20-n%2026%20127.0.0.1%20%26",
    "1%20ns%3dalert(0x000B12)%20",
    "{{268409241-78554}}",
    "data:;base64,TlM3NzU0NTYxNDQ2NTc1",
    "print(int)0xFFF9999-78554",
  ];
  const crawled = PAGES.flatMap((page) => [page, `${page}${page.includes("?") ? "&" : "?"}nsextt=1`]);
  const guessed = [
    "/admin1/",
    "/stats/",
    "/readme.txt",
    "/test.html",
    "/old.html",
    "/images/",
    "/js/",
    "/cart/",
  ];
  return [
    ...crawled,
    ...guessed,
    ...payloads.flatMap((payload) => [`/news?id=${payload}`, `/shop/list.php?cat=${payload}`]),
  ];
}

function w3af(): readonly string[] {
  const payloads = [
    "d'z%220",
    "|ping+-c+9+localhost",
    '<!--#exec cmd="ls"-->',
    "a'b\"c'd\"",
    "sleep(9)",
    "/etc/passwd",
  ];
  return [...PAGES, ...payloads.map((payload) => `/news?id=${payload}`)];
}

function wordpress(): readonly string[] {
  const fixed = [
    "/wp-login.php",
    "POST /wp-login.php",
    "/wp-login.php?redirect_to=https%3A%2F%2Fexample.com%2Fwp-admin%2F&reauth=1",
    "/wp-login.php?action=logout&_wpnonce=1a2b3c4d5e",
    "/wp-admin/",
    "/wp-admin/index.php",
    "/wp-admin/post.php?post=12&action=edit",
    "/wp-admin/post-new.php?post_type=page",
    "/wp-admin/edit.php?post_status=trash&post_type=post",
    "/wp-admin/edit.php?s&post_status=all&post_type=post&action=-1&m=0&cat=0&paged=1&action2=-1",
    "/wp-admin/load-scripts.php?c=1&load%5Bchunk_0%5D=jquery-core,jquery-migrate,utils&ver=6.4.2",
    "/wp-admin/load-styles.php?c=0&dir=ltr&load%5Bchunk_0%5D=dashicons,admin-bar,common&ver=6.4.2",
    "POST /wp-admin/admin-ajax.php",
    "/wp-admin/admin-ajax.php?action=wp-compression-test&test=1&_ajax_nonce=abc&1700000000",
    "/wp-admin/plugins.php?activate=true&plugin_status=all&paged=1&s=",
    "/wp-admin/plugins.php?action=activate&plugin=akismet%2Fakismet.php&_wpnonce=0a1b",
    "/wp-admin/plugin-install.php?s=backup&tab=search&type=term",
    "/wp-admin/theme-editor.php?file=style.css&theme=twentytwenty",
    "/wp-admin/customize.php?return=%2Fwp-admin%2Fthemes.php",
    "/wp-admin/options-general.php?page=akismet-key-config&view=stats",
    "/wp-admin/upload.php?item=55",
    "/wp-admin/update-core.php?force-check=1",
    "/wp-admin/admin.php?page=wc-settings&tab=checkout&section=bacs",
    "/wp-admin/users.php?role=administrator",
    "/wp-json/",
    "/wp-json/wp/v2/users/me?context=edit&_locale=user",
    "/wp-json/wp/v2/types?context=edit&_locale=user",
    "/wp-json/wp/v2/posts/12?context=edit&_locale=user",
    "/wp-json/wp/v2/users?who=authors&per_page=100&_locale=user",
    "/wp-json/wp/v2/taxonomies?context=edit&per_page=-1&_locale=user",
    "/wp-json/oembed/1.0/embed?url=https%3A%2F%2Fexample.com%2Fhello%2F",
    "/wp-json/oembed/1.0/proxy?url=https%3A%2F%2Fexample.com%2Fv%3Fid%3D5&_locale=user",
    "POST /wp-json/contact-form-7/v1/contact-forms/5/feedback",
    "POST /xmlrpc.php",
    "/xmlrpc.php?rsd",
    "POST /wp-cron.php?doing_wp_cron=1700000000.1234567890123456789012",
    "/wp-comments-post.php",
    "/?p=12&preview=true",
    "/?p=12&preview_id=12&preview_nonce=abcdef0123&_thumbnail_id=-1&preview=true",
    "/?s=hello+world",
    "/?s=cats+%26+dogs",
    "/?s=what%27s+new",
    "/?feed=rss2&cat=3",
    "/feed/",
    "/comments/feed/",
    "/category/news/page/2/",
    "/2024/05/hello-world/",
    "/2024/05/hello-world/#comment-5",
    "/2024/05/hello-world/?replytocom=7",
    "/tag/c%2B%2B/",
    "/author/alice/",
    "/wp-content/themes/twentytwenty/style.css?ver=2.5",
    "/wp-content/plugins/woocommerce/assets/js/frontend/cart.min.js?ver=8.4.0",
    "/wp-content/plugins/contact-form-7/includes/css/styles.css?ver=5.8.4",
    "/wp-content/uploads/2024/05/photo-300x200.jpg",
    "/wp-content/uploads/2024/05/price-list.pdf",
    "/wp-includes/js/jquery/jquery.min.js?ver=3.7.1",
    "/wp-includes/css/dist/block-library/style.min.css?ver=6.4.2",
    "/wp-includes/wlwmanifest.xml",
    "/shop/?orderby=price&min_price=10&max_price=50",
    "/product/blue-shoes/?attribute_pa_size=42&add-to-cart=99",
    "/cart/?remove_item=0cc175b9c0f1b6a831c399e269772661&_wpnonce=ab12",
    "/checkout/order-received/1234/?key=wc_order_AbCdEf123456",
    "/my-account/lost-password/?show-reset-form=true",
    "/?wc-ajax=get_refreshed_fragments",
    "/?utm_source=news&utm_medium=email&utm_campaign=may_(2024)&utm_term=a|b",
    "/?fbclid=IwAR0abcDEF_-123",
    "/robots.txt",
    "/sitemap_index.xml",
    "/wp-sitemap-posts-post-1.xml",
    "/favicon.ico",
    "/ads.txt",
    "/apple-touch-icon-precomposed.png",
    "/.well-known/traffic-advice",
    "/.well-known/acme-challenge/abcDEF-123_456",
    "HEAD /",
  ];
  const dated = Array.from(
    { length: 400 },
    (_, index) => `/20${10 + (index % 15)}/0${1 + (index % 9)}/post-number-${index}/`,
  );
  return [
    ...fixed,
    ...dated,
    ...Array.from({ length: 400 }, (_, index) => `/wp-admin/post.php?post=${index}&action=edit`),
  ];
}
