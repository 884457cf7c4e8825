import { z } from 'zod';

/** Text that PostgreSQL can store: with no NUL, which it cannot, and not empty. */
export function storableText(maxLength: number) {
  return z
    .string()
    .min(1)
    .max(maxLength)
    .regex(/^[^\0]*$/, 'holds a NUL character');
}

/**
 * A short text that people are shown beside others, in a terminal too: trimmed, with something to see in it, without control characters, and without
 * what turns the direction of the text around it (UAX #9) or is not seen at all. What letters and emoji are joined by (ZWJ, ZWNJ) may be in it.
 */
export function shownText(maxLength: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .regex(
      /^(?=.*[\p{L}\p{N}\p{P}\p{S}])[^\u034f\p{Cc}\p{Cs}\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb]*$/u,
      'A name has something to see in it, no control characters, and none that are not seen or turn the direction of text.',
    );
}
