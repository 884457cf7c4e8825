import { AppError } from '@artdag/service-kit';
import { lowerCased } from '../public-keys/handle.ts';

/** Handles of agents are longer than people's (conflicts C9). auth, which gives them out, knows those that are reserved. */
const agentHandle = /^[a-z0-9][a-z0-9-]{1,62}[a-z0-9]$/;

/** A new agent's handle, in lower case. @throws AppError 422 `handle_invalid` */
export function newAgentHandle(wanted: string): string {
  const handle = lowerCased(wanted);
  if (agentHandle.test(handle)) return handle;
  const rule = '3 to 64 of a-z, 0-9 and hyphen, with no hyphen at either end';
  throw new AppError('handle_invalid', 422, `An agent's handle has ${rule}.`);
}
