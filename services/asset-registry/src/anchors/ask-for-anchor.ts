import type { Assertion } from '@artdag/actor-context';
import { AppError } from '@artdag/service-kit';
import type { AnchorDeps } from './anchor-deps.ts';
import { askedForEveryMs } from './anchor-timing.ts';
import { noCalendars } from './ask-calendars-again.ts';
import { awaitSignedLog, type AwaitSignedLogDeps } from './await-signed-log.ts';
import { createAnchor } from './create-anchor.ts';

/**
 * Anchors all that is not anchored yet. Sysadmins may at any time; owners of an organisation, which every person is, while the last anchor is not
 * a few minutes old, since it is other people's calendars that have the work.
 *
 * @returns the root that names the anchor
 * @throws AppError 409 `no_calendars`, 409 `nothing_to_anchor`, 429 `anchored_recently`
 */
export async function askForAnchor(
  deps: AnchorDeps & AwaitSignedLogDeps,
  { actor }: Pick<Assertion, 'actor'>,
  requestId: string,
): Promise<string> {
  if (deps.settings.calendars.length === 0) throw noCalendars();
  await awaitSignedLog(deps);
  const mayAlways = actor.roles.includes('system_admin');
  const now = deps.now().getTime();
  let waitMs = 0;
  const created = await createAnchor(deps, {
    requestedBy: { actorId: actor.actor_id, requestId },
    isDue({ last }) {
      waitMs = last === null || mayAlways ? 0 : last.getTime() + askedForEveryMs - now;
      return waitMs <= 0;
    },
  });
  if (created === 'nothing')
    throw new AppError('nothing_to_anchor', 409, 'Everything in the log is anchored, or on its way.');
  if (created === 'not_due') {
    const headers = { 'retry-after': String(Math.ceil(waitMs / 1000)) };
    throw new AppError('anchored_recently', 429, 'The last anchor is a few minutes old; try again later.', { headers });
  }
  return created.merkleRoot;
}
