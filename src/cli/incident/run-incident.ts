/** What `trawl incident` does; loaded by it alone. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text as textOfStream } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import {
  CTIM_KINDS,
  CTIM_SOURCE,
  type CtimCredentials,
  type CtimPlace,
  type CtimRequest,
  CtimSession,
  type CtimWorld,
  deleteSent,
  findSent,
  pretendToSend,
  type RefusedObject,
  readCtimBundle,
  Secret,
  type SendRequest,
  type SentObject,
  sendBundle,
  shortIdOf,
} from "#actions";
import { outboundRequest, readBody } from "#sources";
import { countOf, Failure, visibleText } from "#text";
import { lastValue } from "../arguments.ts";
import type { Invocation } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { policyOf } from "../outside.ts";
import { printSize } from "../sizes.ts";
import { watchForStop } from "../stop.ts";
import { ctimPlaceOf } from "./ctim-place.ts";
import { isReference, readSecret } from "./secret-reference.ts";

const LARGEST_ANSWER_BYTES = 64 << 20;
const SHOWN_REFUSALS = 20;
/** Servers take their time to import many objects. */
const SILENCE_TIMEOUT_MS = 120_000;

/** Runs the command. */
export async function runIncident(invocation: Invocation): Promise<number> {
  const [action, file, more] = invocation.arguments.positionals;
  if (action === "send" && file !== undefined)
    return await inCtimSession(invocation, (session) => send(file, session, invocation));
  if (action === "clean" && file === undefined)
    return await inCtimSession(invocation, (session) => clean(session, invocation));
  const known = action === "send" || action === "clean";
  throw new Failure(
    "usage",
    known
      ? `trawl incident ${action} is not written so${more === undefined ? "" : ` with "${more}"`}.`
      : `trawl incident takes send or clean, not "${action}".`,
    { help: "trawl incident send FILE --to URL, or: trawl incident clean --to URL" },
  );
}

async function inCtimSession(
  invocation: Invocation,
  act: (session: CtimSession) => Promise<number>,
): Promise<number> {
  const { surroundings, settings } = invocation;
  const stop = watchForStop(surroundings, settings.timeoutMs);
  try {
    const place = placeOf(invocation);
    const world = worldOf(invocation, stop.signal);
    return await act(new CtimSession(place, await credentialsOf(invocation), world));
  } catch (error) {
    const reason: unknown = stop.signal.reason;
    throw reason instanceof Failure ? reason : error;
  } finally {
    stop.release();
    invocation.messages.clearProgress();
  }
}

function placeOf({ arguments: parsed }: Invocation): CtimPlace {
  const to = lastValue(parsed, "to");
  if (to === null) throw new Failure("usage", "--to is missing: the address of the server.");
  return ctimPlaceOf(to, lastValue(parsed, "token-url"));
}

function isDryRun({ arguments: parsed }: Invocation): boolean {
  return parsed.values.has("dry-run");
}

/** A dry run needs no credentials: what is not read cannot be shown. */
async function credentialsOf(invocation: Invocation): Promise<CtimCredentials> {
  const { arguments: parsed, surroundings } = invocation;
  const id = lastValue(parsed, "client-id");
  const secret = lastValue(parsed, "client-secret");
  if (secret !== null && !isReference(secret)) await readSecret("client-secret", secret, surroundings);
  if (isDryRun(invocation)) return { clientId: "", clientSecret: new Secret("") };
  if (id === null || secret === null)
    throw new Failure("usage", `--${id === null ? "client-id" : "client-secret"} is missing.`, {
      help: "Make an API client in the settings of the server; its scope is private-intel.",
    });
  const clientId = isReference(id) ? (await readSecret("client-id", id, surroundings)).reveal() : id;
  return { clientId, clientSecret: await readSecret("client-secret", secret, surroundings) };
}

function worldOf(invocation: Invocation, signal: AbortSignal): CtimWorld {
  const { messages, surroundings } = invocation;
  return {
    send: isDryRun(invocation)
      ? pretendToSend((request) => surroundings.stdout.write(`${printRequest(request)}\n`))
      : sender(invocation, signal),
    sleep: async (durationMs) => {
      await wait(durationMs, undefined, { signal });
    },
    clockMs: surroundings.clockMs,
    onWait: (durationMs) =>
      messages.note(`The server wants to be asked later: waiting ${Math.ceil(durationMs / 1000)} s.`),
  };
}

function sender({ settings, messages }: Invocation, signal: AbortSignal): SendRequest {
  const policy = policyOf(settings);
  let sent = 0;
  return async ({ url, method, headers, body, purpose }) => {
    messages.progress(`${countOf(++sent, "request")}: ${purpose}`);
    const answer = await outboundRequest({
      url,
      method,
      headers,
      ...(body === null ? {} : { body }),
      signal,
      policy,
      maxRedirects: 0,
      silenceTimeoutMs: SILENCE_TIMEOUT_MS,
    });
    const bytes = await readBody(answer, LARGEST_ANSWER_BYTES);
    return { status: answer.status, headers: answer.headers, body: new TextDecoder().decode(bytes) };
  };
}

function printRequest({ method, url, body, purpose }: CtimRequest): string {
  const size = body === null ? "" : `${printSize(Buffer.byteLength(body))}, `;
  return visibleText(`${method} ${url} (${size}${purpose})`);
}

async function send(file: string, session: CtimSession, invocation: Invocation): Promise<number> {
  const { surroundings, arguments: parsed } = invocation;
  const bundle = readCtimBundle(await readInput(file, invocation), file);
  const feed = lastValue(parsed, "feed");
  const feedId = feed === null ? null : shortIdOf(feed, "indicator");
  if (feed !== null && feedId === null)
    throw new Failure(
      "usage",
      `--feed takes the id of an indicator, "indicator-…" or its address, not "${feed}".`,
    );
  if (bundle.objects.length === 0) {
    invocation.messages.note(`"${file}" holds no incident: there is nothing to send.`);
    return EXIT.done.code;
  }
  const { sent, known, refused } = await sendBundle(session, bundle, feedId);
  invocation.messages.clearProgress();
  if (isDryRun(invocation)) {
    invocation.messages.note("Nothing was sent. What the server has already would be left out.");
    return EXIT.done.code;
  }
  for (const kind of [...CTIM_KINDS].reverse())
    if (sent[kind] + known[kind] > 0)
      surroundings.stdout.write(`${kind}: ${sent[kind]} sent, ${known[kind]} there already\n`);
  return tellRefused(refused, invocation);
}

async function readInput(file: string, { surroundings }: Invocation): Promise<string> {
  if (file === "-") return await textOfStream(process.stdin);
  try {
    return await readFile(resolve(surroundings.workingDirectory, file), "utf8");
  } catch (cause) {
    throw new Failure("source-unreadable", `"${file}" cannot be read.`, { place: { uri: file }, cause });
  }
}

async function clean(session: CtimSession, invocation: Invocation): Promise<number> {
  const { surroundings, arguments: parsed, messages } = invocation;
  const source = lastValue(parsed, "source") ?? CTIM_SOURCE;
  const found = await findSent(session, source);
  messages.clearProgress();
  if (isDryRun(invocation)) {
    const url = `${session.place.baseUrl}/KIND/ID`;
    surroundings.stdout.write(`DELETE ${url} (each of them whose external id was made by Trawl)\n`);
    messages.note("Nothing was sent.");
    return EXIT.done.code;
  }
  if (found.length === 0) messages.note(`Nothing of the source "${source}" is there.`);
  else if (!parsed.values.has("yes")) {
    surroundings.stdout.write(printCounts(found, "to delete"));
    messages.note("Nothing is deleted yet: say --yes.");
  } else {
    const { deleted, refused } = await deleteSent(session, found);
    messages.clearProgress();
    for (const kind of CTIM_KINDS)
      if (deleted[kind] > 0) surroundings.stdout.write(`${kind}: ${deleted[kind]} deleted\n`);
    return tellRefused(refused, invocation);
  }
  return EXIT.done.code;
}

function printCounts(objects: readonly SentObject[], what: string): string {
  return CTIM_KINDS.map((kind) => [kind, objects.filter((one) => one.kind === kind).length] as const)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${kind}: ${count} ${what}\n`)
    .join("");
}

function tellRefused(refused: readonly RefusedObject[], { messages }: Invocation): number {
  for (const { kind, externalId, reason } of refused.slice(0, SHOWN_REFUSALS))
    messages.warning(`${kind} ${externalId}: ${reason}`);
  if (refused.length > SHOWN_REFUSALS)
    messages.warning(`And ${countOf(refused.length - SHOWN_REFUSALS, "object")} more.`);
  return refused.length === 0 ? EXIT.done.code : EXIT.unreachable.code;
}
