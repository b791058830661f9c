/** Connects to a machine and speaks SFTP with it. */
import { Failure } from "#text";
import { BrokenConnection, SftpClient, type SftpPatience } from "./sftp-client.ts";
import { isPassingSshFailure } from "./ssh-failure.ts";
import { openSshPipe, type SshWorld } from "./ssh-process.ts";
import type { SshTarget } from "./ssh-target.ts";

/** Longer than `ssh` itself waits: to be reached, and then to be let in. */
const PATIENCE: SftpPatience = { openMs: 40_000, silenceMs: 60_000 };

/**
 * A connection that is open.
 *
 * @throws Failure access-denied (an unknown or another key of the machine, a user who is not let in), source-unreadable, outbound-denied;
 *   BrokenConnection: it may be tried again
 */
export async function connectSsh(target: SshTarget, world: SshWorld): Promise<SftpClient> {
  const { pipe, forget } = await openSshPipe(target, world);
  try {
    return await SftpClient.open(pipe, PATIENCE);
  } catch (error) {
    if (error instanceof Failure && isPassingSshFailure(error)) throw new BrokenConnection(error);
    throw error;
  } finally {
    await forget();
  }
}
