/** Runs the tests in rule files. */

import { clientOf } from "../pass/client-identity.ts";
import { ClientTable } from "../pass/client-table.ts";
import { PageTable } from "../pass/page-table.ts";
import { DetectionPass } from "../pass/pass.ts";
import { BucketPart } from "./bucket-part.ts";
import type { BucketRule } from "./bucket-rule.ts";
import { type Trial, trialEvents } from "./trial.ts";

/** How many findings the rule alone gives for the events of a test. It is right when they are as many as the test says. */
export function runTrial(rule: BucketRule, trial: Trial): number {
  const clients: ClientTable = new ClientTable(10_000, () => {});
  const bounds = { lateMs: null, pendingEvents: 100_000, keys: 10_000 };
  const part = new BucketPart([rule], () => clients.all(), bounds);
  const pass = new DetectionPass({
    clients,
    pages: new PageTable(10_000),
    clientOf: clientOf([]),
    parts: [part],
  });
  for (const { event, matches } of trialEvents(trial, rule.kinds[0] ?? "other")) pass.observe(event, matches);
  return pass.take(true).length;
}
