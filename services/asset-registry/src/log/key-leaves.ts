import { createPublicKey } from 'node:crypto';
import { commitment, composeLeaf, contentHash, leafHash } from '@artdag/claims';
import type { Execute } from '@artdag/messaging';
import type { Urls } from '../urls.ts';
import { keyDocument, type KeyStatus, type LoggedKey } from './key-document.ts';
import { insertKeyLeaves, lockKeyLeaves, loggedStatuses, type KeyLeaf } from './key-leaf.repository.ts';

/** All keys of an actor at one moment. */
export interface ActorKeySet {
  actorId: string;
  username: string;
  keys: readonly LoggedKey[];
  /** The counter of identity's key set. */
  version: number;
  /** ISO-8601 UTC: when it came to be so. */
  at: string;
}

const noSalt = Buffer.alloc(0);
/** A key only ever goes this way; what is further along is never followed by what is not. */
const course: readonly KeyStatus[] = ['primary', 'retired', 'compromised'];

/**
 * Gives the log a leaf for each key that was introduced and for each that has ended, in the caller's transaction: those that it has not got
 * yet. Every set lists all keys, so it does not matter which sets come, how often and in which order: a key that is first heard of when it
 * has ended gets both leaves, and word from before an end changes nothing any more.
 *
 * @throws Error when a key is not one of this domain's: a leaf can never be taken back.
 */
export async function logKeys(urls: Urls, execute: Execute, set: ActorKeySet): Promise<void> {
  const apActorId = urls.actor(set.username);
  const foreign = set.keys.find((key) => !key.key_id.startsWith(`${apActorId}#`));
  if (foreign !== undefined) {
    throw new Error(
      `identity's key ${foreign.key_id} is not of ${apActorId}: ARTDAG_DOMAIN and PUBLIC_SCHEME must be the same for both`,
    );
  }
  await lockKeyLeaves(execute, set.actorId);
  const logged = await loggedStatuses(execute, set.actorId);
  const at = `${new Date(set.at).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length)}Z`;
  const leaves = set.keys.flatMap((key) =>
    missing(key.status, logged.get(key.key_id) ?? []).map((status) => keyLeaf(apActorId, key, status, at)),
  );
  if (leaves.length > 0) await insertKeyLeaves(execute, { actorId: set.actorId, version: set.version, leaves });
}

function missing(status: KeyStatus, logged: readonly KeyStatus[]): KeyStatus[] {
  const reached = Math.max(-1, ...logged.map((each) => course.indexOf(each)));
  const wanted: KeyStatus[] = status === 'primary' ? ['primary'] : ['primary', status];
  return wanted.filter((each) => course.indexOf(each) > reached);
}

function keyLeaf(apActorId: string, key: LoggedKey, status: KeyStatus, at: string): KeyLeaf {
  const document = keyDocument(apActorId, key, status, at);
  const spki = createPublicKey(key.public_key_pem).export({ type: 'spki', format: 'der' });
  const leaf = composeLeaf({
    type: 'Key',
    actor: apActorId,
    activity: key.key_id,
    contentHash: contentHash(spki),
    published: at,
    commitment: commitment(noSalt, document),
  });
  return { keyId: key.key_id, status, document, leaf, leafHash: leafHash(leaf) };
}
