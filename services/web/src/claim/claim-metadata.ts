/** Typed metadata as what the API is sent, or what keeps it from being that; everything else about it the API judges. */
export type TypedMetadata = { metadata?: object } | { problem: string };

/** @param text JSON (RFC 8259); nothing is none */
export function readMetadata(text: string): TypedMetadata {
  if (text === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return {
      problem: 'This is no JSON. Names and texts stand in double quotes, and there is no comma after the last.',
    };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { problem: 'Metadata is a JSON object: {"name": "value"}.' };
  return canBeSent(value) ? { metadata: value } : { problem: 'A number is too large, or it is nested too deep.' };
}

/** JSON has no infinity, which large numbers become when they are read, and writing it ends where the stack does. */
function canBeSent(value: object): boolean {
  try {
    JSON.stringify(value, (_name, member: unknown) => {
      if (typeof member === 'number' && !Number.isFinite(member)) throw new RangeError('A number is too large.');
      return member;
    });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
