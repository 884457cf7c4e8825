import { decodeMultibase } from '@artdag/claims';
import { formatVkey, verifierKey } from '@artdag/transparency-log';
import { z } from 'zod';
import type { IdentityClient } from '../signing/identity-client.ts';
import type { KeyStatus } from './key-document.ts';

/** Who signs checkpoints: an actor of identity's own, whose keys stay in its custody. */
export const logActorId = 'service:log';

export interface LogKey {
  /** `{publicUrl}/log#ed25519-key`, after a rotation `…-2` and so on. */
  keyId: string;
  /** As verifiers take it (C2SP signed-note). */
  vkey: string;
  status: KeyStatus;
}

export interface LogKeySet {
  /** The one that signs. */
  primary: LogKey;
  all: readonly LogKey[];
}

const answerSchema = z.object({
  keys: z.array(
    z.object({
      key_id: z.string(),
      kind: z.string(),
      status: z.enum(['primary', 'retired', 'compromised']),
      public_key_multibase: z.string().optional(),
    }),
  ),
});

const timeoutMs = 2_000;
const multicodecBytes = 2;

/** The log's origin and the name of its keys: its URL without the scheme (C2SP tlog-tiles). */
export function logOrigin(publicUrl: string): string {
  return `${publicUrl.replace(/^https?:\/\//, '')}/log`;
}

/**
 * Asks identity for the log's keys; it makes the first one when there is none.
 *
 * @throws Error when it does not answer, or has no primary key of this domain
 */
export async function lookUpLogKeys(identity: IdentityClient, publicUrl: string): Promise<LogKeySet> {
  const path = `/internal/identity/actor-keys/${encodeURIComponent(logActorId)}?kind=ed25519`;
  const answer = await identity.request('GET', path, { timeoutMs });
  if (answer.status !== 200) throw new Error(`identity answered ${answer.status} about ${logActorId}`);
  const all = answerSchema
    .parse(answer.body)
    .keys.flatMap(({ key_id: keyId, kind, status, public_key_multibase: key }) => {
      if (kind !== 'ed25519' || key === undefined) return [];
      const publicKey = decodeMultibase(key).subarray(multicodecBytes);
      return [{ keyId, status, vkey: formatVkey(verifierKey(logOrigin(publicUrl), publicKey)) }];
    });
  const primary = all.find(({ status }) => status === 'primary');
  if (primary === undefined) throw new Error(`identity has no primary key of ${logActorId}`);
  if (!primary.keyId.startsWith(`${publicUrl}/log#`)) {
    throw new Error(
      `identity's key ${primary.keyId} is not of ${publicUrl}: ARTDAG_DOMAIN and PUBLIC_SCHEME must be the same for both`,
    );
  }
  return { primary, all };
}
