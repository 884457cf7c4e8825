import { signRequest } from '@artdag/msign';
import type { PrivateKeyFile } from './private-key-file.ts';

/** By what a call says who makes it: a secret that it carries, or a key that signs it. */
export type Credential = { kind: 'bearer'; secret: string } | { kind: 'api_key'; secret: string } | Signer;

/** Signs requests as a handle (MSign, public-key-auth.md §4). */
export interface Signer {
  kind: 'msign';
  handle: string;
  key: PrivateKeyFile;
  /** Signs the original's text, which binds no host, for servers that take no other. */
  legacy?: boolean;
}

/** The header that shows the credential; a signer signs this one request, at this time. */
export function credentialHeader(
  credential: Credential,
  request: { method: string; url: URL; body?: Buffer | undefined },
  now: Date,
): Record<string, string> {
  if (credential.kind === 'bearer') return { authorization: `Bearer ${credential.secret}` };
  if (credential.kind === 'api_key') return { 'x-api-key': credential.secret };
  return { authorization: signAs(credential, request, now) };
}

/** The value of `Authorization`. It names the key, so that the server need not try all those of the handle. */
export function signAs(
  { handle, key, legacy }: Signer,
  request: { method: string; url: URL; body?: Buffer | undefined },
  now: Date,
): string {
  return signRequest(request, { handle, privateKey: key.privateKey, now, kid: key.fingerprint, legacy });
}
