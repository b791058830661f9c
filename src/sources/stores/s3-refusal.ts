/** What is said when S3 refuses, by the codes of its answers (Amazon S3 API, "Error responses"). */
import { Failure } from "#text";
import type { ErrorPage } from "./s3-answers.ts";
import { type RefusalReason, refusalByCode } from "./store-refusal.ts";

const KEYS =
  "Keys come from the datastore, else from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or the role of this machine.";
const denied = (sentence: string, help: string = KEYS): RefusalReason => ({
  code: "access-denied",
  sentence,
  help,
});
const EXPIRED = denied(
  "the session token has expired",
  "Log in again (`aws sso login`), or give keys that are valid still.",
);

const REASONS: Readonly<Record<string, RefusalReason>> = {
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
  if (code === "NoSuchBucket") {
    return new Failure("source-missing", `There is no bucket for "${uri}".`, {
      help: "Look for a mistake in its name, and in the endpoint.",
      place: { uri },
    });
  }
  // "KMS.DisabledException" and its like.
  const known = code.startsWith("KMS.") ? "KMS" : code;
  const help =
    region === "" ? {} : { help: `The bucket is in the region "${region}": write it before the bucket.` };
  return refusalByCode({ status, code: known, message, ...help }, { byCode: REASONS, aboutKeys: KEYS }, uri);
}
