import type { Envelope, profileUpdated } from '@artdag/events';
import type { Execute } from '@artdag/messaging';
import type { z } from 'zod';
import { applyProfile } from '../actors/apply-profile.ts';
import type { IdentityClient, PublicProfile } from '../identity/identity-client.ts';
import type { LocalUrls } from '../urls.ts';

export interface OnProfileUpdatedDeps {
  identity: Pick<IdentityClient, 'profile'>;
  urls: LocalUrls;
  now: () => Date;
}

type ProfileUpdated = Envelope<z.output<typeof profileUpdated.data>>;

/** `profile-updated` of identity: the texts are copied from there, where they are asked for before the transaction, and followers are told. */
export function onProfileUpdated({ identity, urls, now }: OnProfileUpdatedDeps) {
  return {
    prepare: (event: ProfileUpdated) => identity.profile(event.data.actor_id),
    async handle(event: ProfileUpdated, execute: Execute, known: PublicProfile | undefined): Promise<void> {
      if (known !== undefined) await applyProfile(execute, urls, { known, heard: event.subject_version, now: now() });
    },
  };
}
