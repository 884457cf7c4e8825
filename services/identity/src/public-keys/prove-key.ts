import { timingSafeEqual } from 'node:crypto';
import { decodeBase64, verifySignature } from '@artdag/msign';
import { AppError } from '@artdag/service-kit';
import { z } from 'zod';
import type { ChallengeRepository } from './challenge.repository.ts';
import { nonceHash, nonceOf } from './nonce.ts';
import { readPublicKey, type PresentedKey } from './presented-key.ts';
import { badEncoding, challengeInvalid } from './refusals.ts';

export interface ProveKeyDeps {
  challenges: Pick<ChallengeRepository, 'take'>;
  now: () => Date;
}

/** A challenge and its answer, as clients send them. */
export interface KeyProof {
  challengeToken: string;
  publicKeyB64: string;
  signatureB64: string;
}

/** Longer than any key or signature, so that a wrong one is answered with what is wrong about it. */
const maxBase64 = 16_384;

/** The members of a body that are a proof. */
export const proofFields = {
  challenge_token: z.string().max(256).meta({ description: 'From the challenge; may be used once.' }),
  public_key_b64: z.string().max(maxBase64).meta({ description: 'Base64 of the 32 raw bytes of the Ed25519 key.' }),
  signature_b64: z
    .string()
    .max(maxBase64)
    .meta({ description: 'Base64 of the signature over the bytes of `challenge_token`, decoded from hex.' }),
};

/** The proof in a body with `proofFields`. */
export function proofOf(body: z.output<z.ZodObject<typeof proofFields>>): KeyProof {
  const { challenge_token: challengeToken, public_key_b64: publicKeyB64, signature_b64: signatureB64 } = body;
  return { challengeToken, publicKeyB64, signatureB64 };
}

const signatureBytes = 64;

/**
 * The key whose private half answered the challenge. Whatever comes of it, the challenge is used up: of two at once, one has it.
 *
 * @throws AppError 400 `challenge_invalid`, `bad_encoding`, `bad_key_size`, `weak_key`; 401 `fingerprint_mismatch`, `bad_signature`
 */
export async function proveKey(deps: ProveKeyDeps, proof: KeyProof): Promise<PresentedKey> {
  const nonce = nonceOf(proof.challengeToken);
  const challenge = nonce === undefined ? null : await deps.challenges.take(nonceHash(nonce), deps.now());
  if (nonce === undefined || challenge === null) throw challengeInvalid();
  const presented = readPublicKey(proof.publicKeyB64);
  const signature = readSignature(proof.signatureB64);
  if (!timingSafeEqual(Buffer.from(presented.fingerprint), Buffer.from(challenge.fingerprint))) {
    throw new AppError('fingerprint_mismatch', 401, 'The challenge was given for another key.');
  }
  if (!verifySignature(presented.key, nonce, signature)) {
    const message = 'The signature is not one of this key over the bytes of the challenge (decode its hex first).';
    throw new AppError('bad_signature', 401, message);
  }
  return presented;
}

function readSignature(base64: string): Buffer {
  const signature = decodeBase64(base64);
  if (signature === undefined) throw badEncoding('signature_b64');
  if (signature.length === signatureBytes) return signature;
  const message = `signature_b64 holds ${signature.length} bytes; an ed25519 signature has ${signatureBytes}.`;
  throw new AppError('bad_key_size', 400, message);
}
