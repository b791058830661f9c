/** What is said when S3 refuses, by the codes of its answers (Amazon S3 API, "Error responses"). */
import { Failure, type FailureCode } from "#text";
import type { ErrorPage } from "./s3-answers.ts";

interface Reason {
  readonly code: FailureCode;
  /** Continues `"uri" cannot be read: `. */
  readonly sentence: string;
  readonly help: string;
}

const KEYS =
  "Keys come from the datastore, else from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or the role of this machine.";
const denied = (sentence: string, help: string = KEYS): Reason => ({ code: "access-denied", sentence, help });
const EXPIRED = denied(
  "the session token has expired",
  "Log in again (`aws sso login`), or give keys that are valid still.",
);

const REASONS: Readonly<Record<string, Reason>> = {
  InvalidAccessKeyId: denied("the access key is not known there"),
  SignatureDoesNotMatch: denied("the secret key is wrong"),
  ExpiredToken: EXPIRED,
  TokenRefreshRequired: EXPIRED,
  InvalidToken: denied("the session token is wrong"),
  RequestTimeTooSkewed: denied(
    "the clock of this machine is wrong",
    "Signatures hold for 15 minutes: set the clock.",
  ),
  AccessDenied: denied(
    "these credentials may not read it",
    'They need s3:GetObject, and s3:ListBucket for wildcards. Without s3:ListBucket S3 says so too of what is not there. Buckets that everybody may read need "anonymous: true".',
  ),
  AllAccessDisabled: denied("the bucket is closed", "Ask the owner of the bucket."),
  AccountProblem: denied("the account of the bucket is closed", "Ask the owner of the bucket."),
  InvalidObjectState: {
    code: "source-unreadable",
    sentence: "it is archived",
    help: "Restore it from its archive (Glacier) first.",
  },
  KMS: denied("its key of encryption may not be used", "The credentials need kms:Decrypt for the key."),
};

/** The failure that an answer means, which is neither 200 nor 206. */
export function s3Refusal(status: number, { code, message, region }: ErrorPage, uri: string): Failure {
  const place = { uri };
  if (code === "NoSuchBucket") {
    return new Failure("source-missing", `There is no bucket for "${uri}".`, {
      help: "Look for a mistake in its name, and in the endpoint.",
      place,
    });
  }
  if (status === 404) return new Failure("source-missing", `There is no object "${uri}".`, { place });
  const family = code.startsWith("KMS.") ? "KMS" : code;
  const known = Object.hasOwn(REASONS, family) ? REASONS[family] : undefined;
  if (known !== undefined) {
    return new Failure(known.code, `"${uri}" cannot be read: ${known.sentence}.`, {
      help: known.help,
      place,
    });
  }
  const told = [String(status), code, message].filter((part) => part !== "").join(" ");
  const sentence = `"${uri}" cannot be read: the store answers ${told.replace(/\.$/, "")}.`;
  if (status === 401 || status === 403) return new Failure("access-denied", sentence, { help: KEYS, place });
  const help =
    region === "" ? {} : { help: `The bucket is in the region "${region}": write it before the bucket.` };
  return new Failure("source-unreadable", sentence, { ...help, place });
}
