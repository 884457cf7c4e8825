import { seal, sealingKey, unseal } from '../tokens/sealed.ts';
import { refreshTokenHash } from './refresh-token.ts';

/**
 * A used refresh token's successor as it is stored for 30 s: sealed with the used token itself (AES-256-GCM under HKDF-SHA-256 of it), of
 * which the database has the hash only. Whoever has the database opens nothing.
 */
export function sealSuccessor(usedSecret: string, successorSecret: string): string {
  return seal(keyOf(usedSecret), refreshTokenHash(usedSecret), Buffer.from(successorSecret));
}

export function openSuccessor(usedSecret: string, sealed: string): string | null {
  return unseal(keyOf(usedSecret), refreshTokenHash(usedSecret), sealed)?.toString() ?? null;
}

function keyOf(secret: string): Buffer {
  return sealingKey(secret, 'artdag/refresh-successor');
}
