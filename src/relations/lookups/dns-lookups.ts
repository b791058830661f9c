/** Names and addresses by the system's DNS. */
import { Resolver } from "node:dns/promises";
import { printAddress, readAddress, type Value } from "#language";
import { nothingInstalled, type OutsideLookups } from "./outside-lookups.ts";

/** What of `node:dns` is used; tests give their own. */
export interface DnsResolver {
  reverse(address: string): Promise<string[]>;
  resolve4(name: string): Promise<string[]>;
  resolve6(name: string): Promise<string[]>;
  cancel(): void;
}

/** What DNS says when there is no such name. */
const NO_NAME = new Set(["ENOTFOUND", "ENODATA", "EBADNAME", "EBADQUERY"]);
const LONGEST_NAME = 253;
/** Answers are good for so long: most names say an hour or more, and a log is older anyway. */
const KEPT_MS = 3_600_000;
const NONE_KEPT_MS = 300_000;
const MOST_KEPT = 200_000;

/** How DNS is asked. */
export interface DnsOptions {
  /** Name servers, as addresses with or without a port; null: those of the system. */
  readonly servers?: readonly string[] | null;
  /** Keeps answers for as long as the process lives, or a caller wants; absent: queries remember their own alone. */
  readonly cache?: DnsCache;
  readonly openResolver?: () => DnsResolver;
}

/** Answers DNS_LOOKUP and DNS_RESOLVE; all else is passed on. */
export function dnsLookups(others: OutsideLookups, options: DnsOptions = {}): OutsideLookups {
  const { servers = null, cache = null } = options;
  const openResolver = options.openResolver ?? (() => systemResolver(servers));
  const remembered = (key: string, question: () => Promise<Value>) =>
    cache === null ? question() : cache.answer(key, question);
  return {
    ...others,
    answer: async (question, signal) => {
      const [value] = question.arguments;
      switch (question.function) {
        case "dns_lookup":
          if (typeof value !== "bigint") return null;
          return remembered(`ptr ${value}`, () =>
            ask(signal, openResolver(), async (dns) => firstOf(await dns.reverse(printAddress(value)))),
          );
        case "dns_resolve":
          if (typeof value !== "string" || !isName(value)) return null;
          return remembered(`a ${value.toLowerCase()}`, () =>
            ask(signal, openResolver(), (dns) => addressOf(dns, value)),
          );
        default:
          return others.answer(question, signal);
      }
    },
  };
}

/** Answers of DNS for a time: the world's "there is none" for a shorter one; what did not come is not kept. */
export class DnsCache {
  readonly #clockMs: () => number;
  readonly #answers = new Map<string, { readonly value: Value; readonly untilMs: number }>();

  /** `clockMs` never goes back. */
  constructor(clockMs: () => number) {
    this.#clockMs = clockMs;
  }

  /** What is known and not too old, else what the question gives. */
  async answer(key: string, question: () => Promise<Value>): Promise<Value> {
    const known = this.#answers.get(key);
    if (known !== undefined && known.untilMs > this.#clockMs()) return known.value;
    const value = await question();
    if (this.#answers.size >= MOST_KEPT) this.#dropOldest();
    this.#answers.delete(key);
    this.#answers.set(key, { value, untilMs: this.#clockMs() + (value === null ? NONE_KEPT_MS : KEPT_MS) });
    return value;
  }

  #dropOldest(): void {
    for (const key of this.#answers.keys()) {
      this.#answers.delete(key);
      return;
    }
  }
}

function systemResolver(servers: readonly string[] | null): DnsResolver {
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  if (servers !== null) resolver.setServers(servers);
  return resolver;
}

function isName(text: string): boolean {
  return text.length > 0 && text.length <= LONGEST_NAME && /^[A-Za-z0-9._-]+$/.test(text);
}

async function ask(
  signal: AbortSignal,
  dns: DnsResolver,
  question: (dns: DnsResolver) => Promise<Value>,
): Promise<Value> {
  const cancel = () => dns.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  try {
    return await question(dns);
  } catch (error) {
    if (NO_NAME.has(codeOf(error))) return null;
    throw error;
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

/** The first of the addresses in their own order; IPv4 before IPv6. */
async function addressOf(dns: DnsResolver, name: string): Promise<Value> {
  try {
    const [address] = [...(await dns.resolve4(name))].sort();
    if (address !== undefined) return readAddress(address);
  } catch (error) {
    if (!NO_NAME.has(codeOf(error))) throw error;
  }
  const [address] = [...(await dns.resolve6(name))].sort();
  return address === undefined ? null : readAddress(address);
}

/** The same name in every run: DNS gives them in any order. */
function firstOf(names: readonly string[]): string | null {
  return [...names].sort()[0] ?? null;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** Answers nothing of the network: for runs that ask no other machines. */
export const OFFLINE_LOOKUPS: OutsideLookups = {
  answer: ({ function: name }) => {
    const isNetwork = name === "dns_lookup" || name === "dns_resolve" || name === "fetch";
    return Promise.reject(isNetwork ? new Error("offline") : nothingInstalled(name));
  },
};
