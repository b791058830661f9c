/** Gets what is at an address of the web, up to a size, for commands that were told to. */
import type { HttpAnswer, HttpGet } from "#enrichment";
import { type OutboundPolicy, outboundRequest, readBody } from "#sources";

/** Gets from where the policy lets requests go. The answer of a server is given whatever its status. */
export function downloadUnder(policy: OutboundPolicy): HttpGet {
  return async (url, { headers, mostBytes, signal }): Promise<HttpAnswer> => {
    const answer = await outboundRequest({ url, headers, signal, policy });
    return { status: answer.status, headers: answer.headers, body: await readBody(answer, mostBytes) };
  };
}
