import type { AssertionSigner } from '@artdag/actor-context';
import { z } from 'zod';
import { type AskAuth, createAskAuth } from './ask-auth.ts';

/** What identity needs to know of an actor. */
export interface KnownActor {
  actorId: string;
  actorType: 'human' | 'agent' | 'service';
  username: string;
  displayName: string;
  status: 'active' | 'disabled' | 'deleted';
  /** `actors.version` in auth. */
  version: number;
  microdaoIds: string[];
  roles: string[];
  /** The personal organisation. */
  orgId: string | null;
}

export type OrgRole = 'owner' | 'admin' | 'member';

/** An actor to be made in auth. */
export interface ActorWanted {
  /** Whoever asks again with the same gets the same actor, so that a crash on the way burns no handle. */
  ref: string;
  actorType: 'human' | 'agent';
  handle: string;
  displayName: string | null;
  ownerActorId: string | null;
}

/** An id that is to be accepted nowhere any more. */
export interface IdToRevoke {
  id: string;
  reason: string;
  expiresAt: Date;
  actorId: string;
}

/**
 * auth's internal API, as far as identity uses it. Every call rejects with AppError 503 `dependency_unavailable` when auth does not answer, and
 * passes auth's own 4xx on.
 */
export interface AuthClient {
  /** Null when auth knows no such actor. */
  findActor(actorId: string): Promise<KnownActor | null>;
  /** @throws AppError 409 `handle_taken`, 422 `invalid_handle` or `owner_not_found` */
  createActor(wanted: ActorWanted): Promise<{ created: boolean; actor: KnownActor }>;
  /** Repeating it gives the same org to its owner. @throws AppError 409 `handle_taken`, 422 `invalid_handle` */
  createOrg(wanted: { slug: string; name: string; ownerActorId: string }): Promise<{ created: boolean; orgId: string }>;
  /** Ends an actor and all that it holds; resolves once no replica accepts any of it. Repeating it is safe. */
  endActor(actorId: string, o: { status: 'disabled' | 'deleted'; reason: string }): Promise<void>;
  /** @throws AppError 404 `actor_not_found` */
  renameActor(actorId: string, displayName: string): Promise<void>;
  /** Resolves once no replica accepts these ids. Repeating it is safe. */
  revoke(ids: readonly IdToRevoke[]): Promise<void>;
  /** What the actor is in the organisation now; null for no member, or an unknown organisation. */
  roleIn(orgId: string, actorId: string): Promise<OrgRole | null>;
  /** When a session began (the last login, not the last refresh); null for one that is none or has ended. */
  findSession(sessionId: string): Promise<{ actorId: string; startedAt: Date } | null>;
}

const actorSchema = z
  .object({
    actor_id: z.string().min(1),
    actor_type: z.enum(['human', 'agent', 'service']).default('human'),
    username: z.string().min(1),
    display_name: z.string().nullish(),
    status: z.enum(['active', 'disabled', 'deleted']),
    version: z.int().default(0),
    microdao_ids: z.array(z.string()).default([]),
    roles: z.array(z.string()).default([]),
    org_id: z.string().nullish(),
  })
  .transform((actor): KnownActor => ({
    actorId: actor.actor_id,
    actorType: actor.actor_type,
    username: actor.username,
    displayName: actor.display_name ?? actor.username,
    status: actor.status,
    version: actor.version,
    microdaoIds: actor.microdao_ids,
    roles: actor.roles,
    orgId: actor.org_id ?? null,
  }));
const orgSchema = z.object({ id: z.string().min(1) });
const memberSchema = z.object({ role: z.enum(['owner', 'admin', 'member']) });
const sessionSchema = z.object({ actor_id: z.string().min(1), started_at: z.iso.datetime({ offset: true }) });

const lookUpMs = 2000;
/** auth answers a revocation within 5 s, with its store away too (tenancy-tokens-ops.md §3). */
const changeMs = 8000;

export function createAuthClient(o: { authUrl: string; assertions: AssertionSigner }): AuthClient {
  const auth = createAskAuth(o);
  return { ...lookUps(auth), ...changes(auth) };
}

function lookUps({ find }: AskAuth): Pick<AuthClient, 'findActor' | 'roleIn' | 'findSession'> {
  const get = (path: string) => ({ method: 'GET', path, timeoutMs: lookUpMs }) as const;
  return {
    findActor: (actorId) => find(get(actorPath(actorId)), actorSchema),
    async roleIn(orgId, actorId) {
      const path = `/internal/orgs/${encodeURIComponent(orgId)}/members/${encodeURIComponent(actorId)}`;
      return (await find(get(path), memberSchema))?.role ?? null;
    },
    async findSession(sessionId) {
      const session = await find(get(`/internal/sessions/${encodeURIComponent(sessionId)}`), sessionSchema);
      return session && { actorId: session.actor_id, startedAt: new Date(session.started_at) };
    },
  };
}

function changes({ ask }: AskAuth): Omit<AuthClient, 'findActor' | 'roleIn' | 'findSession'> {
  const post = (path: string, body: object) => ({ method: 'POST', path, body, timeoutMs: changeMs }) as const;
  return {
    async createActor({ ref, actorType, handle, displayName, ownerActorId }) {
      const wanted = { ref, actor_type: actorType, handle, display_name: displayName, owner_actor_id: ownerActorId };
      const made = await ask(post('/internal/actors', { ...wanted, method: 'public_key' }), actorSchema);
      return { created: made.status === 201, actor: made.body };
    },
    async createOrg({ slug, name, ownerActorId }) {
      const made = await ask(post('/internal/orgs', { slug, name, owner_actor_id: ownerActorId }), orgSchema);
      return { created: made.status === 201, orgId: made.body.id };
    },
    async endActor(actorId, { status, reason }) {
      await ask(post(`${actorPath(actorId)}/end`, { status, reason }), z.unknown());
    },
    async renameActor(actorId, displayName) {
      const body = { display_name: displayName };
      await ask({ method: 'PATCH', path: actorPath(actorId), body, timeoutMs: changeMs }, z.unknown());
    },
    async revoke(ids) {
      if (ids.length === 0) return;
      const entries = ids.map(({ id, reason, expiresAt, actorId }) => ({
        ...{ id, reason, actor_id: actorId },
        expires_at: expiresAt.toISOString(),
      }));
      await ask(post('/internal/auth/tokens/revoke', { ids: entries }), z.unknown());
    },
  };
}

function actorPath(actorId: string): string {
  return `/internal/actors/${encodeURIComponent(actorId)}`;
}
