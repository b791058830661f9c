/** Law: the assembler gives the bytes that the WebAssembly Binary Toolkit gives. */
import { expect, test } from "vitest";
import openWabt from "wabt";
import { parsePattern } from "#language";
import { compileProgram } from "../../program/compile.ts";
import type { ScanSpec } from "../../program/scan-spec.ts";
import { emitModule } from "../emit/module.ts";
import { assembleText } from "./assemble-text.ts";

const PATTERN = `
$words = ([a-z]+:first ' ' | LD:first ':');
BOS? $words IPADDR:ip ' ' (INT:n | '-') ' ' DOUBLE:d ' ' TIMESTAMP('MMM d HH:mm:ss.S'):t ' ' DQS:q ' ' MACADDR:m ' ' HEXLONG:h
' ' BOOLEAN:b ' ' STRING:s ' ' <<' ' !>>'x' ENUM{'a'=1,'bc'=2}:e ' ' JSON{INT+:a, {STRING:c}:o}(greedy='rest'):j LD EOL(any=true)`;

test("the bytes of a module with all kinds of operations are those of the reference assembler", async () => {
  const { pattern, diagnostics } = parsePattern({ name: "test", text: PATTERN });
  expect(diagnostics).toEqual([]);
  if (pattern === null) return;
  const slots = pattern.fields
    .filter((field) => field.type.kind !== "tuple")
    .map((field) => ({ path: [field.name], type: field.type }));
  slots.push(
    { path: ["j", "o", "c"], type: { kind: "string" } },
    { path: ["j", "rest"], type: { kind: "object" } },
  );
  const program = compileProgram(pattern, slots, { timeZone: "Europe/Berlin" });
  const slot = (name: string) => program.slots.findIndex((one) => one.path.at(-1) === name);
  const spec: ScanSpec = {
    program,
    filter: {
      kind: "or",
      operands: [
        { kind: "compare", operator: "less", slot: slot("d"), value: 1.5 },
        { kind: "in", slot: slot("first"), values: ["x", "y"] },
        { kind: "in-networks", slot: slot("ip"), networks: [{ base: 0xffff0a000000n, prefixLength: 104 }] },
        {
          kind: "text-parts",
          slot: slot("s"),
          parts: ["a", "b"],
          isOpenStart: true,
          isOpenEnd: true,
          ignoresCase: true,
        },
      ],
    },
    output: {
      kind: "groups",
      keys: [
        { column: { kind: "slot", slot: slot("t") }, cut: { kind: "time", stepMs: 3_600_000n } },
        { column: { kind: "slot", slot: slot("q") }, cut: null },
      ],
      aggregates: [
        { kind: "count", when: { kind: "is-null", slot: slot("b") } },
        { kind: "sum", slot: slot("n") },
        { kind: "min", slot: slot("ip") },
        { kind: "max", slot: slot("d") },
      ],
    },
    rowLimit: null,
    givesUnmatched: false,
  };
  const { wat } = emitModule(spec);
  const wabt = await openWabt();
  const { buffer } = wabt.parseWat("scan.wat", wat, { simd: true, bulk_memory: true }).toBinary({});
  expect(Buffer.compare(assembleText(wat), buffer)).toBe(0);
});
