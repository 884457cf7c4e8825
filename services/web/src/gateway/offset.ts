import { parameterOf, textOf } from './with-query.ts';

/** How many entries a page passes over; 0 for what is no number. */
export function offsetOf(parameter: unknown): number {
  const text = textOf(parameter) ?? '';
  return /^\d{1,6}$/.test(text) ? Number(text) : 0;
}

/** The offset in the API's `next`; undefined on the last page. */
export function nextOffsetOf(next: string | null): number | undefined {
  const offset = offsetOf(parameterOf(next, 'offset'));
  return offset > 0 ? offset : undefined;
}
