/** The scopes of the grammar `verb:resource` (public-key-auth.md §6). A human's session or public key has them all. */
export const allScopes: readonly string[] = ['read:*', 'assets:create', 'assets:record', 'storage:manage', 'l1:attach'];
