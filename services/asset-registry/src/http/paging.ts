import { z } from 'zod';

function wholeNumber(min: number, max: number) {
  const message = `Wants a whole number from ${min} to ${max}.`;
  return z
    .string(message)
    .regex(/^\d{1,6}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message);
}

/** How long a page is. */
export const limitSchema = wholeNumber(1, 100).default(50);

/** How many rows are passed over: beyond this, cursors. */
export const offsetSchema = wholeNumber(0, 10_000).default(0);
