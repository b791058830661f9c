/** Requests of stores that say who asks. */
import type { OutboundAnswer, OutboundRequest } from "../outbound/outbound-request.ts";

/** A request as it is sent. */
export interface SignedRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends a request that is made anew for each attempt: signatures hold the time they were made, and tokens end. Follows no redirects. */
export type SendSigned = (make: () => Promise<SignedRequest>, signal: AbortSignal) => Promise<OutboundAnswer>;

/** Asks for a token. */
export type SendPlain = (
  request: Pick<OutboundRequest, "url" | "method" | "headers" | "body">,
  signal: AbortSignal,
) => Promise<OutboundAnswer>;
