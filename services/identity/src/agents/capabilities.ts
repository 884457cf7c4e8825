import { scopeCovers, scopePattern } from '@artdag/actor-context';
import { AppError } from '@artdag/service-kit';
import { z } from 'zod';

const maxCapabilities = 32;

/** What an agent may do: scopes, each once. With none it may do what takes no scope. */
export const capabilitiesSchema = z
  .array(z.string().max(64).regex(scopePattern, 'a capability is verb:resource, such as read:* or assets:create'))
  .max(maxCapabilities)
  .transform((capabilities) => [...new Set(capabilities)]);

/** Nobody gives away what they have not. @throws AppError 403 `scope_not_allowed` */
export function refuseWidening(own: readonly string[], wanted: readonly string[]): void {
  const beyond = wanted.filter((capability) => !scopeCovers(own, capability));
  if (beyond.length === 0) return;
  throw new AppError('scope_not_allowed', 403, `You have not the scope ${beyond.join(', ')} yourself.`);
}
