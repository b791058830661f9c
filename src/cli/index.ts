/** The command line. */
export { main } from "./main.ts";
export type { Surroundings, Terminal } from "./surroundings.ts";
