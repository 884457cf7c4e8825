import { hash } from 'node:crypto';
import type { Execute } from '@artdag/messaging';
import { AppError } from '@artdag/service-kit';
import type { ChallengeRepository } from './challenge.repository.ts';
import { findKey } from './key-rows.ts';
import { nonceHash } from './nonce.ts';

export interface IssueChallengeDeps {
  challenges: Pick<ChallengeRepository, 'issue'>;
  /** Autocommit statements. */
  execute: Execute;
  /** 32 bytes that nobody can guess. */
  newNonce: () => Buffer;
  now: () => Date;
}

export interface ChallengeWanted {
  /** With its prefix. */
  fingerprint: string;
  algorithm: 'ed25519';
  /** The address key of whoever asks. */
  address: string;
}

export interface Challenge {
  /** Hex of the nonce. */
  token: string;
  isNewKey: boolean;
  expiresInSeconds: number;
}

export const challengeSeconds = 300;

/** Live ones for one key and one requester. */
export const maxLiveChallenges = 10;

/**
 * A nonce to be signed by the key with this fingerprint, good for one use within five minutes at any replica. That a key is known is told
 * to everybody (public-key-auth.md §2).
 *
 * @throws AppError 429 `too_many_challenges`
 */
export async function issueChallenge(deps: IssueChallengeDeps, wanted: ChallengeWanted): Promise<Challenge> {
  const { fingerprint, algorithm, address } = wanted;
  const nonce = deps.newNonce();
  const now = deps.now();
  // Of both, so that the same address is another text for another key.
  const requester = hash('sha256', `${fingerprint} ${address}`, 'hex');
  const expiresAt = new Date(now.getTime() + challengeSeconds * 1000);
  const challenge = { nonceHash: nonceHash(nonce), fingerprint, algorithm, requester, expiresAt };
  const full = await deps.challenges.issue(challenge, { limit: maxLiveChallenges, now });
  if (full !== null) throw tooManyChallenges(full.fullUntil, now);
  const isNewKey = (await findKey(deps.execute, fingerprint)) === null;
  return { token: nonce.toString('hex'), isNewKey, expiresInSeconds: challengeSeconds };
}

function tooManyChallenges(until: Date, now: Date): AppError {
  const seconds = Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000));
  const message = `There are ${maxLiveChallenges} unused challenges for this key; use one of them, or ask again in ${seconds} s.`;
  return new AppError('too_many_challenges', 429, message, { headers: { 'retry-after': String(seconds) } });
}
