/** `verb:resource`; a resource of `*` stands for every one (public-key-auth.md §6). */
export const scopePattern = /^[a-z][a-z0-9_-]{0,30}:(?:\*|[a-z0-9][a-z0-9_-]{0,30})$/;

/** Whether somebody with the scopes `have` may do what `want` names: `read:*` covers `read:assets` and itself. */
export function scopeCovers(have: readonly string[], want: string): boolean {
  return have.some((scope) => scope === want || (scope.endsWith(':*') && want.startsWith(scope.slice(0, -1))));
}

/** The scopes of `wants` that `have` does not cover. */
export function scopesBeyond(have: readonly string[], wants: readonly string[]): string[] {
  return wants.filter((want) => !scopeCovers(have, want));
}
