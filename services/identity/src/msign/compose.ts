import type { Part, Shared } from '../part.ts';

/** Verification of signed requests for the gateway. */
export function composeMSign(_shared: Shared): Part {
  return {};
}
