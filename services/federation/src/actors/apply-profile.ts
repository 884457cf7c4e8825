import type { Execute } from '@artdag/messaging';
import type { PublicProfile } from '../identity/identity-client.ts';
import type { LocalUrls } from '../urls.ts';
import { setProfile } from './actor.repository.ts';
import { changeShown, refuseOlder } from './change-shown.ts';

/**
 * Keeps what an actor says of itself, unless something as new is kept already, or the actor has been deleted.
 *
 * @param known what identity says, which may be newer than the news
 * @param heard the version of the news
 * @throws RetryLater when identity's answer is older than the news, or the actor's registration has not come yet
 */
export async function applyProfile(
  execute: Execute,
  urls: LocalUrls,
  { known, heard, now }: { known: PublicProfile; heard: number; now: Date },
): Promise<void> {
  refuseOlder(known, heard);
  const { actorId, version } = known;
  await changeShown(execute, urls, {
    ...{ actorId, change: `profile-${version}`, now },
    write: () => setProfile(execute, known),
  });
}
