/** Where a CTIM server is, by what users write. */
import type { CtimPlace } from "#actions";
import { Failure, readAddress } from "#text";

/**
 * The server at an address. Without a path, its API is at `/ctia`. Throws a `usage` failure.
 *
 * @param tokenUrl  null: Cisco gives tokens for `private.intel.…` at `visibility.…`; other servers at `/iroh/oauth2/token`
 */
export function ctimPlaceOf(to: string, tokenUrl: string | null): CtimPlace {
  const server = urlOf("to", to);
  const path = server.pathname.replace(/\/+$/, "");
  const baseUrl = `${server.origin}${path === "" ? "/ctia" : path}`;
  if (tokenUrl !== null) return { baseUrl, tokenUrl: urlOf("token-url", tokenUrl).href };
  const host = server.host.replace(/^private\.intel\.(?=(?:[\w-]+\.)*cisco\.com$)/, "visibility.");
  return { baseUrl, tokenUrl: `${server.protocol}//${host}/iroh/oauth2/token` };
}

function urlOf(option: string, text: string): URL {
  if (!URL.canParse(text))
    throw wrong(option, `takes an address such as https://ctim.example.com, not "${text}".`);
  const url = new URL(text);
  if (url.username !== "" || url.password !== "")
    throw wrong(
      option,
      "takes an address without user and password: --client-id and --client-secret name these.",
    );
  if (url.search !== "" || url.hash !== "") throw wrong(option, "takes an address without ? and #.");
  const isSafe = url.protocol === "https:" || (url.protocol === "http:" && isThisMachine(url.hostname));
  if (!isSafe) throw wrong(option, "takes an address that begins with https:// – a secret goes there.");
  return url;
}

/** Nobody listens between. */
function isThisMachine(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  return host === "localhost" || (readAddress(host) !== null && (/^127\./.test(host) || host === "::1"));
}

function wrong(option: string, what: string): Failure {
  return new Failure("usage", `--${option} ${what}`);
}
