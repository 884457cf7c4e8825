import { AppError } from '@artdag/service-kit';
import type { By } from '../transaction.ts';
import type { KeyRing } from './key-ring.ts';
import type { KeySeal } from './key-seal.ts';
import { newRsaKey } from './rsa-key.ts';
import type { KeyStatus, SigningKeyRepository } from './signing-key.repository.ts';

export interface KeyRingAdminDeps {
  ring: KeyRing;
  signingKeys: SigningKeyRepository;
  keySeal: KeySeal;
  config: { keyPublishMs: number; keyRingReloadMs: number; signingKey: object | undefined };
  /** Best effort: whoever keeps a copy of the key set is to read it anew. */
  announceKeys: () => void;
  now: () => Date;
}

/** A key as operators see it. */
export interface KeyInfo {
  kid: string;
  status: KeyStatus;
  /** Whether the present secret opens it. */
  usable: boolean;
  createdAt: Date;
  activatesAt: Date | null;
  notAfter: Date | null;
}

/**
 * Adds a key that is published from now on and signs once every replica has published it for `KEY_PUBLISH_SECONDS`.
 *
 * @throws AppError 409 `rotation_under_way`; 409 `signing_key_given` when the configuration says which key signs
 */
export async function rotateKey(deps: KeyRingAdminDeps, by: By): Promise<{ kid: string; activatesAt: Date }> {
  const { keySeal, config } = deps;
  if (config.signingKey !== undefined) {
    const message = 'The signing key is given by the configuration: give another one there and restart.';
    throw new AppError('signing_key_given', 409, message);
  }
  const key = await keySeal.close(await newRsaKey());
  // The last replica learns of it one reading later.
  const activatesAt = new Date(deps.now().getTime() + config.keyPublishMs + config.keyRingReloadMs);
  await deps.signingKeys.change(async (ring) => {
    const waiting = ring.keys.find((stored) => stored.status === 'next' && keySeal.open(stored) !== null);
    if (waiting !== undefined) throw rotationUnderWay(waiting.activatesAt);
    await ring.put(key, 'next', activatesAt);
    const data = { ...by.data, step: 'added', activates_at: activatesAt.toISOString() };
    await ring.audit({ ...by, action: 'key_ring.rotated', target: key.kid, data });
  });
  await deps.ring.reload();
  deps.announceKeys();
  return { kid: key.kid, activatesAt };
}

/**
 * Ends a key at once: tokens that it has signed are refused from the next reading of the ring on.
 *
 * @throws AppError 404 `key_not_found`; 409 `key_is_primary`, since something has to sign: rotate first
 */
export async function retireKey(deps: KeyRingAdminDeps, kid: string, by: By): Promise<void> {
  await deps.signingKeys.change(async (ring) => {
    const key = ring.keys.find((stored) => stored.kid === kid);
    if (key === undefined) throw new AppError('key_not_found', 404, 'There is no such key in the ring.');
    if (key.status === 'primary') throw new AppError('key_is_primary', 409, 'This key signs. Rotate first.');
    if (key.status === 'retired') return;
    await ring.setStatus(kid, 'retired', deps.now());
    await ring.audit({ ...by, action: 'key_ring.rotated', target: kid, data: { ...by.data, step: 'retired' } });
  });
  await deps.ring.reload();
  deps.announceKeys();
}

/** All keys, oldest first, the retired ones among them. */
export async function listKeys(deps: KeyRingAdminDeps): Promise<KeyInfo[]> {
  const stored = await deps.signingKeys.list();
  return stored.map((key) => {
    const { kid, status, createdAt, activatesAt, notAfter } = key;
    return { kid, status, usable: deps.keySeal.open(key) !== null, createdAt, activatesAt, notAfter };
  });
}

function rotationUnderWay(activatesAt: Date | null): AppError {
  const until = activatesAt === null ? '' : ` until ${activatesAt.toISOString()}`;
  return new AppError('rotation_under_way', 409, `A new key is being published${until}; rotate again after that.`);
}
