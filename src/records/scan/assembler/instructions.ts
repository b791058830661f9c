/** The instructions that the emitter writes, with their encodings (WebAssembly core specification, 5.4). */

/** What follows an instruction's code. */
export type Immediate =
  | "none"
  | "local"
  | "global"
  | "function"
  | "label"
  | "memory"
  | "i32"
  | "i64"
  | "f64"
  | "v128";

/** An instruction: its bytes and its immediate. Of memory instructions `alignment` is the exponent of the natural one. */
export interface Instruction {
  readonly code: readonly number[];
  readonly immediate: Immediate;
  readonly alignment: number;
}

const VECTOR = 0xfd;

function plain(names: string, first: number): [string, Instruction][] {
  return names
    .split(" ")
    .map((name, index) => [name, { code: [first + index], immediate: "none", alignment: 0 }]);
}

function one(
  name: string,
  code: readonly number[],
  immediate: Immediate,
  alignment = 0,
): [string, Instruction] {
  return [name, { code, immediate, alignment }];
}

const I32 = "eqz eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u";
const ARITHMETIC = "clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr";

function typed(type: string, names: string): string {
  return names
    .split(" ")
    .map((name) => `${type}.${name}`)
    .join(" ");
}

/** All instructions but those with a body (`block loop if`), by name. */
export const INSTRUCTIONS: ReadonlyMap<string, Instruction> = new Map([
  one("unreachable", [0x00], "none"),
  one("br", [0x0c], "label"),
  one("br_if", [0x0d], "label"),
  one("return", [0x0f], "none"),
  one("call", [0x10], "function"),
  one("drop", [0x1a], "none"),
  one("select", [0x1b], "none"),
  one("local.get", [0x20], "local"),
  one("local.set", [0x21], "local"),
  one("local.tee", [0x22], "local"),
  one("global.get", [0x23], "global"),
  one("global.set", [0x24], "global"),
  one("i32.load", [0x28], "memory", 2),
  one("i64.load", [0x29], "memory", 3),
  one("f64.load", [0x2b], "memory", 3),
  one("i32.load8_u", [0x2d], "memory", 0),
  one("i32.load16_u", [0x2f], "memory", 1),
  one("i32.store", [0x36], "memory", 2),
  one("i64.store", [0x37], "memory", 3),
  one("f64.store", [0x39], "memory", 3),
  one("i32.store8", [0x3a], "memory", 0),
  one("i32.const", [0x41], "i32"),
  one("i64.const", [0x42], "i64"),
  one("f64.const", [0x44], "f64"),
  ...plain(typed("i32", I32), 0x45),
  ...plain(typed("i64", I32), 0x50),
  ...plain(typed("f64", "eq ne lt gt le ge"), 0x61),
  ...plain(typed("i32", ARITHMETIC), 0x67),
  ...plain(typed("i64", ARITHMETIC), 0x79),
  ...plain(typed("f64", "abs neg ceil floor trunc nearest sqrt add sub mul div min max"), 0x99),
  one("i32.wrap_i64", [0xa7], "none"),
  one("i64.extend_i32_s", [0xac], "none"),
  one("i64.extend_i32_u", [0xad], "none"),
  one("i64.reinterpret_f64", [0xbd], "none"),
  one("f64.reinterpret_i64", [0xbf], "none"),
  one("f64.convert_i32_s", [0xb7], "none"),
  one("f64.convert_i64_s", [0xb9], "none"),
  one("f64.convert_i64_u", [0xba], "none"),
  one("i64.reinterpret_f64", [0xbd], "none"),
  one("f64.reinterpret_i64", [0xbf], "none"),
  one("memory.copy", [0xfc, 0x0a, 0x00, 0x00], "none"),
  one("memory.fill", [0xfc, 0x0b, 0x00], "none"),
  one("v128.load", [VECTOR, 0x00], "memory", 4),
  one("v128.store", [VECTOR, 0x0b], "memory", 4),
  one("v128.const", [VECTOR, 0x0c], "v128"),
  one("i8x16.splat", [VECTOR, 0x0f], "none"),
  one("i8x16.swizzle", [VECTOR, 0x0e], "none"),
  one("i8x16.eq", [VECTOR, 0x23], "none"),
  one("i8x16.ne", [VECTOR, 0x24], "none"),
  one("i8x16.lt_u", [VECTOR, 0x26], "none"),
  one("v128.and", [VECTOR, 0x4e], "none"),
  one("v128.or", [VECTOR, 0x50], "none"),
  one("v128.any_true", [VECTOR, 0x53], "none"),
  one("i8x16.bitmask", [VECTOR, 0x64], "none"),
  one("i8x16.shr_u", [VECTOR, 0x6d], "none"),
  one("i8x16.sub", [VECTOR, 0x71], "none"),
]);

/** Value types by name. */
export const TYPES: ReadonlyMap<string, number> = new Map([
  ["i32", 0x7f],
  ["i64", 0x7e],
  ["f64", 0x7c],
  ["v128", 0x7b],
]);
