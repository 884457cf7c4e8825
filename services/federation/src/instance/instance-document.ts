import type { ActorKey } from '../actors/actor-keys.ts';
import { actorContext, shownKeys } from '../actors/actor-document.ts';
import type { LocalUrls } from '../urls.ts';

/** The ActivityStreams document of the actor that stands for the whole server. It is called by its host, as others call theirs. */
export function instanceDocument(urls: LocalUrls, keys: readonly ActorKey[]): Record<string, unknown> {
  return {
    '@context': actorContext,
    type: 'Application',
    id: urls.instance,
    preferredUsername: urls.host,
    name: urls.host,
    inbox: urls.sharedInbox,
    outbox: `${urls.instance}/outbox`,
    url: `${urls.publicUrl}/`,
    endpoints: { sharedInbox: urls.sharedInbox },
    manuallyApprovesFollowers: true,
    ...shownKeys({ apId: urls.instance, keys: [...keys] }),
  };
}
