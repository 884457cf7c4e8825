/** JSON as it may be kept: of a bounded size, and nothing in it that a reader, a terminal or the database stumbles over. */
export type BoundedJson = string | number | boolean | null | BoundedJson[] | { [key: string]: BoundedJson };

/** What an L1 may say at most, over all parts that are kept. */
export interface JsonBounds {
  maxDepth: number;
  /** Scalars, arrays, objects and keys. */
  maxValues: number;
  maxCharacters: number;
}

export class UnboundedJson extends Error {
  override readonly name = 'UnboundedJson';
}

// Control characters, and what turns the direction of writing: they hide or change what people are shown.
const unprintable = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

export function isPrintable(text: string): boolean {
  return !unprintable.test(text) && text.isWellFormed();
}

/** Checks values one after another against one budget; `check` gives the value back, or throws UnboundedJson. */
export function createJsonCheck(bounds: JsonBounds): (value: unknown) => BoundedJson {
  let values = 0;
  let characters = 0;
  const checkText = (text: string): void => {
    characters += text.length;
    if (characters > bounds.maxCharacters) throw new UnboundedJson(`more than ${bounds.maxCharacters} characters`);
    if (!isPrintable(text)) throw new UnboundedJson('a text with control characters');
  };
  /** Depth and number are judged before it goes deeper, so that no nesting exhausts the stack. */
  const check = (value: unknown, depth: number): void => {
    values += 1;
    if (values > bounds.maxValues) throw new UnboundedJson(`more than ${bounds.maxValues} values`);
    if (typeof value === 'string') return checkText(value);
    if (typeof value === 'number' && !Number.isFinite(value)) throw new UnboundedJson('a number that is too large');
    if (typeof value !== 'object' || value === null) return;
    if (depth >= bounds.maxDepth) throw new UnboundedJson(`values nested more than ${bounds.maxDepth} deep`);
    for (const key of Array.isArray(value) ? [] : Object.keys(value)) {
      if (key === '__proto__') throw new UnboundedJson('a member named __proto__');
      values += 1;
      checkText(key);
    }
    for (const member of Object.values(value)) check(member, depth + 1);
  };
  return (value) => {
    check(value, 0);
    return value as BoundedJson;
  };
}
