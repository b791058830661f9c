import { describe, expect, test } from "vitest";
import { Failure } from "#text";
import { lastValue, parseArguments } from "./arguments.ts";
import { switchOption, valueOption } from "./option.ts";

const OPTIONS = [
  valueOption("format", "FORMAT", "", null),
  valueOption("output", "FILE", "", "o"),
  valueOption("arg", "NAME=VALUE", ""),
  switchOption("wasm", ""),
  { name: "stats", letter: null, placeholder: null, optionalValues: ["text", "json"], sentence: "" },
];

const parse = (...argv: string[]) => parseArguments(argv, OPTIONS);

describe("arguments", () => {
  test("options stand anywhere, with their value behind a blank or an equals sign", () => {
    const parsed = parse("a.sx", "--format=csv", "-o", "out.csv", "--wasm", "b");
    expect(parsed.positionals).toEqual(["a.sx", "b"]);
    expect(lastValue(parsed, "format")).toBe("csv");
    expect(lastValue(parsed, "output")).toBe("out.csv");
    expect(parsed.values.has("wasm")).toBe(true);
  });

  test("an option may be repeated; the last counts, and all are kept", () => {
    const parsed = parse("--arg", "a=1", "--arg", "b=2");
    expect(parsed.values.get("arg")).toEqual(["a=1", "b=2"]);
    expect(lastValue(parsed, "arg")).toBe("b=2");
  });

  test("the value of --stats may be left out, and a file is not taken for it", () => {
    expect(lastValue(parse("--stats", "json"), "stats")).toBe("json");
    expect(lastValue(parse("--stats=json"), "stats")).toBe("json");
    const parsed = parse("--stats", "report.sx");
    expect(lastValue(parsed, "stats")).toBe("text");
    expect(parsed.positionals).toEqual(["report.sx"]);
  });

  test("nothing behind -- is an option", () => {
    expect(parse("--", "--wasm", "--stats").positionals).toEqual(["--wasm", "--stats"]);
  });

  test.each([
    [["--fromat", "csv"], 'There is no option "--fromat" here.', 'Did you mean "--format"?'],
    [["-x"], 'There is no option "-x" here.', "Options: --format, --output, --arg, --wasm, --stats."],
    [["--format"], "--format needs a value: --format FORMAT.", null],
    [["--format", "--wasm"], "--format needs a value: --format FORMAT.", null],
    [["--wasm=yes"], "--wasm takes no value.", null],
    [["--stats=xml"], '--stats takes "text" or "json", or nothing, not "xml".', null],
  ])("%j is refused", (argv, message, help) => {
    let failure: unknown;
    try {
      parse(...argv);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ code: "usage", message, help });
  });
});
