import { sign } from 'node:crypto';
import { basename, extname } from 'node:path';
import { callApi } from './api.ts';
import { CliError } from './cli-error.ts';
import type { PrivateKeyFile } from './private-key-file.ts';

/** The proof that one holds a key, as the API takes it. */
export interface KeyProof {
  challenge_token: string;
  public_key_b64: string;
  signature_b64: string;
}

interface Challenge {
  challenge_token: string;
  is_new_key: boolean;
}

/** What the server asks of the holder of this key (public-key-auth.md §2). */
export async function requestChallenge(server: string, key: PrivateKeyFile): Promise<Challenge> {
  const body = { fingerprint: key.fingerprint, algorithm: 'ed25519' };
  return callApi<Challenge>(server, { method: 'POST', path: '/api/auth/challenge', body, isRepeatable: true });
}

/**
 * Signs a challenge.
 *
 * @throws CliError when it is not the 32 bytes that a nonce has: a longer one could be the text of a request somewhere else
 */
export function answerChallenge(server: string, token: string, key: PrivateKeyFile): KeyProof {
  if (!/^[0-9a-f]{64}$/i.test(token))
    throw new CliError(`${server} asked for a signature over something else than a nonce.`);
  return {
    challenge_token: token,
    public_key_b64: key.publicKey.toString('base64'),
    signature_b64: sign(null, Buffer.from(token, 'hex'), key.privateKey).toString('base64'),
  };
}

/** Challenge and answer in one. */
export async function proveKey(server: string, key: PrivateKeyFile): Promise<KeyProof> {
  const { challenge_token } = await requestChallenge(server, key);
  return answerChallenge(server, challenge_token, key);
}

/** What the key is called where no label is given: as its file. */
export function labelOf(key: PrivateKeyFile, label: string | undefined): string {
  return (
    label ??
    Array.from(basename(key.path, extname(key.path)))
      .slice(0, 64)
      .join('')
  );
}
