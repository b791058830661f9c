/** Codes of failures at the command line. */
export const COMMAND_LINE_CODES = {
  usage: "The command line is not understood.",
  "nothing-to-run": "The script asks for nothing.",
  "output-unwritable": "The output cannot be written.",
} as const;
