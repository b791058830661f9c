/** How servers of tests give the bytes of an object, or a range of them. */
import type { IncomingMessage, ServerResponse } from "node:http";

/** What is answered besides the bytes. */
export interface GivenObject {
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** Ends the answer to a range that begins behind the end. */
  readonly refuseRange: (response: ServerResponse) => void;
}

/** Answers with the bytes, or those of the range that is asked for (RFC 9110, section 14); to HEAD with the head alone. */
export function giveBytes(
  { bytes, headers, refuseRange }: GivenObject,
  request: Pick<IncomingMessage, "method" | "headers">,
  response: ServerResponse,
): void {
  const { range } = request.headers;
  const [, first = "0", last = ""] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
  const [start, end] = [Number(first), Math.min(last === "" ? bytes.length : Number(last) + 1, bytes.length)];
  if (range !== undefined && start >= bytes.length) {
    response.setHeader("content-range", `bytes */${bytes.length}`);
    refuseRange(response);
    return;
  }
  response.writeHead(range === undefined ? 200 : 206, {
    ...headers,
    "content-length": end - start,
    ...(range === undefined ? {} : { "content-range": `bytes ${start}-${end - 1}/${bytes.length}` }),
  });
  response.end(request.method === "HEAD" ? undefined : bytes.subarray(start, end));
}
