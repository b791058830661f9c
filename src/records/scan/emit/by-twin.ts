/** Operations that the plain twin matches for the module, in its bytes: JSON that is rare and would need much code. */
import type { JsonOperation } from "../../program/program.ts";
import type { EmitContext } from "./context.ts";
import { get, i32 } from "./wat.ts";

/** Whether the module leaves a JSON element to the twin: words without quotes. */
export function isForTwin({ isLenient }: JsonOperation): boolean {
  return isLenient;
}

/** Writes a call of the twin. */
export function emitByTwin(operation: JsonOperation, fail: string, context: EmitContext): void {
  const { writer, q, module } = context;
  const index = module.twinOperations.push(operation) - 1;
  const bound = (global: string) => `(select (global.get $${global}) ${i32(0)} (global.get $inText))`;
  const call = `(call $matchByTwin ${i32(index)} ${get(q)} ${i32(context.isTest ? 1 : 0)} ${bound("textFrom")} ${bound("end")})`;
  writer.line(`(br_if ${fail} (i32.eqz (local.tee ${q} ${call})))`);
}
