/** What is said when another machine does not give what is asked. */
import { Failure, type FailureDetails } from "#text";

/** What is known about errors of connections, by their codes; `{host}` stands for the machine. */
const SENTENCES: Readonly<Record<string, { readonly sentence: string; readonly help?: string }>> = {
  ENOTFOUND: { sentence: 'there is no machine "{host}"', help: "Look for a mistake in its name." },
  EAI_AGAIN: {
    sentence: 'the name "{host}" cannot be resolved now',
    help: "The name servers do not answer.",
  },
  ECONNREFUSED: { sentence: '"{host}" takes no connections on this port' },
  ECONNRESET: { sentence: '"{host}" broke the connection' },
  ERR_STREAM_PREMATURE_CLOSE: { sentence: '"{host}" broke the connection' },
  EPIPE: { sentence: '"{host}" broke the connection' },
  ETIMEDOUT: { sentence: '"{host}" cannot be reached' },
  EHOSTUNREACH: { sentence: '"{host}" cannot be reached' },
  ENETUNREACH: { sentence: '"{host}" cannot be reached' },
  EPROTO: { sentence: '"{host}" does not speak TLS on this port', help: "Is it http instead of https?" },
  ERR_TLS_CERT_ALTNAME_INVALID: { sentence: 'the certificate of "{host}" is for another name' },
  CERT_HAS_EXPIRED: { sentence: 'the certificate of "{host}" has expired' },
};
const UNKNOWN_ISSUER = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
]);
const OWN_ISSUER_HELP =
  "When the issuer is your own, name its certificate: NODE_EXTRA_CA_CERTS=FILE of PEM certificates.";

/** An address of the web as it may be shown: without user, password and fragment. The query may hold a signature, and is cut. */
export function shownUrl(url: string): string {
  if (!URL.canParse(url)) return url.replace(/[?#].*$/s, "").replace(/\/\/[^/]*@/, "//");
  const { protocol, host, pathname, search } = new URL(url);
  return `${protocol}//${host}${pathname}${search === "" ? "" : "?…"}`;
}

/** A failure of a request for the address. `reason` continues `"url" cannot be fetched: `. */
export function outboundFailure(url: string, reason: string, details: FailureDetails = {}): Failure {
  const uri = shownUrl(url);
  return new Failure("outbound-failed", `"${uri}" cannot be fetched: ${reason}.`, {
    place: { uri },
    ...details,
  });
}

/** Why a connection failed, as a failure; one that is a failure already stays what it is. */
export function connectionFailure(url: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const code = connectionCodeOf(error);
  const host = URL.canParse(url) ? new URL(url).host : url;
  const known = Object.hasOwn(SENTENCES, code) ? SENTENCES[code] : undefined;
  if (known !== undefined) {
    const help = known.help === undefined ? {} : { help: known.help };
    return outboundFailure(url, known.sentence.replace("{host}", host), { ...help, cause: error });
  }
  if (UNKNOWN_ISSUER.has(code)) {
    const reason = `nobody known vouches for the certificate of "${host}"`;
    return outboundFailure(url, reason, { help: OWN_ISSUER_HELP, cause: error });
  }
  if (code.startsWith("HPE_")) {
    return outboundFailure(url, `what "${host}" answers is not HTTP as it should be`, { cause: error });
  }
  const message = error instanceof Error && error.message !== "" ? error.message : code;
  return outboundFailure(url, message || "the connection failed", { cause: error });
}

/** The failure of a machine that says nothing for too long. */
export function timeoutFailure(url: string, what: "connect" | "silence", limitMs: number): Failure {
  const uri = shownUrl(url);
  const sentence =
    what === "connect"
      ? `No connection for "${uri}" came about within ${limitMs / 1000} s.`
      : `Nothing came from "${uri}" for ${limitMs / 1000} s.`;
  return new Failure("outbound-timeout", sentence, { place: { uri } });
}

/** The failure of an answer that is larger than what is taken. */
export function tooLargeFailure(url: string, maxBytes: number): Failure {
  const uri = shownUrl(url);
  return new Failure("outbound-too-large", `"${uri}" gives more than ${maxBytes} bytes, the limit.`, {
    place: { uri },
  });
}

/** The code of an error of a connection, such as `ECONNRESET`; of several attempts that of the last. */
export function connectionCodeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0)
    return connectionCodeOf(error.errors.at(-1));
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}
