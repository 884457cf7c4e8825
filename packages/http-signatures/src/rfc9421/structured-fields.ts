import { SignatureError } from '../signature-error.ts';

/** A value as it is serialised: of what may be written in several ways, only the canonical one is read. */
export interface BareItem {
  kind: 'string' | 'integer' | 'decimal' | 'token' | 'bytes' | 'boolean';
  value: string | number | boolean | Buffer;
  text: string;
}

export type Parameters = ReadonlyMap<string, BareItem>;

export interface Item extends BareItem {
  parameters: Parameters;
}

export interface InnerList {
  kind: 'list';
  items: readonly Item[];
  parameters: Parameters;
}

/** By key, in order. */
export type Dictionary = ReadonlyMap<string, Item | InnerList>;

const maxMembers = 16;
const maxParameters = 32;

const optionalSpace = /[ \t]*/y;
const spaces = / */y;
const keyPattern = /[a-z*][a-z0-9_.*-]*/y;
/** One of: string, bytes, boolean, number, token. A number has no leading zeros, nor a decimal trailing ones: they would be lost in its text. */
const barePattern =
  /"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"|:([A-Za-z0-9+/]*={0,2}):|\?([01])|(-?(?:0|[1-9]\d{0,14})(?:\.(?:\d{0,2}[1-9]|0))?)(?![\d.])|([A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*)/y;

/**
 * Reads a Dictionary (RFC 8941 §3.2), more strictly than that: a key that comes twice is refused, where the standard has the last one win, as
 * another parser may take the first. What `Signature`, `Signature-Input`, `Accept-Signature` and `Content-Digest` need, and so neither dates nor
 * display strings. Bounded by its caller's bound on the text. Throws SignatureError `signature_invalid`.
 */
export function parseDictionary(text: string): Dictionary {
  return new Reader(text).dictionary();
}

/** As RFC 8941 §4.1.1.2 writes parameters: `;created=1;keyid="k"`. */
export function parametersText(parameters: Parameters): string {
  return [...parameters]
    .map(([key, { kind, value, text }]) => (kind === 'boolean' && value === true ? `;${key}` : `;${key}=${text}`))
    .join('');
}

export function itemText(item: Item): string {
  return item.text + parametersText(item.parameters);
}

export function innerListText({ items, parameters }: InnerList): string {
  return `(${items.map(itemText).join(' ')})${parametersText(parameters)}`;
}

/** A String (RFC 8941 §3.3.3). Throws TypeError for what it cannot hold. */
export function stringText(value: string): string {
  if (!/^[\x20-\x7e]*$/.test(value)) throw new TypeError('A string in a structured field is printable ASCII.');
  return `"${value.replace(/["\\]/g, String.raw`\$&`)}"`;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text.replace(/^ +| +$/g, '');
  }

  dictionary(): Dictionary {
    const members = new Map<string, Item | InnerList>();
    while (this.#at < this.#text.length) {
      const key = this.#key();
      if (members.has(key)) throw invalid(`has ${key} twice`);
      if (members.size >= maxMembers) throw invalid('has too many members');
      members.set(key, this.#skip('=') ? this.#member() : { ...truth, parameters: this.#parameters() });
      this.#match(optionalSpace);
      if (this.#at === this.#text.length) return members;
      if (!this.#skip(',')) throw invalid('is not a list of members');
      this.#match(optionalSpace);
      if (this.#at === this.#text.length) throw invalid('ends in a comma');
    }
    return members;
  }

  #member(): Item | InnerList {
    return this.#skip('(') ? this.#innerList() : this.#item();
  }

  #innerList(): InnerList {
    const items: Item[] = [];
    for (;;) {
      this.#match(spaces);
      if (this.#skip(')')) return { kind: 'list', items, parameters: this.#parameters() };
      items.push(this.#item());
      if (![' ', ')'].includes(this.#text[this.#at] ?? '')) throw invalid('has a list that does not end');
    }
  }

  #item(): Item {
    return { ...this.#bareItem(), parameters: this.#parameters() };
  }

  #parameters(): Parameters {
    const parameters = new Map<string, BareItem>();
    while (this.#skip(';')) {
      this.#match(spaces);
      const key = this.#key();
      if (parameters.has(key)) throw invalid(`has the parameter ${key} twice`);
      if (parameters.size >= maxParameters) throw invalid('has too many parameters');
      parameters.set(key, this.#skip('=') ? this.#bareItem() : truth);
    }
    return parameters;
  }

  #bareItem(): BareItem {
    const match = this.#match(barePattern);
    if (match === undefined) throw invalid('has a value that is none');
    const [text, string, bytes, boolean, number, token] = match;
    if (string !== undefined) return { kind: 'string', value: string.replace(/\\(.)/g, '$1'), text };
    if (bytes !== undefined) return { kind: 'bytes', value: decodeBase64(bytes), text };
    if (boolean !== undefined) return { kind: 'boolean', value: boolean === '1', text };
    if (number !== undefined)
      return { kind: number.includes('.') ? 'decimal' : 'integer', value: Number(number), text };
    return { kind: 'token', value: token ?? '', text };
  }

  #key(): string {
    const match = this.#match(keyPattern);
    if (match === undefined) throw invalid('has a key that is none');
    return match[0];
  }

  #skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    return match;
  }
}

const truth: BareItem = { kind: 'boolean', value: true, text: '?1' };

function decodeBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw invalid('has bytes that are not base64');
  return bytes;
}

function invalid(problem: string): SignatureError {
  return new SignatureError('signature_invalid', `A structured field of the signature ${problem}.`);
}
