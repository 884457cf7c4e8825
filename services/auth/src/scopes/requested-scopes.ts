import { AppError } from '@artdag/service-kit';
import { z } from 'zod';
import { scopePattern, scopesBeyond } from './scope-grammar.ts';

/** Scopes as somebody asks for them: well-formed, at most 32, each once. */
export const scopesSchema = z
  .array(z.string().max(64).regex(scopePattern, 'a scope is verb:resource, such as read:* or assets:create'))
  .max(32)
  .transform((scopes) => [...new Set(scopes)]);

/** @throws AppError 403 `scope_not_allowed` when one of them goes beyond `own` */
export function refuseScopesBeyond(own: readonly string[], wanted: readonly string[]): void {
  const beyond = scopesBeyond(own, wanted);
  if (beyond.length === 0) return;
  throw new AppError('scope_not_allowed', 403, `You have not the scope ${beyond.join(', ')} yourself.`);
}
