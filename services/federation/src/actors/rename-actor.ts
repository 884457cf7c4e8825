import type { Execute } from '@artdag/messaging';
import type { PublicActor } from '../auth/auth-client.ts';
import type { LocalUrls } from '../urls.ts';
import { setName } from './actor.repository.ts';
import { changeShown, refuseOlder } from './change-shown.ts';

/**
 * Keeps an actor's name, unless something as new is kept already, or the actor has been deleted: how that is shown, `user-deleted` says.
 *
 * @param known what auth says, which may be newer than the news
 * @param heard the version of the news
 * @throws RetryLater when auth's answer is older than the news, or the actor's registration has not come yet
 */
export async function renameActor(
  execute: Execute,
  urls: LocalUrls,
  { known, heard, now }: { known: PublicActor; heard: number; now: Date },
): Promise<void> {
  if (known.status === 'deleted') return;
  refuseOlder(known, heard);
  const { actorId, version } = known;
  await changeShown(execute, urls, {
    ...{ actorId, change: `name-${version}`, now },
    write: () => setName(execute, known),
  });
}
