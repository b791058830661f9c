/** Text that users wrote: places in it, what is wrong with it, how failures are told, and the addresses of networks in it. */
export { type Network, printAddress, printNetwork, readAddress, readNetwork } from "./addresses.ts";
export { parseDurationMs, parseSizeBytes } from "./amounts.ts";
export { CODES, type DiagnosticCode, type FailureCode } from "./codes.ts";
export { countOf, printCount } from "./counts.ts";
export {
  type Diagnostic,
  type DiagnosticNote,
  type DiagnosticReport,
  Diagnostics,
  type Severity,
} from "./diagnostic.ts";
export { displayWidth, markedText, startOfWidth, visibleText } from "./display-width.ts";
export {
  type BytePlace,
  type DamageCode,
  damageCodeOf,
  endsOneSource,
  Failure,
  type FailureData,
  type FailureDetails,
  failureFromData,
  failureToData,
  invariant,
  unreachable,
} from "./failure.ts";
export { type HostRule, readHostRule } from "./host-rule.ts";
export { nearestName } from "./nearest.ts";
export {
  type ByteMark,
  drawBytes,
  drawDiagnostic,
  drawHelp,
  drawSpan,
  type PicturePaint,
  UNPAINTED,
} from "./picture.ts";
export { PRIVATE_NETWORKS, RESERVED_NETWORKS } from "./special-networks.ts";
export {
  joinSpans,
  type LineColumn,
  lineColumnAt,
  spanOf,
  type TextSource,
  type TextSpan,
  textOf,
} from "./text-source.ts";
