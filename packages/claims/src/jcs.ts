/**
 * Canonical JSON text of a value (RFC 8785, JCS).
 *
 * Stricter than JSON.stringify, because two readers must never see different documents behind one hash.
 *
 * @throws TypeError on lone surrogates, undefined, functions, symbols, big integers and numbers that JSON cannot hold.
 */
export function jcs(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return numberText(value);
  if (Array.isArray(value)) return `[${Array.from(value as unknown[], jcs).join(',')}]`;
  if (typeof value === 'object') return objectText(value as Record<string, unknown>);
  throw new TypeError(`Canonical JSON has no form for ${typeof value}.`);
}

/** JSON text of one string. ECMAScript's escapes are those of RFC 8785 §3.2.2.2. */
export function quote(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('Canonical JSON has no form for a lone surrogate.');
  return JSON.stringify(text);
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`Canonical JSON has no form for ${String(value)}.`);
  return JSON.stringify(value);
}

function objectText(value: Record<string, unknown>): string {
  // sort() without a comparer orders by UTF-16 code units, as RFC 8785 §3.2.3 demands.
  const members = Object.keys(value)
    .sort()
    .map((key) => `${quote(key)}:${jcs(value[key])}`);
  return `{${members.join(',')}}`;
}
