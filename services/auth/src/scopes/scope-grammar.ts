import { scopeCovers } from '@artdag/actor-context';

export { scopePattern } from '@artdag/actor-context';

/** The scopes of `wants` that `have` does not cover. */
export function scopesBeyond(have: readonly string[], wants: readonly string[]): string[] {
  return wants.filter((want) => !scopeCovers(have, want));
}
