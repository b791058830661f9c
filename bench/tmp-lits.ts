import { loadRules } from "../src/detections/rules/load-rules.ts";
import { shippedRuleSources } from "../src/detections/rules/shipped-rules.ts";
import { requirementOf, isOrdinaryRequirement } from "../src/detections/engine/required-literals.ts";
import { isOrdinary } from "../src/detections/engine/ordinary-text.ts";
const {rules}=loadRules(shippedRuleSources());
let n=0;
for(const {rule} of rules){const r=requirementOf(rule); if(r===null) {console.log("NULL",rule.id);n++;} else if(isOrdinaryRequirement(r)) {n++; console.log("ORD",rule.id,r.texts.filter(isOrdinary).slice(0,12).join(" ¦ "),"of",r.texts.length,r.signFields.join());}}
console.log(n,"of",rules.length);
