import { z } from 'zod';
import { defineEvent } from './define-event.ts';

const actorKey = z.looseObject({
  /** `{ap_id}#main-key`, `{ap_id}#ed25519-key`, after a rotation `…-2` and so on. */
  key_id: z.string().min(1),
  kind: z.enum(['rsa', 'ed25519']),
  status: z.enum(['primary', 'retired', 'compromised']),
  /** SPKI PEM. */
  public_key_pem: z.string().min(1),
  /** Ed25519 only: `z` + base58btc of 0xed 0x01 and the key. */
  public_key_multibase: z.string().min(1).optional(),
});

/**
 * Emitted by identity with all public keys of an actor whenever one is added, rotated or withdrawn. Consumed by federation and
 * asset-registry. Subject: `{actor_id}#keys`; version: a counter of identity's own, since the actor's is auth's.
 */
export const actorKeysChanged = defineEvent(
  'actor-keys-changed',
  1,
  z.looseObject({ actor_id: z.string().min(1), username: z.string().min(1), keys: z.array(actorKey) }),
  { context: 'identity' },
);
