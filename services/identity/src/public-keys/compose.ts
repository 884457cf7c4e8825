import { randomBytes } from 'node:crypto';
import { requireActor, requireService } from '@artdag/actor-context';
import type { Part, Shared } from '../part.ts';
import { addKeyRoute } from './add-key.route.ts';
import { createChallenges } from './challenges.ts';
import { issueChallengeRoute } from './issue-challenge.route.ts';
import { listKeysRoute } from './list-keys.route.ts';
import { nonceBytes } from './nonce.ts';
import { recoverIdentityRoute } from './recover-identity.route.ts';
import { revokeKeyRoute } from './revoke-key.route.ts';
import { signInRoute } from './sign-in.route.ts';

/** Challenges, sign-in by key, and the keys of an identity. */
export function composePublicKeys(shared: Shared): Part {
  const newNonce = (): Buffer => randomBytes(nonceBytes);
  const challenges = createChallenges(shared);
  const { msignRealm } = shared.config;
  const deps = { ...shared, challenges, newNonce, msignRealm };
  return {
    routes(app) {
      app.post('/api/auth/challenge', issueChallengeRoute(deps));
      app.post('/api/auth/verify', signInRoute(deps));
      app.post('/api/auth/keys', shared.attach, requireActor(), addKeyRoute(deps));
      app.get('/api/auth/keys/:handle', shared.attach, requireActor(), listKeysRoute(deps));
      app.delete('/api/auth/keys/:handle/:keyId', shared.attach, requireActor(), revokeKeyRoute(deps));
      app.post('/internal/admin/recover-identity', requireService('admin'), recoverIdentityRoute(deps));
    },
  };
}
