/** The two ways code stops that are not the fault of the user's text. */
import { DAMAGE_CODES, LOSS_CODES } from "./codes/run.ts";
import type { FailureCode } from "./codes.ts";

/** A place in a source of bytes: which source, and the offset in bytes of its uncompressed content. */
export interface BytePlace {
  readonly uri: string;
  readonly offset?: number;
}

/** What can be said about a failure besides its message. */
export interface FailureDetails {
  readonly help?: string;
  readonly place?: BytePlace;
  readonly cause?: unknown;
}

/** The world failed: a file, a network, an engine, a limit. Caught where something can be done, else at the door. */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly help: string | null;
  readonly place: BytePlace | null;

  constructor(code: FailureCode, message: string, details: FailureDetails = {}) {
    super(message, { cause: details.cause });
    this.name = "Failure";
    this.code = code;
    this.help = details.help ?? null;
    this.place = details.place ?? null;
  }
}

/** The code of data that gave what could be read of it before it failed. */
export type DamageCode = (typeof DAMAGE_CODES)[number];

/** The code of a failure that stands for damage in one source, after what could be read of it; null for all else that is thrown. */
export function damageCodeOf(thrown: unknown): DamageCode | null {
  if (!(thrown instanceof Failure)) return null;
  return DAMAGE_CODES.find((code) => code === thrown.code) ?? null;
}

/** Whether a failure ends one source of several, so that the others are read all the same: damage, and what is not there or cannot be read. */
export function endsOneSource(thrown: unknown): thrown is Failure {
  if (!(thrown instanceof Failure)) return false;
  return damageCodeOf(thrown) !== null || LOSS_CODES.some((code) => code === thrown.code);
}

/** A `Failure` as plain data, to cross threads. */
export interface FailureData {
  readonly code: FailureCode;
  readonly message: string;
  readonly help: string | null;
  readonly place: BytePlace | null;
}

/** Plain data of any thrown thing; what is not a `Failure` becomes `engine-failed` with its stack as help. */
export function failureToData(thrown: unknown): FailureData {
  if (thrown instanceof Failure) {
    return { code: thrown.code, message: thrown.message, help: thrown.help, place: thrown.place };
  }
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { code: "engine-failed", message: error.message, help: error.stack ?? null, place: null };
}

/** The `Failure` that `failureToData` took apart. */
export function failureFromData(data: FailureData): Failure {
  return new Failure(data.code, data.message, {
    ...(data.help === null ? {} : { help: data.help }),
    ...(data.place === null ? {} : { place: data.place }),
  });
}

/** States what must hold; when it does not, the mistake is ours. Never caught. */
export function invariant(condition: unknown, mustHold: string): asserts condition {
  if (!condition) throw new Error(`Internal error: ${mustHold}`);
}

/** Proves at compile time that a switch is exhaustive. */
export function unreachable(value: never): never {
  throw new Error(`Internal error: unexpected ${JSON.stringify(value)}`);
}
