import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TextSource } from "#text";
import { normalRanges } from "./byte-ranges.ts";
import { hasExports } from "./fields.ts";
import { MATCHERS } from "./matchers.ts";
import { parsePattern } from "./parse.ts";
import { printPattern } from "./print.ts";
import type { GroupNode, JsonMember, JsonShape, PatternNode, Quantifier } from "./tree.ts";

const source: TextSource = { name: "printed", text: "" };
const span = { source, start: 0, end: 0 };
const base = { span, quantifier: null, isOptional: false, name: null, look: null } as const;

const bounds: fc.Arbitrary<Quantifier> = fc
  .tuple(fc.nat(9000), fc.integer({ min: 1, max: 9000 }))
  .map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b, 1) }));
const maybeBounds = fc.option(
  fc.oneof(bounds, fc.constant({ min: 0, max: 4096 }), fc.constant({ min: 1, max: 4096 })),
);
const bytes = fc.oneof(
  fc.array(fc.nat(255), { minLength: 1, maxLength: 6 }),
  fc
    .string({ unit: "binary", minLength: 1, maxLength: 6 })
    .map((text) => [...new TextEncoder().encode(text)]),
);
const words = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 8 })
  .filter((text) => !/\p{Surrogate}/u.test(text));
const common = fc.record({
  isOptional: fc.boolean(),
  look: fc.option(fc.constantFrom("ahead", "not-ahead", "behind", "not-behind"), { freq: 6 }),
  /** Settled to a name of its own later. */
  name: fc.option(words, { freq: 2 }),
});

const literal = fc
  .record({ bytes, ignoresCase: fc.boolean(), quantifier: maybeBounds })
  .map((parts) => ({ ...base, kind: "literal", ...parts }) as const);
const set = fc
  .record({
    ranges: fc
      .array(fc.tuple(fc.nat(255), fc.nat(255)), { minLength: 1, maxLength: 5 })
      .map((pairs) => normalRanges(pairs.map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const))),
    quantifier: maybeBounds,
  })
  .map((parts) => ({ ...base, kind: "set", ...parts }) as const);

const PLAIN = MATCHERS.filter(
  ({ body, ranges, category }) => body === "none" && ranges === null && category !== "line",
);
const VALUES = PLAIN.filter(({ category }) => category !== "edge");
const CONFIGS: Readonly<Record<string, readonly Record<string, string | number | boolean>[]>> = {
  INT: [{ min: -5, max: 7 }, { max: 0 }],
  LONG: [{ min: "-9223372036854775808" }],
  DOUBLE: [{ min: 0.5, max: 1e21 }],
  TIMESTAMP: [{ format: "d 'of' MMM" }, { tz: "+02:00" }, { format: "S", locale: "de" }],
  LD: [{ charset: "windows-1252" }],
};

function matcherOf(list: typeof MATCHERS): fc.Arbitrary<PatternNode & { readonly kind: "matcher" }> {
  return fc.constantFrom(...list).chain((matcher) =>
    fc
      .record({
        quantifier: matcher.quantifierUse === "bytes" ? maybeBounds : fc.constant(null),
        config: fc.constantFrom({}, ...(CONFIGS[matcher.name] ?? [])),
      })
      .map((parts) => ({ ...base, kind: "matcher", matcher: matcher.name, ...parts }) as const),
  );
}

const enumeration = fc
  .record({
    entries: fc.uniqueArray(
      fc.record({ bytes: fc.oneof(bytes, fc.constant([])), value: fc.integer({ min: -999 }) }),
      {
        minLength: 1,
        maxLength: 3,
        selector: (entry) => entry.bytes.join(),
      },
    ),
    ignoresCase: fc.boolean(),
  })
  .map((parts) => ({ ...base, kind: "enum", ...parts }) as const);
const constant = words.map((value) => ({ ...base, kind: "constant", value, name: "tag" }) as const);

const { element, json } = fc.letrec<{
  element: PatternNode;
  core: PatternNode;
  group: GroupNode;
  json: JsonShape;
  member: JsonMember;
}>((tie) => ({
  element: fc.tuple(tie("core"), common).map(([core, parts]) => ({ ...core, ...parts })),
  core: fc.oneof(
    { maxDepth: 4, depthIdentifier: "pattern" },
    literal,
    set,
    matcherOf(PLAIN),
    enumeration,
    constant,
    tie("group").chain((group) => maybeBounds.map((quantifier) => ({ ...group, quantifier }))),
    fc
      .tuple(fc.array(tie("group"), { minLength: 2, maxLength: 3 }), fc.option(bytes))
      .map(([branches, separator]) => ({
        ...base,
        kind: "choice" as const,
        branches: branches.map((branch) => ({ ...branch, separator })),
      })),
    tie("group").map((body) => ({ ...base, kind: "structure" as const, body: { ...body, separator: null } })),
    fc.tuple(tie("group"), bounds).map(([body, quantifier]) => ({
      ...base,
      kind: "array" as const,
      body: { ...body, separator: null },
      quantifier,
    })),
    tie("group").map((group) => ({
      ...base,
      kind: "csv" as const,
      columns: group.members,
      separator: 0x3b,
      quote: 0x27,
      hasHeader: true,
    })),
    fc
      .record({ shape: tie("json"), maxBytes: fc.integer({ min: 1, max: 999 }), isStrict: fc.boolean() })
      .map((parts) => ({ ...base, kind: "json" as const, ...parts })),
  ),
  group: fc
    .record({
      members: fc.array(tie("element"), { minLength: 1, maxLength: 3 }),
      separator: fc.option(bytes),
    })
    .map((parts) => ({ ...base, kind: "group", ...parts })),
  json: fc.oneof(
    { maxDepth: 4, depthIdentifier: "pattern" },
    matcherOf(VALUES).map((matcher) => ({ kind: "scalar" as const, matcher })),
    fc.constantFrom(
      { kind: "any" as const },
      { kind: "any-object" as const },
      { kind: "any-array" as const },
    ),
    enumeration.map((matcher) => ({ kind: "scalar" as const, matcher })),
    tie("json").map((item) => ({ kind: "array" as const, element: item })),
    tie("group").map((body) => ({ kind: "text" as const, body })),
    fc
      .record({
        members: fc.array(tie("member"), { minLength: 1, maxLength: 3 }),
        greedy: fc.option(words),
        isFlat: fc.boolean(),
      })
      .map((object) => ({ kind: "object" as const, object })),
  ),
  member: fc.record({
    memberName: words,
    name: fc.option(words),
    isMandatory: fc.boolean(),
    shape: tie("json"),
    span: fc.constant(span),
  }),
}));

/** Makes a random tree one that the checks let pass: names once, no names in look-arounds, names where they must be. */
class Settler {
  #count = 0;

  node(node: PatternNode, isTested: boolean): PatternNode {
    const tested = isTested || node.look !== null;
    const isEdge = node.kind === "matcher" && ["BOS", "MOS", "EOS"].includes(node.matcher);
    const isFlat = node.kind === "json" && node.shape.kind === "object" && node.shape.object.isFlat;
    const name = node.name === null || tested || isEdge || isFlat ? null : this.#fresh(node.name);
    switch (node.kind) {
      case "group":
        return { ...node, name, members: node.members.map((child) => this.node(child, tested)) };
      case "choice":
        return { ...node, name, branches: node.branches.map((branch) => this.group(branch, tested)) };
      case "structure":
      case "array":
        return { ...node, name, body: this.group(node.body, tested) };
      case "csv":
        return { ...node, name, columns: node.columns.map((child) => this.node(child, tested)) };
      case "constant":
        if (!tested) return { ...node, name: this.#fresh(node.name ?? "tag") };
        return { ...base, kind: "literal", bytes: [1], ignoresCase: false };
      case "json":
        return { ...node, name, shape: this.shape(node.shape, tested) };
      default:
        return { ...node, name };
    }
  }

  group(group: GroupNode, isTested: boolean): GroupNode {
    return { ...group, members: group.members.map((child) => this.node(child, isTested)) };
  }

  shape(shape: JsonShape, isTested: boolean): JsonShape {
    if (shape.kind === "array") return { ...shape, element: this.shape(shape.element, false) };
    if (shape.kind === "text") return { ...shape, body: this.group(shape.body, isTested) };
    if (shape.kind !== "object") return shape;
    const { members, greedy, isFlat } = shape.object;
    return {
      kind: "object",
      object: {
        members: members.map((member) => this.member(member)),
        greedy: greedy === null ? null : this.#fresh(greedy),
        isFlat: isFlat && !isTested,
      },
    };
  }

  member(member: JsonMember): JsonMember {
    const shape = this.shape(member.shape, false);
    const isFlat = shape.kind === "object" && shape.object.isFlat;
    const name = member.name === null || isFlat ? null : this.#fresh(member.name);
    const isSpread = isFlat || (shape.kind === "text" && hasExports(shape.body));
    const memberName = this.#fresh(member.memberName);
    return { ...member, memberName, shape, name: isSpread ? name : (name ?? null) };
  }

  #fresh(name: string): string {
    return `${name}${this.#count++}`;
  }
}

function withoutSpans(node: unknown): unknown {
  return JSON.parse(JSON.stringify(node, (key, value) => (key === "span" ? undefined : value)));
}

const END: PatternNode = { ...base, kind: "matcher", matcher: "EOL", config: {} };

describe("a printed pattern", () => {
  it("parses to the same tree", () => {
    fc.assert(
      fc.property(
        fc.array(element, { minLength: 1, maxLength: 4 }),
        fc.array(element, { minLength: 1 }),
        (nodes, inner) => {
          const settler = new Settler();
          const definition = settler.group(
            { ...base, kind: "group", members: inner, separator: null },
            false,
          );
          const reference: PatternNode = {
            ...base,
            kind: "reference",
            target: "sub",
            definition,
            name: "sub",
          };
          const members = [...nodes.map((node) => settler.node(node, false)), reference, END];
          const root: GroupNode = { ...base, kind: "group", members, separator: null };
          const text = printPattern({ source, root, fields: [], header: null });
          const { pattern, diagnostics } = parsePattern({ name: "printed", text });
          expect(
            diagnostics
              .filter(({ severity }) => severity === "error")
              .map(({ message }) => `${message} ${text}`),
          ).toEqual([]);
          expect(withoutSpans(pattern?.root)).toEqual(withoutSpans(root));
        },
      ),
      { seed: 20240817, numRuns: 400 },
    );
  });

  it("of a JSON value parses to the same tree", () => {
    fc.assert(
      fc.property(json, (shape) => {
        const settled = new Settler().shape(shape, false);
        const node: PatternNode = {
          ...base,
          kind: "json",
          shape: settled,
          maxBytes: 128_000,
          isStrict: true,
        };
        const root: GroupNode = { ...base, kind: "group", members: [node], separator: null };
        const text = printPattern({ source, root, fields: [], header: null });
        const { pattern, diagnostics } = parsePattern({ name: "printed", text });
        expect(diagnostics.map(({ message }) => `${message} ${text}`)).toEqual([]);
        expect(withoutSpans(pattern?.root)).toEqual(withoutSpans(root));
      }),
      { seed: 7, numRuns: 400 },
    );
  });
});
