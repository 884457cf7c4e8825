import type { AssertionSigner } from '@artdag/actor-context';
import { AppError } from '@artdag/service-kit';
import { z } from 'zod';

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
const sessionSchema = z.object({ actor_id: z.string().min(1), started_at: z.iso.datetime({ offset: true }) });
const refusalSchema = z.object({ code: z.string(), detail: z.string() });

const lookUpMs = 2000;
/** auth answers a revocation within 5 s, with its store away too (tenancy-tokens-ops.md §3). */
const changeMs = 8000;

interface Call {
  method: 'GET' | 'POST' | 'PATCH';
  path: string;
  body?: object;
  timeoutMs: number;
}

export function createAuthClient(o: { authUrl: string; assertions: AssertionSigner }): AuthClient {
  const call = async ({ method, path, body, timeoutMs }: Call): Promise<{ status: number; body: unknown }> => {
    const headers = { 'X-Actor-Assertion': await o.assertions.forService('auth'), 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(timeoutMs);
    const init =
      body === undefined ? { method, headers, signal } : { method, headers, signal, body: JSON.stringify(body) };
    const response = await fetch(`${o.authUrl}${path}`, init);
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
  };

  /** @param missing whether 404 is an answer, for which null is given */
  const ask = async <S extends z.ZodType>(
    asked: Call & { missing?: true },
    schema: S,
  ): Promise<[number, z.output<S> | null]> => {
    let answer: { status: number; body: unknown };
    try {
      answer = await call(asked);
      if (answer.status === 404 && asked.missing === true) return [404, null];
      if (answer.status < 300) return [answer.status, schema.parse(answer.body)];
    } catch (error) {
      throw unavailable(error);
    }
    throw refusalOf(answer);
  };

  return {
    async findActor(actorId) {
      const path = actorPath(actorId);
      return (await ask({ method: 'GET', path, timeoutMs: lookUpMs, missing: true }, actorSchema))[1];
    },
    async createActor({ ref, actorType, handle, displayName, ownerActorId }) {
      const body = {
        ...{ ref, actor_type: actorType, handle, display_name: displayName, owner_actor_id: ownerActorId },
        method: 'public_key',
      };
      const [status, actor] = await ask(
        { method: 'POST', path: '/internal/actors', body, timeoutMs: changeMs },
        actorSchema,
      );
      if (actor === null) throw unavailable(new Error('auth made no actor'));
      return { created: status === 201, actor };
    },
    async createOrg({ slug, name, ownerActorId }) {
      const body = { slug, name, owner_actor_id: ownerActorId };
      const [status, org] = await ask({ method: 'POST', path: '/internal/orgs', body, timeoutMs: changeMs }, orgSchema);
      if (org === null) throw unavailable(new Error('auth made no org'));
      return { created: status === 201, orgId: org.id };
    },
    async endActor(actorId, { status, reason }) {
      const path = `${actorPath(actorId)}/end`;
      await ask({ method: 'POST', path, body: { status, reason }, timeoutMs: changeMs }, z.unknown());
    },
    async renameActor(actorId, displayName) {
      const body = { display_name: displayName };
      await ask({ method: 'PATCH', path: actorPath(actorId), body, timeoutMs: changeMs }, z.unknown());
    },
    async revoke(ids) {
      if (ids.length === 0) return;
      const body = {
        ids: ids.map(({ id, reason, expiresAt, actorId }) => ({
          ...{ id, reason, actor_id: actorId },
          expires_at: expiresAt.toISOString(),
        })),
      };
      await ask({ method: 'POST', path: '/internal/auth/tokens/revoke', body, timeoutMs: changeMs }, z.unknown());
    },
    async findSession(sessionId) {
      const path = `/internal/sessions/${encodeURIComponent(sessionId)}`;
      const [, session] = await ask({ method: 'GET', path, timeoutMs: lookUpMs, missing: true }, sessionSchema);
      return session && { actorId: session.actor_id, startedAt: new Date(session.started_at) };
    },
  };
}

function actorPath(actorId: string): string {
  return `/internal/actors/${encodeURIComponent(actorId)}`;
}

/** auth's own refusal where it is about what was asked for; anything else is a failure of ours. */
function refusalOf({ status, body }: { status: number; body: unknown }): AppError {
  const refusal = refusalSchema.safeParse(body);
  if (refusal.success && [404, 409, 422, 429].includes(status)) {
    return new AppError(refusal.data.code, status, refusal.data.detail);
  }
  return unavailable(new Error(`auth answered ${status}`));
}

function unavailable(cause: unknown): AppError {
  const message = 'The auth service does not answer; try again shortly.';
  return new AppError('dependency_unavailable', 503, message, { headers: { 'Retry-After': '2' }, cause });
}
