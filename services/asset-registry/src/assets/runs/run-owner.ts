import { AppError } from '@artdag/service-kit';
import type { Urls } from '../../urls.ts';
import type { Run } from './l1-runs.ts';

export interface RunCaller {
  actorId: string;
  username: string | null;
}

/**
 * A run that its L1 says is somebody's is recorded by nobody else. A name may be written as the handle, with or without this server's
 * domain, or as the actor's address; another server's user of the same name is somebody else.
 *
 * @throws AppError 403 `not_run_owner`
 */
export function refuseOthersRun(urls: Urls, { username, actor_id: actorId }: Run, caller: RunCaller): void {
  const isOther = actorId !== null && actorId !== caller.actorId && !namesOf(urls, caller).includes(actorId);
  if (isOther || (username !== null && !namesOf(urls, caller).includes(username))) {
    throw new AppError('not_run_owner', 403, 'The L1 says that this run is somebody else’s.');
  }
}

function namesOf(urls: Urls, { username }: RunCaller): string[] {
  if (username === null) return [];
  const { host } = new URL(urls.publicUrl);
  return [username, `@${username}`, `${username}@${host}`, `@${username}@${host}`, urls.actor(username)];
}
