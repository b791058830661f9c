/** What `ssh` says when it ends, as a failure. */
import { Failure, visibleText } from "#text";

/** What stands around the news that a key changed. */
const NOISE = /^[@\s]*$|WARNING: REMOTE HOST|IT IS POSSIBLE|Someone could|It is also possible|Please contact/;
const MOST_SHOWN_CHARACTERS = 600;

/** Why a connection came to nothing, by what `ssh` says. The first that fits counts. */
interface Trouble {
  readonly says: RegExp;
  readonly code: "access-denied" | "source-unreadable";
  readonly sentence: string;
  readonly help: string | null;
  /** Whether it may pass by itself. */
  readonly isPassing?: boolean;
}

const COMPARE =
  "Compare its fingerprint with what who runs the machine says, then put its key into the file of known hosts: connect once by hand with ssh, or use ssh-keyscan.";

const TROUBLES: readonly Trouble[] = [
  {
    says: /HOST IDENTIFICATION HAS CHANGED|Host key for .* has changed|REVOKED HOST KEY/i,
    code: "access-denied",
    sentence: "the machine shows another key than the known one",
    help: `Somebody may sit in between, or it was set up anew. ${COMPARE} The old line must go: ssh-keygen -R HOST.`,
  },
  {
    says: /host key is known for|Host key verification failed|authenticity of host/i,
    code: "access-denied",
    sentence: "the key of the machine is not known",
    help: COMPARE,
  },
  {
    says: /Permission denied|Too many authentication failures|no more authentication methods|bad permissions|Load key /i,
    code: "access-denied",
    sentence: "the machine does not let this user in",
    help: "Look at the user's name, the key (identity_file, ssh-add -l) or the password. Whether it works by hand: sftp HOST.",
  },
  {
    says: /subsystem request failed/i,
    code: "source-unreadable",
    sentence: "the machine offers no SFTP",
    help: "Its sshd needs the line: Subsystem sftp internal-sftp.",
  },
  {
    says: /Could not resolve hostname/i,
    code: "source-unreadable",
    sentence: "there is no machine of this name",
    help: "Look for a mistake in the name of the host.",
  },
  {
    says: /Unable to negotiate|no matching/i,
    code: "source-unreadable",
    sentence: "the machine knows none of the ways to encrypt that ssh may use",
    help: "Allow one in ~/.ssh/config.",
  },
  {
    says: /Connection refused/i,
    code: "source-unreadable",
    sentence: "the machine takes no connections on this port",
    help: null,
  },
  {
    says: /timed out|not responding|No route to host|unreachable|Host is down/i,
    code: "source-unreadable",
    sentence: "the machine cannot be reached",
    help: null,
    isPassing: true,
  },
  {
    says: /kex_exchange_identification|Connection (closed|reset)|Broken pipe|closed by remote/i,
    code: "source-unreadable",
    sentence: "the machine broke the connection",
    help: null,
    isPassing: true,
  },
  {
    says: /Bad configuration option|terminating, .* bad configuration|percent_expand|Bad owner or permissions/i,
    code: "source-unreadable",
    sentence: "ssh cannot use its configuration",
    help: "Look at ~/.ssh/config.",
  },
];

/** How `ssh` ended. */
export interface SshEnd {
  /** Null: by a signal. */
  readonly exitCode: number | null;
  readonly stderr: string;
}

/** A failure that may be gone when it is tried again. */
const PASSING = new WeakSet<Failure>();

/** Whether trying again may help. */
export function isPassingSshFailure(failure: Failure): boolean {
  return PASSING.has(failure);
}

/** Why there is no connection (any more), with what `ssh` said. */
export function sshFailure(host: string, { exitCode, stderr }: SshEnd): Failure {
  const said = saidBy(stderr);
  const trouble = TROUBLES.find(({ says }) => says.test(stderr));
  const ended = exitCode === null ? "ssh was ended" : `ssh ended with ${exitCode}`;
  const sentence = trouble?.sentence ?? ended;
  const words = said === "" ? "" : ` ssh says: ${said}`;
  const failure = new Failure(
    trouble?.code ?? "source-unreadable",
    `Nothing can be read from "${host}": ${sentence}.${words}`,
    trouble?.help == null ? {} : { help: trouble.help },
  );
  // What says nothing was cut off: the machine, or the way, went away.
  if (trouble?.isPassing === true || (trouble === undefined && said === "")) PASSING.add(failure);
  return failure;
}

/** The failure of a machine without `ssh`. */
export function sshMissing(cause: unknown): Failure {
  return new Failure("source-unreadable", "There is no program ssh on this machine, so no SSH is spoken.", {
    help: "Install OpenSSH's client (Debian: apt-get install openssh-client) and see to it that ssh is in PATH.",
    cause,
  });
}

/** What was said, on one line, without what could steer a terminal and without what it says to everybody. */
function saidBy(stderr: string): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => !NOISE.test(line));
  const text = visibleText(lines.join(" "));
  return text.length <= MOST_SHOWN_CHARACTERS ? text : `${text.slice(0, MOST_SHOWN_CHARACTERS)}…`;
}
