/** Codes of failures while asking other machines. */
export const OUTBOUND_CODES = {
  "outbound-denied": "Connections to this host are not allowed.",
  "outbound-failed": "No answer came from another machine, or none that can be used.",
  "outbound-timeout": "Another machine did not answer in time.",
  "outbound-too-large": "Another machine sends more bytes than are taken.",
} as const;
