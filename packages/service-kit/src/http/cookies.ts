/**
 * The values that a `Cookie` header has under a name, in order (RFC 6265 §5.4). More than one is for the caller to
 * refuse: a sibling host can add one of its own, and which comes first is its choice.
 *
 * Names are compared exactly. Pairs end at every `;`, as nothing quotes one; values are not decoded.
 */
export function cookieValues(header: string | undefined, name: string): string[] {
  const values: string[] = [];
  if (header === undefined) return values;
  let at = header.indexOf(name);
  while (at !== -1) {
    const end = at + name.length;
    if (header[end] === '=' && beginsPair(header, at)) values.push(valueFrom(header, end + 1));
    at = header.indexOf(name, end);
  }
  return values;
}

function beginsPair(header: string, at: number): boolean {
  let before = at - 1;
  while (header[before] === ' ' || header[before] === '\t') before -= 1;
  return before < 0 || header[before] === ';';
}

function valueFrom(header: string, from: number): string {
  const end = header.indexOf(';', from);
  return header.slice(from, end === -1 ? undefined : end).trim();
}
