import type { Envelope, userLoggedOut } from '@artdag/events';
import type { Execute } from '@artdag/messaging';
import { firstIdAt } from '@artdag/service-kit';
import type { z } from 'zod';
import { endAttachmentsOf } from '../revocations/end-attachments.ts';
import { enqueueRevocations, lockAttachmentsOf } from '../revocations/enqueue.ts';

export interface ConsumerDeps {
  now: () => Date;
}

/** How far the clocks of two replicas of auth may differ: a token that was minted so shortly before may be one of after the logout. */
const CLOCKS_MS = 60_000;

/**
 * `user-logged-out` of auth: the user's attachments go, and every L1 that holds a token of the user is to be told, in one transaction. The tokens are
 * dead already. May come twice, and long after the user has attached again.
 */
export function onUserLoggedOut({ now }: ConsumerDeps) {
  return async (event: Envelope<z.output<typeof userLoggedOut.data>>, execute: Execute): Promise<void> => {
    const { actor_id: actorId, username, jtis, l1_tokens: l1Tokens, reason } = event.data;
    const at = new Date(event.occurred_at);
    const tokens = l1Tokens.map(({ jti }) => jti);
    await lockAttachmentsOf(execute, actorId);
    const calls = l1Tokens.map((token) => ({
      ...{ l1_url: token.l1_server, username, jti: token.jti, token_hash: token.token_hash, reason },
    }));
    await enqueueRevocations(execute, calls, at);
    const before = new Date(at.getTime() - CLOCKS_MS);
    await endAttachmentsOf(
      execute,
      { actorId, jtis: [...jtis, ...tokens], mintedBefore: firstIdAt('tok', before), createdBefore: before },
      { reason, at, now: now() },
    );
  };
}
