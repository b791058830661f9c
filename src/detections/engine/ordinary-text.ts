/** What ordinary logs are full of: literals that stand in it tell nothing. Made up, after what servers and browsers write every day. */
const ORDINARY = `
192.0.2.7 - - [01/oct/2026:00:00:01 +0000] "get /index.html?id=12&page=3&q=words+of+a+search&lang=en http/1.1" 200 5123
"https://www.example.com/category/products/item-123?ref=home&sort=price&order=desc&limit=20&offset=40&type=all&name=x&view=list"
"mozilla/5.0 (windows nt 10.0; win64; x64) applewebkit/537.36 (khtml, like gecko) chrome/126.0.0.0 safari/537.36 edg/126.0"
"mozilla/5.0 (macintosh; intel mac os x 10_15_7) version/17.4 mobile/15e148 (iphone; cpu iphone os 17_4 like mac os x) firefox/127.0"
"mozilla/5.0 (x11; linux x86_64; rv:109.0) (linux; android 14; pixel) (compatible; googlebot/2.1; +http://www.google.com/bot.html)"
"mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) baiduspider yandexbot msie trident ubuntu debian opera"
post put head options delete http/1.0 http/2.0 /images/logo.png /css/style.css /js/jquery.min.js /favicon.ico /robots.txt /sitemap.xml
/static/assets/app.bundle.js /api/v1/users/42/orders /api/v2/session /blog/2026/10/01/title-of-a-post /feed/rss.xml /about /contact /news
/search?q=one+two /login /logout /account/settings /cart/checkout /wp-content/uploads/2026/10/picture.jpg /archive/tags/projects/files
.jpeg .gif .svg .webp .woff2 .ttf .map .json .txt .pdf .zip .mp4 .php .asp .html http:// https:// www. .com/ .org/ .net/ .de/ utm_source=
utm_medium=email&utm_campaign=autumn&gclid=abc&fbclid=def&_ga=1.2&callback=json&format=xml&date=2026-10-01&time=12:00&token=0123456789abcdef
jan feb mar apr may jun jul aug sep oct nov dec 2025 2027 301 302 304 400 403 404 500 -0400 +0200 user admin-bar "-" "-" gzip, deflate
log logs style styles search version windows set and project version images dynamic parse conf config index main content upload
`;

/** Whether a text (lower case) is part of what ordinary logs hold. */
export function isOrdinary(text: string): boolean {
  return text.length < 2 || ORDINARY.includes(text);
}
