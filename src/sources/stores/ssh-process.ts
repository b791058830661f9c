/**
 * The system's OpenSSH client as a way to a server: it knows the user's configuration, agent, keys, jump hosts and known hosts. Its arguments
 * are data, no shell reads them.
 */
import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { lookup } from "node:dns/promises";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure, readAddress } from "#text";
import { checkHost, mayReach, type OutboundPolicy } from "../outbound/outbound-policy.ts";
import type { SftpPipe } from "./sftp-client.ts";
import { type SshEnd, sshFailure, sshMissing } from "./ssh-failure.ts";
import type { SshTarget } from "./ssh-target.ts";

/** What connections need of the world. */
export interface SshWorld {
  readonly policy: OutboundPolicy;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The file of configuration that `ssh` reads instead of the user's; "none": none. Null: the user's. */
  readonly configFile: string | null;
}

/** Until the machine answers; then it has as long again to prove itself. */
const CONNECT_TIMEOUT_S = 15;
const MOST_STDERR_BYTES = 16 << 10;
/** How long an ended `ssh` may take to go. */
const LEAVE_MS = 2000;

/** What must hold whatever the configuration says. What a command line says comes before it. */
const FIXED_OPTIONS = [
  "StrictHostKeyChecking=yes",
  "UpdateHostKeys=no",
  `ConnectTimeout=${CONNECT_TIMEOUT_S}`,
  "ConnectionAttempts=1",
  "ServerAliveInterval=15",
  "ServerAliveCountMax=3",
  "NumberOfPasswordPrompts=1",
  "LogLevel=ERROR",
  "PermitLocalCommand=no",
  "ClearAllForwardings=yes",
  "ForwardAgent=no",
  "ForwardX11=no",
  "RemoteCommand=none",
  "RequestTTY=no",
  "ControlMaster=no",
  "EscapeChar=none",
] as const;

/** The arguments of `ssh` for a target, without the program. */
export function sshArguments(target: SshTarget, configFile: string | null): readonly string[] {
  const { host, port, user, identityFile, knownHostsFile, password } = target;
  const options: string[] = [...FIXED_OPTIONS];
  if (password === null) options.push("BatchMode=yes");
  if (identityFile !== null) {
    options.push(`IdentityFile="${escapedPath(identityFile)}"`, "IdentitiesOnly=yes");
    if (password !== null) options.push("PreferredAuthentications=publickey");
  } else if (password !== null) {
    options.push("PubkeyAuthentication=no", "PreferredAuthentications=keyboard-interactive,password");
  }
  if (knownHostsFile !== null) {
    options.push(`UserKnownHostsFile="${escapedPath(knownHostsFile)}"`, "GlobalKnownHostsFile=/dev/null");
  }
  return [
    ...(configFile === null ? [] : ["-F", configFile]),
    ...options.flatMap((option) => ["-o", option]),
    ...(port === null ? [] : ["-p", String(port)]),
    ...(user === null ? [] : ["-l", user]),
    "-s",
    "--",
    host,
    "sftp",
  ];
}

/** In paths `ssh` puts values for `%h` and the like. */
function escapedPath(path: string): string {
  return path.replaceAll("%", "%%");
}

/** What the configuration makes of a target. */
interface EffectiveTarget {
  readonly hostName: string;
  readonly user: string;
  /** Another machine or a program makes the connection: names are resolved there. */
  readonly isProxied: boolean;
}

/** A pipe, and what gave secrets to make it. */
export interface SshPipe {
  readonly pipe: SftpPipe;
  /** Removes what answered questions. Called once the connection came about or failed. */
  readonly forget: () => Promise<void>;
}

/**
 * Connects. The pipe is given at once; whether it came about is told by what comes out of it.
 *
 * @throws Failure outbound-denied, source-unreadable (no `ssh`, a configuration that cannot be read)
 */
export async function openSshPipe(target: SshTarget, world: SshWorld): Promise<SshPipe> {
  const effective = await effectiveTarget(target, world);
  await checkReach(target, effective, world.policy);
  const prompts = target.password === null ? null : await makePrompter(target, effective);
  const environment = {
    ...world.environment,
    ...(prompts?.environment ?? { SSH_ASKPASS_REQUIRE: "never" }),
  };
  const child = spawn("ssh", sshArguments(target, world.configFile), {
    env: environment,
    stdio: ["pipe", "pipe", "pipe"],
    // Why: without a terminal of its own nothing can ask there, and Ctrl-C reaches us alone.
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  const end = endOf(child);
  const pipe: SftpPipe = {
    output: child.stdout,
    input: child.stdin,
    whyEnded: async () => {
      const leaving = setTimeout(() => kill(child), LEAVE_MS);
      const ended = await end;
      clearTimeout(leaving);
      return ended instanceof Failure ? ended : sshFailure(target.host, ended);
    },
    kill: () => kill(child),
  };
  return { pipe, forget: async () => prompts?.remove() };
}

/** With all that it started. */
function kill(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (process.platform === "win32") child.kill();
    else process.kill(-child.pid, "SIGTERM");
  } catch {
    // It is gone already.
  }
}

function endOf(child: ChildProcessWithoutNullStreams): Promise<SshEnd | Failure> {
  let stderr = "";
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (text: string) => {
    stderr = (stderr + text).slice(-MOST_STDERR_BYTES);
  });
  return new Promise((resolve) => {
    child.once("error", (cause) => resolve(sshMissing(cause)));
    child.once("close", (exitCode) => resolve({ exitCode, stderr }));
  });
}

/** Asks `ssh` what its configuration says (`ssh -G`), without a connection. */
async function effectiveTarget(target: SshTarget, world: SshWorld): Promise<EffectiveTarget> {
  const child = spawn("ssh", ["-G", ...sshArguments(target, world.configFile)], {
    env: { ...world.environment },
    stdio: ["pipe", "pipe", "pipe"],
    windowsHide: true,
  });
  let text = "";
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (more: string) => {
    text += more;
  });
  child.stdin.on("error", () => {});
  child.stdin.end();
  const end = await endOf(child);
  if (end instanceof Failure) throw end;
  if (end.exitCode !== 0) throw sshFailure(target.host, end);
  const settings = new Map(
    text.split("\n").map((line) => {
      const blank = line.indexOf(" ");
      return [line.slice(0, blank), line.slice(blank + 1)] as const;
    }),
  );
  const isSet = (name: string) => !["", "none"].includes(settings.get(name) ?? "");
  return {
    hostName: settings.get("hostname") ?? target.host,
    user: settings.get("user") ?? "",
    isProxied: isSet("proxyjump") || isSet("proxycommand"),
  };
}

/**
 * Throws outbound-denied when the machine may not be reached. `ssh` resolves the name once more: a name that says another thing then still
 * leads only to a machine whose key is known under this name.
 */
async function checkReach(
  { host }: SshTarget,
  { hostName, isProxied }: EffectiveTarget,
  policy: OutboundPolicy,
): Promise<void> {
  checkHost(host, policy);
  const address = readAddress(hostName);
  if (address !== null && address !== readAddress(host)) {
    if (!mayReach(host, address, policy)) checkHost(hostName, policy);
    return;
  }
  checkHost(hostName, policy);
  if (isProxied || address !== null) return;
  const found = await lookup(hostName, { all: true }).catch(() => []);
  for (const one of found) {
    const meant = readAddress(one.address);
    if (meant === null || mayReach(host, meant, policy)) continue;
    if (mayReach(hostName, meant, policy)) continue;
    checkHost(one.address, policy);
    throw new Failure("outbound-denied", `"${host}" may not be reached by its address ${one.address}.`);
  }
}

/** Answers what `ssh` asks. */
interface Prompter {
  readonly environment: Readonly<Record<string, string>>;
  readonly remove: () => Promise<void>;
}

/** Gives the secret to the questions that are meant, and to nothing else: jump hosts ask too. The secret is in the environment alone. */
const PROMPT_SCRIPT = `#!/bin/sh
case "$1" in
  "$TRAWL_SSH_PROMPT"*) printf '%s\\n' "$TRAWL_SSH_SECRET" ;;
  "$TRAWL_SSH_OTHER_PROMPT"*) printf '%s\\n' "$TRAWL_SSH_SECRET" ;;
  *) exit 1 ;;
esac
`;

async function makePrompter(target: SshTarget, { hostName, user }: EffectiveTarget): Promise<Prompter> {
  if (process.platform === "win32") {
    throw new Failure("store-unknown", "Passwords for SSH are not given on Windows.", {
      help: "Use a key: identity_file, or ssh-add.",
    });
  }
  const folder = await mkdtemp(join(tmpdir(), "trawl-ssh-"));
  const script = join(folder, "answer");
  await writeFile(script, PROMPT_SCRIPT, { mode: 0o700 });
  // As the sources of OpenSSH print them, with what they cut off.
  const host = hostName.toLowerCase();
  const [prompt, other] =
    target.identityFile === null
      ? [`(${user}@${host}) `, `${user.slice(0, 30)}@${host.slice(0, 128)}'s password: `]
      : Array<string>(2).fill(`Enter passphrase for key '${target.identityFile.slice(0, 100)}`);
  return {
    environment: {
      SSH_ASKPASS: script,
      SSH_ASKPASS_REQUIRE: "force",
      // Before version 8.4 this is what makes it ask the program.
      DISPLAY: "none",
      TRAWL_SSH_PROMPT: prompt ?? "",
      TRAWL_SSH_OTHER_PROMPT: other ?? "",
      TRAWL_SSH_SECRET: target.password ?? "",
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
