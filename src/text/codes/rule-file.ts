/** Codes of mistakes in files of rules. */
export const RULE_FILE_CODES = {
  "rule-syntax": "The rule file is not well formed.",
  "rule-member-missing": "A rule lacks something that it must say.",
  "rule-member-unknown": "A rule says something that no rule can say.",
  "rule-value": "A value in a rule is not of its kind.",
  "rule-id-twice": "Two rules have the same id.",
} as const;
