/**
 * - `queued`: no calendar has taken it yet
 * - `submitted`: some have, but of fewer operators than wanted
 * - `pending`: taken by enough, waits for a block
 * - `upgraded`: a calendar names a block that commits to it; the block's header is not checked
 * - `confirmed`: the header is checked, and five blocks are on top of it
 * - `stale`: no block for a day; submitted elsewhere, and asked for ever
 */
export const anchorStates = ['queued', 'submitted', 'pending', 'upgraded', 'confirmed', 'stale'] as const;

export type AnchorState = (typeof anchorStates)[number];

export interface AnchorFacts {
  confirmed: boolean;
  /** By a block that has not been found to be another one. */
  attested: boolean;
  /** A day has passed without a block. */
  late: boolean;
  /** Operators of whom a calendar has taken it. */
  operators: number;
  wantedOperators: number;
}

/** The state is nothing but what the facts say, so no step can leave one behind that is not true. */
export function stateOf(facts: AnchorFacts): AnchorState {
  if (facts.confirmed) return 'confirmed';
  if (facts.attested) return 'upgraded';
  if (facts.late) return 'stale';
  if (facts.operators === 0) return 'queued';
  return facts.operators < facts.wantedOperators ? 'submitted' : 'pending';
}
