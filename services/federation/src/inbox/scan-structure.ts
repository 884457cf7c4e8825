/**
 * What a document may hold, decided on its text before it is parsed (art-dag-l2.md §8.8, step 1). Entries are those of one `@context`:
 * an ordinary activity with a proof says the same context of eight entries twice, so in all there may be four such lists.
 */
export const LIMITS = {
  depth: 32,
  recipients: 1000,
  contextEntries: 16,
  allContextEntries: 64,
  contextTerms: 256,
} as const;

const ADDRESSING = new Set(['to', 'cc', 'bto', 'bcc', 'audience']);

/** Character codes of JSON's punctuation. */
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;

/** What a value is a part of: `context` is a context or a list of them, `definition` whatever stands inside one. */
type Role = 'addressing' | 'context' | 'definition' | undefined;

/** One open object or array. */
interface Frame {
  /** Member names seen so far; undefined for an array. */
  keys: Set<string> | undefined;
  key: string;
  keyComesNext: boolean;
  role: Role;
  /** The context that this is a list of, or within. */
  list: { entries: number };
}

/**
 * One pass over a JSON text, without recursion and without building anything: nesting, recipients over all addressing fields,
 * entries and terms of all contexts, duplicate member names and `__proto__`.
 *
 * Returns what is wrong, as a sentence, or undefined. Text that is not JSON at all may pass: the parser that follows refuses it.
 */
export function scanStructure(text: string): string | undefined {
  const scan = new Scan();
  let at = 0;
  while (at < text.length && scan.problem === undefined) at = scan.step(text, at);
  return scan.problem;
}

class Scan {
  problem: string | undefined;
  readonly #frames: Frame[] = [];
  #recipients = 0;
  #entries = 0;
  #terms = 0;

  /** Takes the token at `at`; returns where the next one begins. */
  step(text: string, at: number): number {
    const code = text.charCodeAt(at);
    const top = this.#frames.at(-1);
    if (code <= SPACE || code === COLON) return at + 1;
    if (code === COMMA) {
      if (top?.keys) top.keyComesNext = true;
      return at + 1;
    }
    if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      this.#frames.pop();
      return at + 1;
    }
    const end = tokenEnd(text, at, code);
    if (top?.keys && top.keyComesNext && code === QUOTE) this.#member(top, top.keys, text.slice(at, end));
    else this.#value(top, code);
    return end;
  }

  #member(frame: Frame, keys: Set<string>, quoted: string): void {
    const key = unquote(quoted);
    if (key === '__proto__') this.problem = 'The document has a member named __proto__.';
    else if (keys.has(key)) this.problem = `The document has two members named ${JSON.stringify(key.slice(0, 40))}.`;
    keys.add(key);
    frame.key = key;
    frame.keyComesNext = false;
    const isTerm = (frame.role === 'context' || frame.role === 'definition') && !key.startsWith('@');
    if (!isTerm) return;
    this.#terms += 1;
    if (this.#terms > LIMITS.contextTerms) {
      this.problem = `The document's contexts define more than ${LIMITS.contextTerms} terms.`;
    }
  }

  #value(parent: Frame | undefined, code: number): void {
    const role = roleOf(parent);
    const list = parent?.role === 'context' ? parent.list : { entries: 0 };
    if (code !== OPEN_ARRAY) this.#count(role, list);
    if (code !== OPEN_OBJECT && code !== OPEN_ARRAY) return;
    const keys = code === OPEN_OBJECT ? new Set<string>() : undefined;
    this.#frames.push({ keys, key: '', keyComesNext: true, role, list });
    if (this.#frames.length > LIMITS.depth) this.problem = `The document is nested deeper than ${LIMITS.depth} levels.`;
  }

  #count(role: Role, list: { entries: number }): void {
    if (role === 'addressing') this.#recipients += 1;
    if (role === 'context') {
      this.#entries += 1;
      list.entries += 1;
    }
    if (this.#recipients > LIMITS.recipients) {
      this.problem = `The document is addressed to more than ${LIMITS.recipients} recipients.`;
    }
    if (list.entries > LIMITS.contextEntries) {
      this.problem = `The document has a context of more than ${LIMITS.contextEntries} entries.`;
    }
    if (this.#entries > LIMITS.allContextEntries) {
      this.problem = `The document's contexts have more than ${LIMITS.allContextEntries} entries.`;
    }
  }
}

/** What a value is, from where it stands; an array hands its own role on, however deep. */
function roleOf(parent: Frame | undefined): Role {
  if (parent === undefined) return undefined;
  if (parent.role === 'definition') return 'definition';
  if (parent.keys === undefined) return parent.role;
  if (parent.role === 'context') return 'definition';
  if (parent.key === '@context') return 'context';
  return ADDRESSING.has(parent.key) ? 'addressing' : undefined;
}

function tokenEnd(text: string, at: number, code: number): number {
  if (code === OPEN_OBJECT || code === OPEN_ARRAY) return at + 1;
  return code === QUOTE ? stringEnd(text, at) : wordEnd(text, at);
}

function stringEnd(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === BACKSLASH) i += 1;
    else if (code === QUOTE) return i + 1;
  }
  return text.length;
}

/** The end of a number, a literal or any garbage. */
function wordEnd(text: string, at: number): number {
  let i = at + 1;
  while (i < text.length && !endsWord(text.charCodeAt(i))) i += 1;
  return i;
}

function endsWord(code: number): boolean {
  return (
    code <= SPACE ||
    code === QUOTE ||
    code === COMMA ||
    code === COLON ||
    code === OPEN_ARRAY ||
    code === CLOSE_ARRAY ||
    code === OPEN_OBJECT ||
    code === CLOSE_OBJECT
  );
}

/** A member name as its reader will see it: `"\u005f_proto__"` is `__proto__`. */
function unquote(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}
