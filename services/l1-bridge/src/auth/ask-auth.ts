import type { AssertionSigner } from '@artdag/actor-context';
import { unauthorized } from '@artdag/actor-context';
import { AppError } from '@artdag/service-kit';
import { z } from 'zod';
import type { EndReason } from '../revocations/end-reason.ts';

/** A token that auth has minted for one L1. */
export interface MintedL1Token {
  token: string;
  jti: string;
  tokenHash: string;
  expiresAt: string;
  /** Older ones of the actor for that L1 that gave way to it. */
  superseded: { jti: string; tokenHash: string }[];
}

/** What l1-bridge needs to know of an actor. */
export interface KnownActor {
  actor_id: string;
  actor_type: 'human' | 'agent' | 'service';
  microdao_ids: string[];
  roles: string[];
  username: string;
  displayName: string;
  status: 'active' | 'disabled' | 'deleted';
}

/** auth's internal API, as far as l1-bridge uses it. Every call rejects with AppError 503 `dependency_unavailable` when auth does not answer. */
export interface AskAuth {
  /** Ends with the session's logout, or with the credential. @throws AppError 401 `unauthorized` when one of them or the actor has ended */
  mint(wanted: {
    actorId: string;
    sessionId: string | null;
    credentialId: string | null;
    l1Server: string;
  }): Promise<MintedL1Token>;
  /** Ends what the actor has at that L1, all or the one of `jti`; resolves with what was live, once no replica accepts it. */
  end(which: {
    actorId: string;
    l1Server: string;
    jti?: string;
    reason: EndReason;
  }): Promise<{ jti: string; tokenHash: string }[]>;
  /** Whose token that is and for which L1, whether or not it has ended; null for what has expired or is unknown. */
  findToken(jti: string): Promise<{ actorId: string; username: string; l1Server: string } | null>;
  /** Who has live tokens for that L1, `limit` at most. */
  holders(l1Server: string, limit: number): Promise<string[]>;
  /** The reason of each of these ids that is revoked, from PostgreSQL. */
  askTruth(ids: readonly string[]): Promise<Record<string, string>>;
  /** Null when auth knows no such actor. */
  findActor(actorId: string): Promise<KnownActor | null>;
  /** The JWKS document. */
  tokenKeys(): Promise<unknown>;
}

const tokensSchema = z.array(
  z
    .object({ jti: z.string(), token_hash: z.string() })
    .transform(({ jti, token_hash: tokenHash }) => ({ jti, tokenHash })),
);
const mintedSchema = z.object({
  ...{ token: z.string(), jti: z.string(), token_hash: z.string(), expires_at: z.string() },
  superseded: tokensSchema.default([]),
});
const endedSchema = z.object({ revoked: tokensSchema });
const foundSchema = z.object({
  token: z
    .object({ actor_id: z.string(), username: z.string(), l1_server: z.string() })
    .transform(({ actor_id: actorId, username, l1_server: l1Server }) => ({ actorId, username, l1Server }))
    .nullable(),
});
const holdersSchema = z.object({ actor_ids: z.array(z.string()) });
const statusSchema = z.object({ revoked: z.record(z.string(), z.string()) });
const actorSchema = z.object({
  actor_id: z.string().min(1),
  actor_type: z.enum(['human', 'agent', 'service']),
  microdao_ids: z.array(z.string()).default([]),
  roles: z.array(z.string()).default([]),
  username: z.string().min(1),
  display_name: z.string().nullish(),
  status: z.enum(['active', 'disabled', 'deleted']),
});

const lookUpMs = 2000;
/** auth answers a revocation, also one that minting brings about, within 5 s, with its store away too (tenancy-tokens-ops.md §3). */
const changeMs = 8000;

export function createAskAuth(o: { authUrl: string; assertions: Pick<AssertionSigner, 'forService'> }): AskAuth {
  async function call<S extends z.ZodType>(
    path: string,
    body: object | undefined,
    timeoutMs: number,
    schema: S,
  ): Promise<z.output<S> | null> {
    try {
      const headers = {
        'x-actor-assertion': await o.assertions.forService('auth'),
        'content-type': 'application/json',
      };
      const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
      const signal = AbortSignal.timeout(timeoutMs);
      const response = await fetch(`${o.authUrl}${path}`, { headers, signal, redirect: 'error', ...sent });
      const text = await response.text();
      if (response.status === 404) return null;
      if (response.status === 401 && text.includes('"unauthorized"')) throw unauthorized();
      if (!response.ok) throw new Error(`auth answered ${response.status} to ${path}`);
      return schema.parse(JSON.parse(text));
    } catch (error) {
      if (error instanceof AppError && error.status < 500) throw error;
      throw unavailable(error);
    }
  }
  const must = async <T>(answer: Promise<T | null>): Promise<T> => {
    const found = await answer;
    if (found === null) throw unavailable(new Error('auth answered 404'));
    return found;
  };
  return {
    async mint({ actorId, sessionId, credentialId, l1Server }) {
      const who = { actor_id: actorId, session_id: sessionId, credential_id: credentialId };
      const body = { ...who, l1_server: l1Server };
      const minted = await must(call('/internal/auth/tokens/l1', body, changeMs, mintedSchema));
      const { token_hash: tokenHash, expires_at: expiresAt, ...rest } = minted;
      return { ...rest, tokenHash, expiresAt };
    },
    async end({ actorId, l1Server, jti, reason }) {
      const body = { actor_id: actorId, l1_server: l1Server, reason, ...(jti !== undefined && { jti }) };
      return (await must(call('/internal/auth/tokens/l1/revoke', body, changeMs, endedSchema))).revoked;
    },
    findToken: async (jti) => (await must(call('/internal/auth/tokens/l1/find', { jti }, lookUpMs, foundSchema))).token,
    holders: async (l1Server, limit) =>
      (await must(call('/internal/auth/tokens/l1/holders', { l1_server: l1Server, limit }, lookUpMs, holdersSchema)))
        .actor_ids,
    askTruth: async (ids) =>
      (await must(call('/internal/auth/tokens/status', { ids }, lookUpMs, statusSchema))).revoked,
    async findActor(actorId) {
      const path = `/internal/actors/${encodeURIComponent(actorId)}`;
      const actor = await call(path, undefined, lookUpMs, actorSchema);
      if (actor === null) return null;
      const { display_name: displayName, ...rest } = actor;
      return { ...rest, displayName: displayName ?? actor.username };
    },
    tokenKeys: () => must(call('/.well-known/jwks.json', undefined, lookUpMs, z.unknown())),
  };
}

function unavailable(cause: unknown): AppError {
  const message = 'The auth service does not answer; try again shortly.';
  return new AppError('dependency_unavailable', 503, message, { headers: { 'retry-after': '2' }, cause });
}
