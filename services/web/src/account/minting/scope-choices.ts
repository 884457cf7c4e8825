import type { Html } from '../../html/html.ts';
import { checkboxes } from '../choices.ts';

const meanings: Record<string, string> = {
  'read:*': 'read all that you may read',
  'assets:create': 'register works',
  'assets:update': 'edit works',
  'assets:delete': 'delete works',
  'assets:record': 'record runs of renderers',
  'storage:manage': 'manage storage',
  'social:write': 'follow and share',
  'l1:attach': 'attach renderers',
};

/** What a key or token may do, to choose from: nobody can give more than they have. */
export function scopeChoices(
  own: readonly string[],
  chosen: readonly string[],
  error: Html | string | undefined,
): Html {
  const choices = own.map((value) => ({
    value,
    label: Object.hasOwn(meanings, value) ? `${value}: ${meanings[value] ?? ''}` : value,
  }));
  return checkboxes({ name: 'scopes', label: 'What it may do', choices, chosen, error });
}
