/**
 * Lines that cannot match. A record of a line-bound program lies in one line, and holds every literal that its pattern demands: where the
 * longest of them does not stand in the rest of a line, no attempt in that line can succeed. Only asked when attempts keep failing.
 */
import type { LiteralOperation, MatchProgram } from "../../program/program.ts";
import type { EmitContext } from "./context.ts";
import { get, i32, set } from "./wat.ts";

const LINE_FEED = 10;

/** The literal that is looked for: the last of the longest. */
function requiredLiteral({ body, isLineBound }: MatchProgram): LiteralOperation | null {
  if (!isLineBound) return null;
  let best: LiteralOperation | null = null;
  for (const operation of body) {
    if (operation.kind !== "literal" || operation.ignoresCase || operation.bytes.includes(LINE_FEED))
      continue;
    if (operation.bytes.length >= (best?.bytes.length ?? 1)) best = operation;
  }
  return best;
}

/** Code that moves `$p` behind the line, where the line lacks what a record must hold. */
export function emitSkipOfLines({ module, writer, retry }: EmitContext): void {
  const literal = requiredLiteral(module.program);
  if (literal === null || retry === null) return;
  const address = i32(module.data.place([...literal.bytes, ...Array.from({ length: 16 }, () => 0)]));
  const found = writer.local("i32", "found");
  module.memos.push("$requiredTo");
  writer.line(
    `(if (i32.and ${get(retry)} (i32.ge_u ${get("$p")} (global.get $requiredTo))) (then`,
    set(found, `(call $findInLine ${get("$p")} ${get("$stop")} ${address} ${i32(literal.bytes.length)})`),
    `(if (i32.lt_s ${get(found)} ${i32(0)})`,
    `(then ${set("$p", `(i32.sub ${i32(0)} ${get(found)})`)})`,
    `(else (global.set $requiredTo (i32.add ${get(found)} ${i32(1)}))))))`,
  );
}
