const headerBytes = 20;
const oids = { text: 25, bytea: 17 };

/**
 * A one-dimensional array in PostgreSQL's binary form, for a parameter of type text[] or bytea[]. Written by hand because
 * `pg` sends arrays as text, escaped and parsed again, which costs a batch of documents more than storing them.
 */
export function binaryArray(type: keyof typeof oids, values: readonly (string | Buffer | null)[]): Buffer {
  const lengths = values.map((value) => (value === null ? -1 : Buffer.byteLength(value)));
  const bytes = lengths.reduce((sum, length) => sum + 4 + Math.max(0, length), headerBytes);
  const out = Buffer.allocUnsafe(bytes);
  out.writeInt32BE(1, 0); // dimensions
  out.writeInt32BE(lengths.includes(-1) ? 1 : 0, 4); // whether there are nulls
  out.writeInt32BE(oids[type], 8);
  out.writeInt32BE(values.length, 12);
  out.writeInt32BE(1, 16); // lower bound
  let at = headerBytes;
  for (const [i, value] of values.entries()) {
    at = out.writeInt32BE(lengths[i] ?? -1, at);
    if (typeof value === 'string') at += out.write(value, at);
    else if (value !== null) at += value.copy(out, at);
  }
  return out;
}
