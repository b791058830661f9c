/** Characters that are rare in ordinary values of a field, and that code needs: signs that a value is worth a closer look. */
import { SHAPE_SIGNS } from "../signatures/shapes.ts";

const CONTROLS: string = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join("");

/** Signs by the kind of field. Texts are signs in requests only. */
const SIGN_SETS = {
  request: {
    characters: `${SHAPE_SIGNS.characters}${CONTROLS}`,
    texts: [...SHAPE_SIGNS.texts, "/.", "./", ".."],
  },
  /** Ordinary agents hold parentheses, semicolons, blanks and plus signs. */
  agent: { characters: `"#$%'<>[\\]^\`{|}${CONTROLS}`, texts: [] as readonly string[] },
} as const;

const SET_OF_FIELD: Readonly<Record<string, keyof typeof SIGN_SETS>> = {
  "url.original": "request",
  "url.path": "request",
  "url.query": "request",
  "http.request.referrer": "request",
  "user_agent.original": "agent",
};

/** The signs of one field. */
export interface FieldSigns {
  readonly characters: string;
  readonly texts: readonly string[];
}

/** The signs of a field; null: none are known, its rules are asked always. */
export function signsOfField(field: string): FieldSigns | null {
  const name = Object.hasOwn(SET_OF_FIELD, field) ? SET_OF_FIELD[field] : undefined;
  return name === undefined ? null : SIGN_SETS[name];
}

/** Whether a text holds a sign, in its own characters. */
export function holdsSign(text: string, { characters, texts }: FieldSigns): boolean {
  for (const character of text) if (characters.includes(character)) return true;
  return texts.some((sign) => text.includes(sign));
}

/** A test of values as they stand in the log: whether they hold a sign, or letters that may be one in another shape. */
export function signTest({ characters, texts }: FieldSigns): (value: string) => boolean {
  const quoted = [...characters].map(
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const others = texts.map((text) => `|${text.replace(/[^a-z]/g, "\\$&")}`);
  const expression = new RegExp(`[${quoted.join("")}]|[^ -~]${others.join("")}`);
  return (value) => expression.test(value);
}
