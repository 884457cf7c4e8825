import { z } from 'zod';

/** Who acts, as every part of the system sees it. `actor_id` is `user:…`, `agent:…` or `service:…`. */
export interface ActorIdentity {
  actor_id: string;
  actor_type: 'human' | 'agent' | 'service';
  microdao_ids: string[];
  roles: string[];
}

/** What the internal assertion says about the caller of a request. */
export interface Assertion {
  actor: ActorIdentity;
  /** The actor's name in its ActivityPub id; null for those that have none. */
  username: string | null;
  /** The active organisation. */
  org_id: string | null;
  scopes: string[];
  /** The session behind the credential. */
  sid: string | null;
  /** The token's id, when the credential was a token. */
  jti: string | null;
  /** How the caller proved who it is: `bearer`, `api_key`, …; `service` for a service that acts as itself. */
  method: string;
  /** The kind of the credential: `access`, `api`, `l1`, …; `service` likewise. */
  token_use: string;
  /** The L1 that an L1 token works for. */
  l1_server?: string;
}

const actorSchema = z.object({
  actor_id: z.string().min(1),
  actor_type: z.enum(['human', 'agent', 'service']),
  microdao_ids: z.array(z.string()),
  roles: z.array(z.string()),
});

export const assertionSchema = z.object({
  actor: actorSchema,
  username: z.string().nullable(),
  org_id: z.string().nullable(),
  scopes: z.array(z.string()),
  sid: z.string().nullable(),
  jti: z.string().nullable(),
  method: z.string(),
  token_use: z.string(),
  l1_server: z.string().exactOptional(),
});

/** `method` and `token_use` of an assertion in which a service speaks for itself. */
export const SERVICE_METHOD = 'service';

export function serviceActorId(service: string): string {
  return `service:${service}`;
}

/** The assertion with which `service` makes calls of its own. */
export function serviceAssertion(service: string): Assertion {
  return {
    actor: { actor_id: serviceActorId(service), actor_type: 'service', microdao_ids: [], roles: [] },
    username: null,
    org_id: null,
    scopes: [],
    sid: null,
    jti: null,
    method: SERVICE_METHOD,
    token_use: SERVICE_METHOD,
  };
}

/** Whether somebody is signed in: API keys and API tokens are programs', L1s have tokens of their own. */
export function isSession({ method, sid, token_use: use }: Assertion): boolean {
  return sid !== null && method !== 'api_key' && (use === 'session' || use === 'access');
}
