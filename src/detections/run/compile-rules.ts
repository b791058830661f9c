/** What the build runs to leave the shipped rules compiled beside the program. */
export { COMPILED_RULES_FILE, compileShippedRules } from "./compiled-rules.ts";
