import { decodeMultibase } from '@artdag/claims';

/** An Ed25519 key by which a stranger makes proofs (FEP-8b32), or signs requests. */
export interface AssertionKey {
  keyId: string;
  /** `z6Mk…` */
  multibase: string;
}

const MULTIKEY = /^z6Mk[1-9A-HJ-NP-Za-km-z]{44,45}$/;
const ED25519_PREFIX = Buffer.from([0xed, 0x01]);
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** The 32 bytes of an Ed25519 Multikey; undefined for any other text. */
export function rawKey(multibase: string): Buffer | undefined {
  if (!MULTIKEY.test(multibase)) return undefined;
  const bytes = Buffer.from(decodeMultibase(multibase));
  return bytes.length === 34 && bytes.subarray(0, 2).equals(ED25519_PREFIX) ? bytes.subarray(2) : undefined;
}

/** The same as SubjectPublicKeyInfo. */
export function assertionKeyPem({ multibase }: AssertionKey): string | undefined {
  const raw = rawKey(multibase);
  if (raw === undefined) return undefined;
  const base64 = Buffer.concat([SPKI_PREFIX, raw]).toString('base64');
  return `-----BEGIN PUBLIC KEY-----\n${base64}\n-----END PUBLIC KEY-----\n`;
}
