import { generateKeyPairSync } from 'node:crypto';
import { publicKeyMultibase } from '@artdag/claims';
import { actorKeysChanged, routingKeyOf, type Envelope } from '@artdag/events';
import type { Transport } from '@artdag/messaging';
import { newId } from '@artdag/service-kit';
import type { LoggedKey } from '../log/key-document.ts';
import { publicUrl } from './registry.testing.ts';

/** Gives events to the consumers as the relay does, and resolves when they have handled them. */
export async function publish(transport: Transport, ...events: Envelope[]): Promise<void> {
  let left = events.map((event) => ({
    id: event.id,
    routingKey: routingKeyOf(event),
    body: Buffer.from(JSON.stringify(event)),
  }));
  while (left.length > 0) {
    const { failed, later } = await transport.publish(left);
    left = left.filter(({ id }) => failed.has(id) || later?.has(id) === true);
    if (left.length > 0) await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/** A new public key of a user, primary. */
export function newActorKey(username: string, fragment: string, url = publicUrl): LoggedKey {
  const kind = fragment.startsWith('main') ? 'rsa' : 'ed25519';
  const { publicKey } =
    kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519');
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return {
    key_id: `${url}/users/${username}#${fragment}`,
    kind,
    status: 'primary',
    public_key_pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    ...(kind === 'ed25519' && { public_key_multibase: publicKeyMultibase(der.subarray(12)) }),
  };
}

/** `actor-keys-changed` as identity emits it. */
export function keysEvent(
  username: string,
  version: number,
  keys: readonly LoggedKey[],
  at = new Date(),
  actorId = `user:${username}`,
): Envelope {
  return actorKeysChanged.create({
    id: newId('evt'),
    occurred_at: at.toISOString(),
    subject: `${actorId}#keys`,
    subject_version: version,
    data: { actor_id: actorId, username, keys: keys.map((key) => ({ ...key })) },
  });
}
