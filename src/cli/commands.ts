/** The commands of the command line. */
import type { Command } from "./command.ts";
import { ABOUT_COMMAND } from "./commands/about.ts";
import { BLOCKLIST_COMMAND } from "./commands/blocklist.ts";
import { CHECK_COMMAND } from "./commands/check.ts";
import { DEMO_COMMAND } from "./commands/demo.ts";
import { DETECT_COMMAND } from "./commands/detect.ts";
import { EXPLAIN_COMMAND } from "./commands/explain.ts";
import { FMT_COMMAND } from "./commands/fmt.ts";
import { FORMATS_COMMAND } from "./commands/formats.ts";
import { GEO_COMMAND } from "./commands/geo.ts";
import { HELP_COMMAND } from "./commands/help.ts";
import { INCIDENT_COMMAND } from "./commands/incident.ts";
import { INFER_COMMAND } from "./commands/infer.ts";
import { LISTS_COMMAND } from "./commands/lists.ts";
import { LSP_COMMAND } from "./commands/lsp.ts";
import { PARSE_COMMAND } from "./commands/parse.ts";
import { QUERY_COMMAND } from "./commands/query.ts";
import { RULES_COMMAND } from "./commands/rules.ts";
import { VERSION_COMMAND } from "./commands/version.ts";

/** All commands, in the order help shows them. */
export const COMMAND_LIST: readonly Command[] = [
  QUERY_COMMAND,
  PARSE_COMMAND,
  INFER_COMMAND,
  DETECT_COMMAND,
  BLOCKLIST_COMMAND,
  INCIDENT_COMMAND,
  CHECK_COMMAND,
  EXPLAIN_COMMAND,
  FMT_COMMAND,
  LSP_COMMAND,
  FORMATS_COMMAND,
  RULES_COMMAND,
  GEO_COMMAND,
  LISTS_COMMAND,
  DEMO_COMMAND,
  HELP_COMMAND,
  ABOUT_COMMAND,
  VERSION_COMMAND,
];
