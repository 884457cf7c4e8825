import { valuesOf, type Harness } from './harness.testing.ts';

/** An opaque session token of the right shape, and what auth says of it. */
export const sessionToken = 'S'.repeat(43);

export function sessionAnswer(changes: Record<string, unknown> = {}): object {
  return {
    active: true,
    actor: { actor_id: 'user:alice', actor_type: 'human', microdao_ids: ['microdao:a'], roles: ['member'] },
    ...{ username: 'alice', org_id: 'org_1', scopes: ['read:*'], sid: 'ses_1', jti: null },
    ...{ method: 'bearer', token_use: 'session', expires_at: '2100-01-01T00:00:00.000Z' },
    ...changes,
  };
}

/** An API key of the right shape, and what auth says of it. */
export const apiKey = `dk_${'k'.repeat(43)}`;

export function apiKeyAnswer(changes: Record<string, unknown> = {}): object {
  return sessionAnswer({
    ...{ sid: null, jti: 'key_1', method: 'api_key', token_use: 'api_key', expires_at: null },
    ...changes,
  });
}

/** The assertions that services got, decoded, oldest first. */
export function assertionsSeen(gateway: Harness): Record<string, unknown>[] {
  return gateway.seen
    .flatMap((seen) => valuesOf(seen.rawHeaders, 'x-actor-assertion'))
    .map((token) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).assertion);
}
