import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint } from 'jose';
import { keyRingKey, openPrivateKey, sealPrivateKey } from './private-key-seal.ts';
import type { NewKey, SigningKeyRepository, StoredKey } from './signing-key.repository.ts';

/** A published verification key (RFC 7517); no private member ever. */
export interface PublicTokenJwk {
  kty: 'RSA';
  use: 'sig';
  alg: 'RS256';
  kid: string;
  n: string;
  e: string;
}

export interface RingKey {
  kid: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
  publicJwk: PublicTokenJwk;
}

/** The keys of our tokens: one signs, all verify. */
export interface KeyRing {
  /**
   * Opens what the present secret can open; a row that it cannot open neither signs nor verifies. Without a primary key
   * among the rest it makes one.
   */
  open(): Promise<void>;
  primary(): RingKey;
  find(kid: string): RingKey | undefined;
  jwks(): { keys: PublicTokenJwk[] };
}

export interface KeyRingOptions {
  repository: SigningKeyRepository;
  jwtSecret: string;
  now: () => Date;
}

const generate = promisify(generateKeyPair);

export function createKeyRing(o: KeyRingOptions): KeyRing {
  const ringKey = keyRingKey(o.jwtSecret);
  let keys: OpenKey[] = [];
  const primary = (): RingKey => {
    const key = keys.findLast(({ status }) => status === 'primary');
    if (key === undefined) throw new Error('The key ring has no primary key; it was not opened.');
    return key;
  };
  return {
    async open() {
      keys = openAll(ringKey, await o.repository.list(o.now()));
      if (keys.some(isPrimary)) return;
      // Made before the lock is taken, which is then held for some statements only; whoever comes second throws theirs away.
      const made = await makeKey(ringKey);
      await o.repository.addPrimary(made, o.now(), (present) => openAll(ringKey, present).some(isPrimary));
      keys = openAll(ringKey, await o.repository.list(o.now()));
      primary();
    },
    primary,
    find: (kid) => keys.find((key) => key.kid === kid),
    jwks: () => ({ keys: keys.map(({ publicJwk }) => publicJwk) }),
  };
}

type OpenKey = RingKey & { status: string };

function isPrimary(key: OpenKey): boolean {
  return key.status === 'primary';
}

function openAll(ringKey: Buffer, stored: readonly StoredKey[]): OpenKey[] {
  return stored.flatMap(({ kid, status, privateEnc }) => {
    const der = openPrivateKey(ringKey, kid, privateEnc);
    if (der === null) return [];
    return [{ ...ringKeyOf(kid, createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })), status }];
  });
}

async function makeKey(ringKey: Buffer): Promise<NewKey> {
  const { privateKey } = await generate('rsa', { modulusLength: 2048, publicExponent: 65537 });
  const { n, e } = rsaMembers(createPublicKey(privateKey));
  const kid = await calculateJwkThumbprint({ kty: 'RSA', n, e }, 'sha256');
  const der = privateKey.export({ type: 'pkcs8', format: 'der' });
  return { kid, publicJwk: { kty: 'RSA', n, e }, privateEnc: sealPrivateKey(ringKey, kid, der) };
}

function ringKeyOf(kid: string, privateKey: KeyObject): RingKey {
  const publicKey = createPublicKey(privateKey);
  return {
    kid,
    privateKey,
    publicKey,
    publicJwk: { kty: 'RSA', use: 'sig', alg: 'RS256', kid, ...rsaMembers(publicKey) },
  };
}

function rsaMembers(publicKey: KeyObject): { n: string; e: string } {
  const { n, e } = publicKey.export({ format: 'jwk' });
  if (n === undefined || e === undefined) throw new Error('Not an RSA key.');
  return { n, e };
}
