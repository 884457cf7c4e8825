/** `verb:resource`; a resource of `*` stands for every one (public-key-auth.md §6). */
export const scopePattern = /^[a-z][a-z0-9_-]{0,30}:(?:\*|[a-z0-9][a-z0-9_-]{0,30})$/;

/** The scopes of the grammar `verb:resource` (public-key-auth.md §6). A human's session or public key has them all. */
export const allScopes: readonly string[] = [
  'read:*',
  'assets:create',
  'assets:update',
  'assets:delete',
  'assets:record',
  'storage:manage',
  'social:write',
  'l1:attach',
];
