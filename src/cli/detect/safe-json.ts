/** JSON that can be shown anywhere. */

/** What steers terminals and what JSON lets stand as it is: DEL, C1, changes of direction, line separators. */
const STEERS = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/** JSON text in which such characters, which can only stand in its strings, are escaped. Every JSON reader undoes that. */
export function safeJson(json: string): string {
  return json.replace(STEERS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
