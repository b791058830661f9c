import { type EditorCase, runCases } from "./cases.testing.ts";
import { hoverAt } from "./hover.ts";
import { signatureAt } from "./signature.ts";

/** The word, the code and the sentences. */
function hover({ text, offset, source }: EditorCase): string {
  const found = hoverAt(text, offset);
  if (found === null) return "";
  const { range, code, sentences } = found;
  return [`"${source.text.slice(range.start, range.end)}"`, code, ...sentences].join("\n");
}

/** The signatures, the active one first marked, and the active parameter. */
function signature({ text, offset }: EditorCase): string {
  const help = text.kind === "script" ? signatureAt(text, offset) : null;
  if (help === null) return "";
  const lines = help.signatures.map(
    ({ label }, index) => `${index === help.activeSignature ? "→ " : "  "}${label}`,
  );
  const active = help.signatures[help.activeSignature]?.parameters[help.activeParameter ?? -1];
  return [...lines, `at ${active ?? "nothing"}`].join("\n");
}

runCases(new URL("./answers.cases.md", import.meta.url), { hover, signature });
