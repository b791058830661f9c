/** Names of files as completion items. */
import { plainItem } from "./items.ts";
import type { Candidate } from "./ranking.ts";

/** A file or folder in a folder. */
export interface FileName {
  readonly name: string;
  readonly isFolder: boolean;
}

/** Where relative paths start: texts that a script refers to beside the script, sources where it runs. */
export type FileBase = "script" | "run";

/**
 * Lists a folder, for completion of file names. `folder` is what stands in the text up to its last slash, empty when there is none.
 * Gives nothing for a folder that is not there or may not be seen. Called at most once per completion.
 */
export type ListFiles = (folder: string, base: FileBase) => readonly FileName[];

/** Which files fit: scripts, texts such as patterns, or any. */
export type FilePurpose = "script" | "text" | "any";

const ENDINGS: Readonly<Record<FilePurpose, RegExp>> = {
  script: /\.sx$/i,
  text: /\.(sxp|txt)$/i,
  any: /(?:)/,
};

/** The files as candidates; those that fit the purpose first, folders too. */
export function fileCandidates(files: readonly FileName[], purpose: FilePurpose): readonly Candidate[] {
  if (files.length === 0) return [];
  const parent: FileName = { name: "..", isFolder: true };
  return [...files, parent].flatMap(({ name, isFolder }) => {
    if (name.startsWith(".") && name !== "..") return [];
    if (isFolder) {
      const item = plainItem("folder", name, "folder", "", `${name}/`);
      return [{ item, weight: name === ".." ? 9 : 1 }];
    }
    const fits = ENDINGS[purpose].test(name);
    return fits ? [{ item: plainItem("file", name), weight: 0 }] : [];
  });
}
