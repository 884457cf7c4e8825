import type { Part, Shared } from '../part.ts';

/** Challenges, sign-in by key, and the keys of an identity. */
export function composePublicKeys(_shared: Shared): Part {
  return {};
}
