/** A real sshd for tests: on a port of this machine alone, with keys of its own in a folder that is removed. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { SshTarget } from "./ssh-target.ts";

const SSHD = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/sbin/sshd"].find((path) => existsSync(path));

/** Why no sshd can be started; null: one can. */
export const SSHD_MISSING: string | null =
  SSHD === undefined ? "no sshd: install openssh-server to test SFTP" : null;

/** A running sshd. */
export interface TestSshd {
  /** Its folder, without links; tests put files into it. */
  readonly folder: string;
  readonly port: number;
  /** Enters by a key that is known. */
  readonly target: SshTarget;
  /** The path of a key that opens nothing. */
  readonly wrongKey: string;
  /** The path of a key that opens, locked by "open sesame". */
  readonly lockedKey: string;
  /** A file of known hosts with another key for this machine. */
  readonly wrongKnownHosts: string;
  /** A file of known hosts without any. */
  readonly emptyKnownHosts: string;
  readonly stop: () => Promise<void>;
}

/** Starts sshd and waits until it answers. */
export async function startSshd(): Promise<TestSshd> {
  const folder = mkdtempSync(join(tmpdir(), "trawl-sshd-"));
  const path = (name: string) => join(folder, name);
  for (const [name, phrase] of [
    ["host", ""],
    ["user", ""],
    ["wrong", ""],
    ["locked", "open sesame"],
  ] as const) {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", phrase, "-C", name, "-f", path(name)]);
  }
  const publicKey = (name: string) => readFileSync(`${path(name)}.pub`, "utf8").trim();
  writeFileSync(path("authorized_keys"), `${publicKey("user")}\n${publicKey("locked")}\n`);
  const port = await freePort();
  writeFileSync(path("known"), `[127.0.0.1]:${port} ${publicKey("host")}\n`);
  writeFileSync(path("known-wrong"), `[127.0.0.1]:${port} ${publicKey("wrong")}\n`);
  writeFileSync(path("known-none"), "");
  // Root's sshd wants this folder, which systems make at their start.
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true });
  const server = startServer(folder, port);
  await untilListening(port, server);
  return {
    folder,
    port,
    target: {
      host: "127.0.0.1",
      port,
      user: userInfo().username,
      identityFile: path("user"),
      knownHostsFile: path("known"),
      password: null,
    },
    wrongKey: path("wrong"),
    lockedKey: path("locked"),
    wrongKnownHosts: path("known-wrong"),
    emptyKnownHosts: path("known-none"),
    stop: async () => {
      await ended(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function startServer(folder: string, port: number): ChildProcess {
  const options = [
    `ListenAddress=127.0.0.1:${port}`,
    `HostKey=${join(folder, "host")}`,
    `AuthorizedKeysFile=${join(folder, "authorized_keys")}`,
    "StrictModes=no",
    "UsePAM=no",
    "PidFile=none",
    "PermitRootLogin=yes",
    "PasswordAuthentication=yes",
    "KbdInteractiveAuthentication=no",
    "MaxStartups=100",
    "Subsystem=sftp internal-sftp",
  ];
  const config = join(folder, "sshd_config");
  writeFileSync(config, `${options.map((option) => option.replace("=", " ")).join("\n")}\n`);
  // sshd must be called by its whole path: it starts itself again for each connection.
  return spawn(SSHD ?? "sshd", ["-D", "-e", "-f", config], { stdio: ["ignore", "ignore", "pipe"] });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The first line that sshd writes says that it listens. */
function untilListening(port: number, server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    server.stderr?.setEncoding("utf8");
    server.stderr?.on("data", (text: string) => {
      said += text;
      if (said.includes(`port ${port}`)) resolve();
    });
    server.once("error", reject);
    server.once("close", () => reject(new Error(`sshd ended: ${said}`)));
  });
}

function ended(server: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (server.exitCode !== null || server.signalCode !== null) resolve();
    server.once("close", () => resolve());
    server.kill();
  });
}

/** A way to a port of this machine that can be cut. */
export interface CutWay {
  readonly port: number;
  /** Cuts the connection through which the last of so many more bytes comes from the server; once. */
  cutAfter(bytes: number): void;
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

/** Opens a way to a port. */
export async function openCutWay(to: number): Promise<CutWay> {
  const sockets = new Set<Socket>();
  let connections = 0;
  let left = Number.POSITIVE_INFINITY;
  const server = createServer((near) => {
    connections++;
    const far = connect(to, "127.0.0.1");
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.on("data", (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) {
        left = Number.POSITIVE_INFINITY;
        near.resetAndDestroy();
      } else if (!near.write(chunk)) {
        far.pause();
        near.once("drain", () => far.resume());
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    cutAfter: (bytes) => {
      left = bytes;
    },
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
