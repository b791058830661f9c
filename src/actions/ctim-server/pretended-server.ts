/** A server that is none: it has nothing, takes everything, and tells what it was asked. */
import { CTIM_KINDS } from "../incident/ctim-bundle.ts";
import type { CtimAnswer, CtimRequest, SendRequest } from "./ctim-request.ts";
import { memberOf } from "./ctim-session.ts";

/** Sends nothing. `onRequest` gets what would be sent, in order. */
export function pretendToSend(onRequest: (request: CtimRequest) => void): SendRequest {
  let made = 0;
  const idOf = (kind: string) => `${kind}-00000000-0000-0000-0000-${String(++made).padStart(12, "0")}`;
  return (request) => {
    onRequest(request);
    if (request.purpose === "asks for a token") return answer(200, { access_token: "none", expires_in: 600 });
    // The feed.
    if (/\/indicator\/indicator-[^/]*$/.test(request.url)) return answer(200, { id: request.url });
    if (request.method !== "POST") return answer(200, []);
    const content: unknown = JSON.parse(request.body ?? "null");
    if (memberOf(content, "type") !== "bundle")
      return answer(201, { id: idOf(String(memberOf(content, "type"))) });
    const objects = CTIM_KINDS.flatMap((kind) => {
      const list = memberOf(content, `${kind}s`);
      return Array.isArray(list) ? list.map((object: unknown) => ({ kind, object })) : [];
    });
    const results = objects.map(({ kind, object }) => ({
      original_id: memberOf(object, "id"),
      id: idOf(kind),
      result: "created",
    }));
    return answer(200, { results });
  };
}

function answer(status: number, content: unknown): Promise<CtimAnswer> {
  return Promise.resolve({ status, headers: new Map(), body: JSON.stringify(content) });
}
