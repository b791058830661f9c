/** The failure that ends whatever a signal stops. */
import { Failure } from "#text";

/** Throws `cancelled` once the signal is aborted. */
export function throwIfCancelled(signal: AbortSignal | null): void {
  if (signal?.aborted === true) {
    throw new Failure("cancelled", "Reading was stopped before its end.", { cause: signal.reason });
  }
}
