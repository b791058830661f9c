/** Codes of mistakes in Sigma rules. */
export const SIGMA_CODES = {
  "yaml-syntax": "A rule file is not well-formed YAML.",
  "sigma-member": "A member of a Sigma rule is missing or is not what it must be.",
  "sigma-modifier": "A modifier of a Sigma rule is not known, or does not fit its value.",
  "sigma-condition": "The condition of a Sigma rule cannot be read.",
  "sigma-unsupported": "A Sigma rule asks for something that is known and not available here.",
  "sigma-reference": "A Sigma rule refers to a rule that was not loaded.",
} as const;
