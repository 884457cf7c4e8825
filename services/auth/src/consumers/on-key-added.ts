import type { Envelope, keyAdded } from '@artdag/events';
import type { Execute } from '@artdag/messaging';
import type { z } from 'zod';
import { appendAudit } from '../audit/audit.ts';

/** `key-added`: a public key opens an account from now on, which belongs in its audit log. */
export async function onKeyAdded(event: Envelope<z.output<typeof keyAdded.data>>, execute: Execute): Promise<void> {
  const { actor_id: actorId, key_id: target, fingerprint, algorithm } = event.data;
  const data = { fingerprint, algorithm };
  await appendAudit(execute, { actorId, action: 'public_key.added', target, requestId: event.correlation_id, data });
}
