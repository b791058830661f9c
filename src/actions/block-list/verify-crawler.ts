/** Whether a client is the crawler that it says it is: its name and its address point at each other, as the search engines describe it. */
import { readAddress } from "#language";

/** What is asked of DNS. Both reject when no answer comes. */
export interface NameLookups {
  /** Names of an address. */
  reverse(address: string): Promise<readonly string[]>;
  /** Addresses of a name, both families. */
  addresses(name: string): Promise<readonly string[]>;
}

/** Domains of crawlers whose operators publish that they can be verified so. */
const CRAWLERS: readonly (readonly [string, string])[] = [
  ["googlebot.com", "Googlebot"],
  ["google.com", "Google"],
  ["search.msn.com", "Bingbot"],
  ["applebot.apple.com", "Applebot"],
  ["yandex.ru", "Yandex"],
  ["yandex.net", "Yandex"],
  ["yandex.com", "Yandex"],
  ["crawl.baidu.com", "Baidu"],
  ["crawl.baidu.jp", "Baidu"],
  ["crawl.yahoo.net", "Yahoo"],
  ["petalsearch.com", "Petal"],
  ["seznam.cz", "Seznam"],
];

/** The verified name of the crawler at an address, as a reason; null: it is none, or nobody could say. */
export async function verifyCrawler(client: string, lookups: NameLookups): Promise<string | null> {
  try {
    for (const name of await lookups.reverse(client)) {
      const host = name.toLowerCase().replace(/\.$/, "");
      const crawler = CRAWLERS.find(([domain]) => host.endsWith(`.${domain}`));
      if (crawler === undefined) continue;
      const addresses = await lookups.addresses(host);
      const wanted = readAddress(client);
      if (addresses.some((address) => readAddress(address) === wanted))
        return `verified crawler ${crawler[1]} (${host})`;
    }
  } catch {
    // No answer verifies nobody.
  }
  return null;
}
