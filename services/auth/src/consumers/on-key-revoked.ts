import type { Envelope, keyRevoked } from '@artdag/events';
import type { Execute } from '@artdag/messaging';
import type { z } from 'zod';
import { appendAudit } from '../audit/audit.ts';
import { endL1TokensWith, keyRevokedReason } from '../l1-tokens/end-with-credential.ts';
import { revocableId } from '../revocation/revocable-id.ts';
import { writeDenials } from '../revocation/write-denials.ts';
import { seeAs } from '../transaction.ts';
import type { AfterCommit } from './after-commit.ts';

export interface KeyRevokedDeps extends Pick<AfterCommit, 'after'> {
  /** Resolves when no replica accepts these ids any more. */
  revoker: { enforce(ids: readonly string[]): Promise<void> };
  now: () => Date;
  onEvent: () => void;
}

/** Whoever keeps something of a public key reads it again within a minute. */
const denialMs = 10 * 60_000;

/**
 * `key-revoked`: audited. identity asks for the denial before it answers; should it have died on the way, the key is denied here, and what L1s got by
 * it ends. The keeper of
 * the store finds the denial within a second, if this process dies before it enforces it.
 */
export function onKeyRevoked({ after, revoker, now, onEvent }: KeyRevokedDeps) {
  return async (event: Envelope<z.output<typeof keyRevoked.data>>, execute: Execute): Promise<void> => {
    const { actor_id: actorId, key_id: id, fingerprint, reason } = event.data;
    const data = { fingerprint, reason };
    const entry = { actorId, action: 'public_key.revoked', target: id, requestId: event.correlation_id, data };
    await appendAudit(execute, entry);
    if (!revocableId.safeParse(id).success) return;
    await seeAs(execute, actorId);
    const by = { actorId, ip: null, requestId: event.correlation_id ?? event.id };
    const which = { actorId, credentialIds: [id], reason: keyRevokedReason };
    const l1Tokens = await endL1TokensWith(execute, which, by, now());
    if (!(await isDenied(execute, id))) {
      const expiresAt = new Date(now().getTime() + denialMs);
      await writeDenials(execute, [{ id, reason: 'key_revoked', actorId, expiresAt }]);
    } else if (l1Tokens.length === 0) return;
    after(execute, async () => {
      onEvent();
      await revoker.enforce([id, ...l1Tokens]);
    });
  };
}

async function isDenied(execute: Execute, id: string): Promise<boolean> {
  return (await execute('SELECT 1 AS one FROM revoked_tokens WHERE jti = $1', [id])).rows.length > 0;
}
