/** Gets what is at an address of the web, up to a size, for commands that were told to. */
import type { HttpAnswer } from "#enrichment";

/** Longer nothing comes: the server is away. */
const LONGEST_SILENCE_MS = 30_000;

/** The answer of a server, whatever its status. Throws when none comes, or when it is larger than `mostBytes`. */
export async function download(
  url: string,
  request: {
    readonly headers: Readonly<Record<string, string>>;
    readonly mostBytes: number;
    readonly signal: AbortSignal;
  },
): Promise<HttpAnswer> {
  const silence = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(new Error("the server says nothing")), LONGEST_SILENCE_MS);
  };
  heard();
  try {
    const signal = AbortSignal.any([request.signal, silence.signal]);
    const answer = await fetch(url, { headers: request.headers, signal, redirect: "follow" });
    const pieces: Uint8Array[] = [];
    let sizeBytes = 0;
    for await (const piece of answer.body ?? []) {
      heard();
      sizeBytes += piece.length;
      if (sizeBytes > request.mostBytes) throw new Error(`more than ${request.mostBytes} bytes come`);
      pieces.push(piece);
    }
    return { status: answer.status, headers: new Map(answer.headers), body: Buffer.concat(pieces) };
  } finally {
    clearTimeout(timer);
  }
}
