export const sorts = ['-created_at', 'created_at', 'name'] as const;
export type Sort = (typeof sorts)[number];

/** The last row of a page: what it is sorted by (an ISO-8601 time or a name) and its id. */
export interface Position {
  sort: Sort;
  value: string;
  id: string;
}

/** Opaque to clients; it goes on after a row, so that pages neither repeat nor lose rows while others are inserted. */
export function encodeCursor(position: Position): string {
  return Buffer.from(JSON.stringify([position.sort, position.value, position.id])).toString('base64url');
}

/** null when the text is no cursor for this order. */
export function decodeCursor(text: string, sort: Sort): Position | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (!Array.isArray(parts) || parts.length !== 3) return null;
    const [cursorSort, value, id] = parts as unknown[];
    if (cursorSort !== sort || typeof value !== 'string' || typeof id !== 'string' || !idForm.test(id)) return null;
    return (sort === 'name' ? nameForm : timeForm).test(value) ? { sort, value, id } : null;
  } catch {
    return null;
  }
}

const idForm = /^ast_[0-9a-z]{26}$/;
const nameForm = /^[A-Za-z0-9._:-]{1,128}$/;
const timeForm = /^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{3}Z$/;
