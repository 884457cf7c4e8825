import { fingerprintPattern, normaliseFingerprint } from '@artdag/msign';
import { addressKey } from '@artdag/rate-limit';
import { AppError, clientIp } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { issueChallenge, type IssueChallengeDeps } from './issue-challenge.ts';

/** Wire names of algorithms; all but the first are reserved (public-key-auth.md §3). */
const algorithms = ['ed25519', 'ml-dsa-65', 'es256'] as const;

export const challengeBodySchema = z.object({
  fingerprint: z
    .string()
    .regex(fingerprintPattern, 'wants `sha256:` and the 64 lower-case hex characters of the SHA-256 of the raw key')
    .meta({ description: '`sha256:` and the hex SHA-256 of the raw public key; the prefix may be missing.' })
    .transform((text) => normaliseFingerprint(text) ?? text),
  algorithm: z.enum(algorithms).meta({ description: 'Only `ed25519` so far.' }),
});

/**
 * `POST /api/auth/challenge` `{fingerprint, algorithm}` → 200 `{challenge_token, is_new_key, expires_in, algorithm}`. 422
 * `algorithm_unsupported` for a name that is reserved, 429 `too_many_challenges`.
 */
export function issueChallengeRoute(deps: IssueChallengeDeps): RequestHandler {
  return async (req, res) => {
    const { fingerprint, algorithm } = challengeBodySchema.parse(req.body);
    if (algorithm !== 'ed25519') {
      throw new AppError('algorithm_unsupported', 422, `Keys of ${algorithm} are not taken yet; use ed25519.`);
    }
    const address = addressKey(clientIp(req));
    const { token, isNewKey, expiresInSeconds } = await issueChallenge(deps, { fingerprint, algorithm, address });
    res
      .set('cache-control', 'no-store')
      .json({ challenge_token: token, is_new_key: isNewKey, expires_in: expiresInSeconds, algorithm });
  };
}
