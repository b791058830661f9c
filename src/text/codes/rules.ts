/** Codes of mistakes in rule files. */
export const RULE_CODES = {
  "rule-syntax": "A rule file is not built as rule files are.",
  "rule-member-missing": "A rule lacks a member that it needs.",
  "rule-member-unknown": "A rule has a member that none has.",
  "rule-value": "A member of a rule is not what it must be.",
  "rule-expression": "The regular expression of a rule cannot be run in linear time.",
  "rule-id-twice": "Two rules have the same id.",
  "rule-unmet": "A rule cannot match in a log, whose format has no field for what the rule asks.",
  "rule-example": "A rule does not find its positive example, or finds a negative one.",
} as const;
