/** What is said when a store refuses with a code of its own. */
import { Failure, type FailureCode } from "#text";

/** What a code means. */
export interface RefusalReason {
  readonly code: FailureCode;
  /** Continues `"uri" cannot be read: `. */
  readonly sentence: string;
  readonly help: string;
}

/** The codes of a kind of stores, and what helps where credentials do not suffice. */
export interface RefusalReasons {
  readonly byCode: Readonly<Record<string, RefusalReason>>;
  readonly aboutKeys: string;
}

/** An answer that is no. */
export interface StoreRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** What helps when nothing is known of the code. */
  readonly help?: string;
}

/** The failure that an answer about an object means, when the store said no more than its code. */
export function refusalByCode(
  { status, code, message, help }: StoreRefusal,
  { byCode, aboutKeys }: RefusalReasons,
  uri: string,
): Failure {
  const place = { uri };
  if (status === 404) return new Failure("source-missing", `There is no object "${uri}".`, { place });
  const known = Object.hasOwn(byCode, code) ? byCode[code] : undefined;
  if (known !== undefined) {
    const sentence = `"${uri}" cannot be read: ${known.sentence}.`;
    return new Failure(known.code, sentence, { help: known.help, place });
  }
  const told = [String(status), code, message].filter((part) => part !== "").join(" ");
  const sentence = `"${uri}" cannot be read: the store answers ${told.replace(/\.$/, "")}.`;
  if (status === 401 || status === 403)
    return new Failure("access-denied", sentence, { help: aboutKeys, place });
  return new Failure("source-unreadable", sentence, { ...(help === undefined ? {} : { help }), place });
}
