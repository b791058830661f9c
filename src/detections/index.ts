/** From records to findings: signatures, behaviour, forensics, stories, promotion. */
export type { BucketRule } from "./behaviour/bucket-rule.ts";
export { COMPUTED_FIELDS, type ComputedField } from "./behaviour/computed-fields.ts";
export { BUCKET_MEMBERS, type BucketRuleFile, readBucketRules } from "./behaviour/read-bucket-rules.ts";
export { runTrial } from "./behaviour/run-trial.ts";
export type { Trial } from "./behaviour/trial.ts";
export type { Detector } from "./detector.ts";
export { RuleEngine, type RuleProfile } from "./engine/rule-engine.ts";
export { rulesAboutOthers, type UnmetRule, unmetRules } from "./engine/unmet-rules.ts";
export type { DetectionEvent, EventKind, EventPlace, EventValue } from "./event.ts";
export type {
  DetectionAccount,
  DetectionReport,
  Evidence,
  Finding,
  Incident,
  Outcome,
  Phase,
  Severity,
  Story,
} from "./finding.ts";
export { FORENSIC_RULES, type ForensicRule, type ForensicRuleId } from "./forensics/forensic-finding.ts";
export { type Inventory, InventoryCollector, joinInventories, readInventory } from "./forensics/inventory.ts";
export type { ListEntry, ListLookup, ListMeaning } from "./forensics/list-lookup.ts";
export { type Network, parseNetwork } from "./pass/networks.ts";
export { nameId, stableId } from "./pass/stable-id.ts";
export type { PromotionRule } from "./promotion/promotion-rule.ts";
export { PROMOTION_MEMBERS, readPromotionRules } from "./promotion/read-promotion-rules.ts";
export type { EventRule, RuleCondition, RuleMatch, TextTest, ValueForms, ValueTest } from "./rule.ts";
export { type FieldOfFormat, queryOfRule } from "./rule-as-query.ts";
export { lintRules, type RuleLack, type RuleTrial, tryRule } from "./rules/check-rules.ts";
export { type LoadedRule, loadRules, type RuleSet } from "./rules/load-rules.ts";
export { ruleSourcesAt } from "./rules/rule-sources.ts";
export { shippedRuleSources } from "./rules/shipped-rules.ts";
export type { RuleExample } from "./rules/written-rules.ts";
export { type CompiledRule, shippedRules } from "./run/compiled-rules.ts";
export { finishReport } from "./run/finish-report.ts";
export {
  DEFAULT_LIMITS,
  type DetectorLimits,
  type DetectorOptions,
  makeDetectors,
} from "./run/make-detectors.ts";
export { type DetectionRun, type DetectionTask, type LogGroup, runDetection } from "./run/run-detection.ts";
export { loadBucketRules, loadPromotionRules } from "./run/shipped-rules.ts";
export { CorrelationDetector } from "./sigma/correlation-detector.ts";
export { isSigmaText, loadSigma, type SigmaSet } from "./sigma/load-sigma.ts";
export type { SigmaCorrelation } from "./sigma/sigma-correlation.ts";
