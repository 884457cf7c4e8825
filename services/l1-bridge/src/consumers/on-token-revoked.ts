import type { Envelope, tokenRevoked } from '@artdag/events';
import type { Execute } from '@artdag/messaging';
import type { z } from 'zod';
import { endAttachmentBy } from '../revocations/end-attachments.ts';
import { isToldOf } from '../revocations/end-reason.ts';
import { enqueueRevocations, lockAttachmentsOf } from '../revocations/enqueue.ts';
import type { ConsumerDeps } from './on-user-logged-out.ts';

type Data = z.output<typeof tokenRevoked.data>;

/**
 * `token-revoked` of auth: the L1 that holds the token is told, and the attachment that it made goes, if there is one. Most are API tokens, of which
 * no L1 knows. As a rule whoever ended the token has seen to both; the event is for those who were interrupted.
 */
export function onTokenRevoked({ now }: ConsumerDeps) {
  return async (event: Envelope<Data>, execute: Execute): Promise<void> => {
    const { jti, token_hash, l1_token: of } = event.data;
    const { actor_id: actorId } = event;
    const at = new Date(event.occurred_at);
    if (actorId !== null) await lockAttachmentsOf(execute, actorId);
    if (of !== undefined && isToldOf(of.reason)) {
      const { l1_server: l1_url, username, reason } = of;
      await enqueueRevocations(execute, [{ l1_url, username, jti, token_hash, reason }], at);
    }
    await endAttachmentBy(execute, jti, { reason: of?.reason ?? 'revoked', at, now: now() });
  };
}
