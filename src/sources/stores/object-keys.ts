/** Paths in stores that have keys rather than directories. */
import { Failure } from "#text";

/** What all keys below a path begin with. */
export function directoryOf(path: string): string {
  const bare = path.replace(/(?<!\/)\/+$/, "");
  return bare === "" ? "" : `${bare}/`;
}

/** Throws source-missing for a path that no request can name: HTTP loses "." and ".." on the way, and NUL is refused everywhere. */
export function checkPath(path: string, uri: string): void {
  const isOdd = path.split("/").some((name) => name === "." || name === "..");
  if (!isOdd && !path.includes("\0") && !/\p{Surrogate}/u.test(path)) return;
  throw new Failure("source-missing", `"${uri}" cannot be asked for.`, {
    help: 'A path of a store holds no "." or ".." between slashes, no NUL, and is Unicode.',
    place: { uri },
  });
}

/** Whether a path can hold the name. Over HTTP nobody can ask for "." and "..": addresses of the web lose them on the way. */
export function isWalkable(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && !/[\0\p{Surrogate}]/u.test(name);
}

/** Tells of keys that a listing leaves out. */
export function toldOddKeys(
  keys: readonly string[],
  uri: string,
  onProblem: (problem: Failure) => void,
): void {
  const [first] = keys;
  if (first === undefined) return;
  const what = keys.length === 1 ? "a key" : `${keys.length} keys`;
  const problem = new Failure(
    "source-unreadable",
    `"${uri}" holds ${what} that no path leads to, such as ${JSON.stringify(first)}.`,
    {
      help: 'Names between slashes must not be empty, "." or "..". Such objects are left out.',
      place: { uri },
    },
  );
  onProblem(problem);
}

/** Text as it stands in an address of the web (RFC 3986, unreserved characters as they are), and as it is signed. */
export function escapedText(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
