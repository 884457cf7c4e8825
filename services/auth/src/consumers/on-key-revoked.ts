import type { Envelope, keyRevoked } from '@artdag/events';
import type { Execute } from '@artdag/messaging';
import type { z } from 'zod';
import { appendAudit } from '../audit/audit.ts';
import { revocableId } from '../revocation/revocable-id.ts';
import { writeDenials } from '../revocation/write-denials.ts';
import type { AfterCommit } from './after-commit.ts';

export interface KeyRevokedDeps extends Pick<AfterCommit, 'after'> {
  /** Resolves when no replica accepts these ids any more. */
  revoker: { enforce(ids: readonly string[]): Promise<void> };
  now: () => Date;
}

/** Whoever keeps something of a public key reads it again within a minute. */
const denialMs = 10 * 60_000;

/**
 * `key-revoked`: audited. identity asks for the denial before it answers; should it have died on the way, the key is denied here. The keeper of
 * the store finds the denial within a second, if this process dies before it enforces it.
 */
export function onKeyRevoked({ after, revoker, now }: KeyRevokedDeps) {
  return async (event: Envelope<z.output<typeof keyRevoked.data>>, execute: Execute): Promise<void> => {
    const { actor_id: actorId, key_id: id, fingerprint, reason } = event.data;
    const data = { fingerprint, reason };
    const entry = { actorId, action: 'public_key.revoked', target: id, requestId: event.correlation_id, data };
    await appendAudit(execute, entry);
    if (!revocableId.safeParse(id).success || (await isDenied(execute, id))) return;
    const expiresAt = new Date(now().getTime() + denialMs);
    await writeDenials(execute, [{ id, reason: 'key_revoked', actorId, expiresAt }]);
    after(execute, () => revoker.enforce([id]));
  };
}

async function isDenied(execute: Execute, id: string): Promise<boolean> {
  return (await execute('SELECT 1 AS one FROM revoked_tokens WHERE jti = $1', [id])).rows.length > 0;
}
