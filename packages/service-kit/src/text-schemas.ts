import { z } from 'zod';

/** Text that PostgreSQL can store: with no NUL, which it cannot, and not empty. */
export function storableText(maxLength: number) {
  return z
    .string()
    .min(1)
    .max(maxLength)
    .regex(/^[^\0]*$/, 'holds a NUL character');
}

/** A short text that people are shown, in a terminal too: trimmed, not empty, without control characters. */
export function shownText(maxLength: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'A name has no control characters.');
}
