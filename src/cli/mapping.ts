/** Asks clusters which fields their documents have. */
import type { MappedDocumentField, Wanted, WantedAnswer } from "#language";
import { mappedFields, type Stores } from "#sources";

/** The fields of all indices. Throws the failures of asking. */
export async function answerMapping(
  { uris }: Wanted & { readonly kind: "mapping" },
  stores: Stores,
  signal: AbortSignal,
): Promise<WantedAnswer> {
  const fields = new Map<string, MappedDocumentField>();
  for (const uri of uris) {
    for (const field of await mappedFields(uri, stores, signal)) {
      const known = fields.get(field.path);
      const isSame = known === undefined || (known.type === field.type && known.format === field.format);
      const isSearchable = isSame && field.isSearchable && known?.isSearchable !== false;
      const lengths = [field.mostCharacters, known?.mostCharacters ?? null].filter((one) => one !== null);
      fields.set(field.path, {
        ...field,
        ...(isSame ? {} : { type: "mixed" }),
        isSearchable,
        mostCharacters: lengths.length === 0 ? null : Math.min(...lengths),
      });
    }
  }
  if (fields.size > 0) return { kind: "mapping", fields: [...fields.values()] };
  return { kind: "missing", message: "The mapping has no fields, or there is no such index." };
}
