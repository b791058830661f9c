/** Module text becomes a WebAssembly module. */
import { invariant } from "#text";

type Wabt = Awaited<ReturnType<typeof import("wabt")>>;

/** Assembles modules; loading the assembler takes some 40 ms, once. */
export interface Assembler {
  /** The module of a text; a text that does not assemble is a mistake of ours. */
  assemble(wat: string): WebAssembly.Module;
}

/** Loads the assembler. */
export async function loadAssembler(): Promise<Assembler> {
  const { default: openWabt } = await import("wabt");
  const wabt = await openWabt();
  return { assemble: (wat) => new WebAssembly.Module(binaryOf(wabt, wat)) };
}

function binaryOf(wabt: Wabt, wat: string): Uint8Array<ArrayBuffer> {
  const module = wabt.parseWat("scan.wat", wat, { simd: true, bulk_memory: true });
  try {
    const { buffer } = module.toBinary({});
    invariant(buffer.byteLength > 0, "the assembler gives bytes");
    return new Uint8Array(buffer);
  } finally {
    module.destroy();
  }
}
