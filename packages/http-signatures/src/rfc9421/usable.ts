import { SignatureError } from '../signature-error.ts';

/** What can be made of these. Throws the first one's SignatureError when nothing can be made of any. */
export function usable<T, U>(all: readonly T[], make: (one: T) => U): U[] {
  let reason: unknown;
  const made = all.flatMap((one) => {
    try {
      return [make(one)];
    } catch (error) {
      if (!(error instanceof SignatureError)) throw error;
      reason ??= error;
      return [];
    }
  });
  if (made.length === 0) throw reason;
  return made;
}
