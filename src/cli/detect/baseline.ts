/** What a site consists of, learned from a log of a time when all was well. */
import { type Inventory, InventoryCollector, RuleEngine, runDetection } from "#detections";
import { countOf } from "#text";
import { type Session, threadsOf } from "../session.ts";
import { tellWarnings } from "../warnings.ts";
import { findLogGroups } from "./log-groups.ts";

/**
 * The paths that the logs at these addresses answered; null: none was answered, which is told.
 *
 * @throws Failure as `findLogGroups` and the scan
 */
export async function learnInventory(uris: readonly string[], session: Session): Promise<Inventory | null> {
  const { invocation, stop, scanThreads } = session;
  const { messages, settings } = invocation;
  const groups = await findLogGroups(uris, session);
  const collector = new InventoryCollector();
  const { report, warnings } = await runDetection({
    groups,
    engine: new RuleEngine([]),
    detectors: [collector],
    promotions: [],
    timeZone: settings.timeZone,
    threads: threadsOf(settings),
    workers: scanThreads,
    signal: stop.signal,
  });
  tellWarnings(messages, warnings);
  for (const note of report.account.notes) messages.note(note);
  const inventory = collector.inventory();
  if (inventory.size === 0) {
    messages.warning("The baseline answered no page of a web site: nothing is learned from it.");
    return null;
  }
  messages.note(
    `baseline: ${countOf(inventory.size, "path")} in ${countOf(report.account.records, "record")}`,
  );
  return inventory;
}
