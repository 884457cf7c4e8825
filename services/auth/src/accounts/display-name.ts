import { z } from 'zod';

/** A name as people are shown it: 1 to 100 characters, of which none are control characters. */
export const displayName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'A name has no control characters.');
