/** JSON in which words stand without quotes, as JSON. */
import { jsonString } from "./json-of.ts";
import { isWordByte } from "./json-value.ts";

const VALUE = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
const CLOSING = "}]";

/** The same JSON with strings in place of words. `json` has been matched. Cost: linear. */
export function jsonWithoutWords(json: string): string {
  const parts: string[] = [];
  const open: string[] = [];
  let isName = false;
  for (let at = 0; at < json.length; ) {
    const character = json[at] ?? "";
    if (character === '"') {
      const end = stringEnd(json, at);
      parts.push(json.slice(at, end));
      at = end;
    } else if (isWord(character, isName)) {
      const end = wordEnd(json, at, isName);
      const word = json.slice(at, end);
      parts.push(!isName && VALUE.test(word) ? word : jsonString(word));
      at = end;
    } else {
      if (character === "{" || character === "[") open.push(character);
      else if (CLOSING.includes(character)) open.pop();
      if (character === ":") isName = false;
      else if (character === "," || character === "{" || character === "[") isName = open.at(-1) === "{";
      parts.push(character);
      at++;
    }
  }
  return parts.join("");
}

function isWord(character: string, isName: boolean): boolean {
  const code = character.charCodeAt(0);
  return isWordByte(code) && !(isName && character === ":");
}

function wordEnd(json: string, start: number, isName: boolean): number {
  let end = start;
  while (end < json.length && isWord(json[end] ?? "", isName)) end++;
  return end;
}

function stringEnd(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at++) {
    if (json[at] === "\\") at++;
    else if (json[at] === '"') return at + 1;
  }
  return json.length;
}
