import { z } from 'zod';

/** A short text that people are shown, in a terminal too: trimmed, not empty, without control characters. By the same rule as auth's names. */
export function shownText(maxLength: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'A name has no control characters.');
}
