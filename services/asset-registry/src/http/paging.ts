import { shownAs } from '@artdag/service-kit';
import { z } from 'zod';

function wholeNumber(minimum: number, maximum: number, preset: number) {
  const message = `Wants a whole number from ${minimum} to ${maximum}.`;
  const schema = z
    .string(message)
    .regex(/^\d{1,6}$/, message)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, message)
    .default(preset);
  return shownAs(schema, { type: 'integer', minimum, maximum, default: preset });
}

/** How long a page is. */
export const limitSchema = wholeNumber(1, 100, 50);

/** Passing over more rows than this costs too much. */
export const maxOffset = 10_000;

export const offsetSchema = wholeNumber(0, maxOffset, 0);
