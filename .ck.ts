import { readFileSync, readdirSync } from "node:fs";
import { loadWrittenRules } from "/tmp/w/pack/src/detections/rules/written-rules.ts";
import { matchRules, readyRules } from "/tmp/w/pack/src/detections/rules/match-rules.ts";
import { eventOfFields } from "/tmp/w/pack/src/detections/rules/request-event.ts";
import { drawDiagnostic } from "#text";
const F="/tmp/w/pack/rules/";
const set=loadWrittenRules(readdirSync(F).filter(f=>f.endsWith(".yml")).map(f=>({name:f,text:readFileSync(F+f,"utf8")})));
for(const d of set.diagnostics) console.log(drawDiagnostic(d));
let bad=0;
for(const w of set.rules){const r=readyRules([w.rule]);
 if(w.positives.length<2||w.negatives.length<2) console.log("FEW",w.rule.id);
 for(const [list,want] of [[w.positives,true],[w.negatives,false]] as const) for(const e of list){const m=matchRules(r,eventOfFields(w.rule.kinds[0]??"web",e.fields,e.raw)); if((m.length>0)!==want){bad++;console.log(want?"MISS":"FALSE",w.rule.id,e.text,m[0]?.text??"");}}}
console.log(set.rules.length,"rules",bad,"bad");
