/** Module text becomes a WebAssembly module. */
import { assembleText } from "./assembler/assemble-text.ts";

/** Compiles the module of a text; a text that does not assemble is a mistake of ours. Cost: some 20 ms for 150 KB. */
export function assemble(wat: string): WebAssembly.Module {
  return new WebAssembly.Module(assembleText(wat));
}
