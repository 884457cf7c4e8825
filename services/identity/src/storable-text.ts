import { z } from 'zod';

/** Text that PostgreSQL can store: with no NUL, which it cannot, and not empty. */
export function storableText(maxLength: number) {
  return z
    .string()
    .min(1)
    .max(maxLength)
    .regex(/^[^\0]*$/, 'holds a NUL character');
}
