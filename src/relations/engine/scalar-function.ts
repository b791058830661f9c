/** Functions written here that SQL can call: for what DuckDB has no words for. */
import { DuckDBScalarFunction } from "@duckdb/node-api";
import type { DataType, Value } from "#language";
import { duckdbTypeOf, fromDuckdbValue, toDuckdbValue } from "./duckdb-types.ts";

/**
 * A function of SQL. `compute` gets values as `Value` describes them, none of them NULL (one NULL argument makes the result NULL);
 * it must not throw and gives the same for the same arguments.
 */
export interface ScalarFunction {
  readonly name: string;
  readonly parameters: readonly DataType[];
  readonly result: DataType;
  readonly compute: (values: readonly Value[]) => Value;
}

/** Results kept per function for arguments seen lately: log columns repeat themselves. */
const REMEMBERED_RESULTS = 4096;
/** Longer texts are not kept. */
const LONGEST_REMEMBERED_KEY = 256;

/** The function as DuckDB takes it; it is called once per chunk. */
export function createScalarFunction(scalar: ScalarFunction): DuckDBScalarFunction {
  const remembered = new Map<string | bigint, Value>();
  return DuckDBScalarFunction.create({
    name: scalar.name,
    parameterTypes: scalar.parameters.map(duckdbTypeOf),
    returnType: duckdbTypeOf(scalar.result),
    mainFunction: (info, input, output) => {
      try {
        const vectors = scalar.parameters.map((_, index) => input.getColumnVector(index));
        const { rowCount } = input;
        for (let row = 0; row < rowCount; row++) {
          const values = vectors.map((vector, index) =>
            fromDuckdbValue(vector.getItem(row), scalar.parameters[index] ?? scalar.result),
          );
          const result = values.includes(null) ? null : computeOnce(scalar, values, remembered);
          output.setItem(row, toDuckdbValue(result, scalar.result));
        }
        output.flush();
      } catch (error) {
        info.setError(error instanceof Error ? error.message : String(error));
      }
    },
  });
}

function computeOnce(
  scalar: ScalarFunction,
  values: readonly Value[],
  remembered: Map<string | bigint, Value>,
): Value {
  const key = values[0];
  const isShort = typeof key === "bigint" || (typeof key === "string" && key.length < LONGEST_REMEMBERED_KEY);
  if (values.length !== 1 || !isShort) return scalar.compute(values);
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const result = scalar.compute(values);
  if (remembered.size >= REMEMBERED_RESULTS) remembered.clear();
  remembered.set(key, result);
  return result;
}
