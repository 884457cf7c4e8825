import type { Part, Shared } from '../part.ts';

/** Profiles, organisations and agents. */
export function composeIdentities(_shared: Shared): Part {
  return {};
}
