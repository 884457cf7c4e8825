import type { Envelope, userUpdated } from '@artdag/events';
import type { Execute } from '@artdag/messaging';
import type { z } from 'zod';
import { renameActor } from '../actors/rename-actor.ts';
import type { AuthClient, PublicActor } from '../auth/auth-client.ts';
import type { LocalUrls } from '../urls.ts';

export interface OnUserUpdatedDeps {
  auth: AuthClient;
  urls: LocalUrls;
  now: () => Date;
}

type UserUpdated = Envelope<z.output<typeof userUpdated.data>>;

/** `user-updated` of auth: the name is copied from auth, which is asked before the transaction, and followers are told. */
export function onUserUpdated({ auth, urls, now }: OnUserUpdatedDeps) {
  return {
    prepare: (event: UserUpdated) => auth.findActor(event.data.actor_id),
    async handle(event: UserUpdated, execute: Execute, known: PublicActor | undefined): Promise<void> {
      if (known !== undefined) await renameActor(execute, urls, { known, heard: event.subject_version, now: now() });
    },
  };
}
