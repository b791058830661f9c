/** Assembles one function: its locals, and its instructions in folded form. */
import { invariant } from "#text";
import { ByteWriter } from "./bytes.ts";
import { INSTRUCTIONS, type Instruction, TYPES } from "./instructions.ts";
import { isList, type Node, word } from "./tree.ts";

/** The byte of a value type. */
export function valueType(name: string): number {
  const byte = TYPES.get(name);
  invariant(byte !== undefined, `"${name}" is a type`);
  return byte;
}

const [BLOCK, LOOP, IF, ELSE, END, NO_RESULT] = [0x02, 0x03, 0x04, 0x05, 0x0b, 0x40];

/** Writes one function, or one constant expression. */
export class FunctionAssembler {
  readonly #functions: ReadonlyMap<string, number>;
  readonly #globals: ReadonlyMap<string, number>;
  readonly #locals = new Map<string, number>();
  readonly #labels: string[] = [];
  readonly #code = new ByteWriter();

  constructor(functions: ReadonlyMap<string, number>, globals: ReadonlyMap<string, number>) {
    this.#functions = functions;
    this.#globals = globals;
  }

  /** Locals and code of a function, from what stands behind its name. */
  assemble(parts: readonly Node[]): ByteWriter {
    const runs: { readonly type: number; count: number }[] = [];
    const instructions: Node[] = [];
    for (const part of parts) {
      if (isList(part, "param")) this.#locals.set(word(part[1]), this.#locals.size);
      else if (isList(part, "local")) {
        this.#locals.set(word(part[1]), this.#locals.size);
        const type = valueType(word(part[2]));
        const last = runs.at(-1);
        if (last?.type === type) last.count++;
        else runs.push({ type, count: 1 });
      } else if (!isList(part, "export") && !isList(part, "result")) instructions.push(part);
    }
    const out = new ByteWriter();
    out.unsigned(runs.length);
    for (const { type, count } of runs) {
      out.unsigned(count);
      out.byte(type);
    }
    out.bytes(this.expression(instructions).taken());
    return out;
  }

  /** Instructions and the end behind them. */
  expression(instructions: readonly Node[]): ByteWriter {
    for (const instruction of instructions) this.#instruction(instruction);
    this.#code.byte(END);
    return this.#code;
  }

  #instruction(node: Node): void {
    invariant(Array.isArray(node), "instructions are folded");
    const head = word(node[0]);
    if (head === "block" || head === "loop") return this.#block(node, head === "block" ? BLOCK : LOOP);
    if (head === "if") return this.#if(node);
    const instruction = INSTRUCTIONS.get(head);
    invariant(instruction !== undefined, `"${head}" is an instruction`);
    const isOperand = (part: Node) => Array.isArray(part);
    for (const operand of node.slice(1)) if (isOperand(operand)) this.#instruction(operand);
    this.#code.bytes(instruction.code);
    this.#immediate(
      instruction,
      node.slice(1).filter((part): part is string => typeof part === "string"),
    );
  }

  #block(node: readonly Node[], code: number): void {
    const hasLabel = typeof node[1] === "string";
    this.#open(code, hasLabel ? word(node[1]) : "", node);
    for (const part of node.slice(hasLabel ? 2 : 1)) if (!isList(part, "result")) this.#instruction(part);
    this.#close();
  }

  #if(node: readonly Node[]): void {
    for (const part of node.slice(1)) {
      const isCondition = !isList(part, "result") && !isList(part, "then") && !isList(part, "else");
      if (isCondition) this.#instruction(part);
    }
    this.#open(IF, "", node);
    for (const part of node) {
      if (isList(part, "else")) this.#code.byte(ELSE);
      if (isList(part, "then") || isList(part, "else")) {
        for (const instruction of part.slice(1)) this.#instruction(instruction);
      }
    }
    this.#close();
  }

  #open(code: number, label: string, node: readonly Node[]): void {
    const result = node.find((part) => isList(part, "result"));
    this.#code.byte(code);
    this.#code.byte(Array.isArray(result) ? valueType(word(result[1])) : NO_RESULT);
    this.#labels.push(label);
  }

  #close(): void {
    this.#labels.pop();
    this.#code.byte(END);
  }

  #immediate({ immediate, alignment }: Instruction, words: readonly string[]): void {
    const [first = ""] = words;
    switch (immediate) {
      case "none":
        return;
      case "local":
        return this.#code.unsigned(indexIn(this.#locals, first));
      case "global":
        return this.#code.unsigned(indexIn(this.#globals, first));
      case "function":
        return this.#code.unsigned(indexIn(this.#functions, first));
      case "label":
        return this.#code.unsigned(this.#depthOf(first));
      case "memory":
        this.#code.unsigned(alignment);
        return this.#code.unsigned(Number(first.replace("offset=", "") || 0));
      case "i32":
        return this.#code.signed(BigInt.asIntN(32, integer(first)));
      case "i64":
        return this.#code.signed(BigInt.asIntN(64, integer(first)));
      case "f64":
        return this.#code.double(double(first));
      case "v128":
        invariant(first === "i8x16" && words.length === 17, "vector constants are 16 bytes");
        return this.#code.bytes(words.slice(1).map(Number));
    }
  }

  #depthOf(label: string): number {
    const index = this.#labels.lastIndexOf(label);
    invariant(index >= 0, `the label "${label}" is open`);
    return this.#labels.length - 1 - index;
  }
}

function indexIn(names: ReadonlyMap<string, number>, name: string): number {
  const index = names.get(name);
  invariant(index !== undefined, `"${name}" is declared`);
  return index;
}

function integer(text: string): bigint {
  return text.startsWith("-") ? -BigInt(text.slice(1)) : BigInt(text);
}

function double(text: string): number {
  const special: Readonly<Record<string, number>> = { inf: Infinity, "-inf": -Infinity, nan: Number.NaN };
  return special[text] ?? Number(text);
}
