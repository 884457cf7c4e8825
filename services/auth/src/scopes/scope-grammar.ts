import { scopeCovers } from '@artdag/actor-context';

/** `verb:resource`; a resource of `*` stands for every one (public-key-auth.md §6). */
export const scopePattern = /^[a-z][a-z0-9_-]{0,30}:(?:\*|[a-z0-9][a-z0-9_-]{0,30})$/;

/** The scopes of `wants` that `have` does not cover. */
export function scopesBeyond(have: readonly string[], wants: readonly string[]): string[] {
  return wants.filter((want) => !scopeCovers(have, want));
}
