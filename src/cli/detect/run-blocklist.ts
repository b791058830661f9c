/** What `trawl blocklist` does. */
import { Resolver } from "node:dns/promises";
import { resolve } from "node:path";
import {
  type AllowedNetwork,
  BLOCK_LIST_FORMATS,
  type BlockCandidate,
  type BlockDecision,
  decideBlocks,
  type NameLookups,
  ownNetworks,
  parseAllowList,
  SEVERITIES,
  verifyCrawler,
} from "#actions";
import { countOf, Failure, parseDurationMs, visibleText } from "#text";
import { lastValue } from "../arguments.ts";
import type { Invocation } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { openFileOutput, openStandardOutput } from "../output-target.ts";
import { inSession } from "../session.ts";
import { readOrFail, setUpDetection } from "./detection-setup.ts";
import { findLogGroups } from "./log-groups.ts";
import { detect } from "./run-detect.ts";

/** Carries out `trawl blocklist`, and gives the exit code. */
export async function runBlocklist(invocation: Invocation): Promise<number> {
  const { arguments: parsed, surroundings, messages } = invocation;
  const format = formatOf(lastValue(parsed, "format") ?? "plain");
  const lifetimeSeconds = lifetimeOf(lastValue(parsed, "ttl") ?? "24h");
  const setName = setNameOf(lastValue(parsed, "set-name") ?? "trawl");
  const leastSeverity = severityOf(lastValue(parsed, "min-severity") ?? "high");
  const allowed = [...ownNetworks(), ...(await readAllowed(invocation))];
  return inSession(invocation, async (session) => {
    const setup = await setUpDetection(session, false);
    const groups = await findLogGroups(parsed.positionals, session);
    const { report } = await detect({ ...setup, groups }, session, () => {}, false);
    const verifies = parsed.values.has("verify-crawlers");
    const decision = await decideBlocks(report, {
      leastSeverity,
      onlyIncidents: parsed.values.has("incidents"),
      allowed,
      ...(verifies
        ? { reasonToSpare: ({ client }: BlockCandidate) => verifyCrawler(client, systemNames()) }
        : {}),
    });
    const path = lastValue(parsed, "output");
    const target =
      path === null || path === "-"
        ? openStandardOutput(surroundings.stdout, false, session.stop.signal)
        : await openFileOutput(path, surroundings.workingDirectory);
    try {
      const isPreview = parsed.values.has("preview");
      const text = isPreview
        ? printPreview(decision)
        : format.print(decision.blocked, { nowMs: surroundings.wallClockMs(), lifetimeSeconds, setName });
      await target.write(Buffer.from(text));
      await target.finish();
    } finally {
      await target.discard();
    }
    messages.note(`${countOf(decision.blocked.length, "client")} blocked, ${decision.spared.length} spared`);
    for (const name of decision.unnamed) messages.warning(`"${name}" is no address and cannot be blocked.`);
    return setup.hasMistakes ? EXIT.wrongText.code : EXIT.done.code;
  });
}

function formatOf(name: string) {
  const format = BLOCK_LIST_FORMATS.find((one) => one.name === name);
  if (format !== undefined) return format;
  const names = BLOCK_LIST_FORMATS.map((one) => one.name).join(", ");
  throw new Failure("usage", `There is no format of block lists "${name}".`, { help: `Formats: ${names}.` });
}

const LONGEST_SECONDS = 2_147_483;

function lifetimeOf(text: string): number {
  // ipset and nft write minutes as m.
  const ms = parseDurationMs(text.replace(/^(\d+)m$/, "$1min").replace(/^(\d+)d$/, "$1day"));
  const seconds = ms === null ? null : Math.round(ms / 1000);
  if (seconds !== null && seconds >= 1 && seconds <= LONGEST_SECONDS) return seconds;
  throw new Failure(
    "usage",
    `--ttl takes a duration from 1s to 24 days, such as "10min" or "24h", not "${text}".`,
  );
}

function setNameOf(name: string): string {
  if (/^[A-Za-z][\w-]{0,27}$/.test(name)) return name;
  throw new Failure("usage", `--set-name takes up to 28 letters, digits, "-" and "_", not "${name}".`);
}

function severityOf(text: string) {
  const severity = SEVERITIES.find((one) => one === text);
  if (severity !== undefined) return severity;
  throw new Failure("usage", `--min-severity takes one of ${SEVERITIES.join(", ")}, not "${text}".`);
}

async function readAllowed({
  arguments: parsed,
  surroundings,
}: Invocation): Promise<readonly AllowedNetwork[]> {
  const allowed: AllowedNetwork[] = [];
  for (const path of parsed.values.get("allow") ?? [])
    allowed.push(
      ...parseAllowList(await readOrFail(resolve(surroundings.workingDirectory, path), path), path),
    );
  return allowed;
}

function systemNames(): NameLookups {
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  return {
    reverse: (address) => resolver.reverse(address),
    addresses: async (name) => {
      const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
      return answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    },
  };
}

function printPreview({ blocked, spared }: BlockDecision): string {
  const line = ({ client, severity, events, reasons, hasSucceeded, isIncident }: BlockCandidate) => {
    const signs = [...(isIncident ? ["incident"] : []), ...(hasSucceeded ? ["succeeded"] : [])];
    const marks = signs.length === 0 ? "" : ` [${signs.join(", ")}]`;
    return visibleText(
      `${client}  ${severity}${marks}, ${countOf(events, "event")}: ${reasons.slice(0, 3).join("; ")}`,
    );
  };
  return [
    `Would be blocked: ${blocked.length}`,
    ...blocked.map((candidate) => `  ${line(candidate)}`),
    `Spared: ${spared.length}`,
    ...spared.map(({ candidate, reason }) => `  ${line(candidate)} – ${visibleText(reason)}`),
    "",
  ].join("\n");
}
