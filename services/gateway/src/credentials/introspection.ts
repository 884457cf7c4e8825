import type { Assertion, AssertionSigner } from '@artdag/actor-context';
import type { Pool } from 'undici';
import { z } from 'zod';
import { cannotCheck } from './refusals.ts';

/** An opaque secret, by its kind. */
export type Opaque = { token: string } | { api_key: string };

const defaultTimeoutMs = 3000;

const answerSchema = z.union([
  z.object({ active: z.literal(false) }),
  z.object({
    active: z.literal(true),
    actor: z.object({
      actor_id: z.string().min(1),
      actor_type: z.enum(['human', 'agent', 'service']),
      microdao_ids: z.array(z.string()),
      roles: z.array(z.string()),
    }),
    username: z.string().nullable(),
    org_id: z.string().nullable(),
    scopes: z.array(z.string()),
    sid: z.string().nullable(),
    jti: z.string().nullable(),
    method: z.string(),
    token_use: z.string(),
    /** When it ends by itself; null: never. */
    expires_at: z.iso.datetime().nullable(),
  }),
]);

export interface Introspected {
  assertion: Assertion;
  /** Until when the answer may count at all, epoch milliseconds. */
  endsMs: number;
}

/** Asks auth whom an opaque secret stands for; undefined for nobody. */
export type Introspect = (opaque: Opaque) => Promise<Introspected | undefined>;

/** By `POST /internal/auth/introspect`. Rejects with AppError 503 `dependency_unavailable` when there is no answer. */
export function createIntrospection(auth: Pool, signer: AssertionSigner, timeoutMs = defaultTimeoutMs): Introspect {
  return async (opaque) => {
    const response = await auth
      .request({
        method: 'POST',
        path: '/internal/auth/introspect',
        headers: { 'content-type': 'application/json', 'x-actor-assertion': await signer.forService('auth') },
        body: JSON.stringify(opaque),
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      })
      .catch((cause: unknown) => {
        throw cannotCheck(cause);
      });
    const body: unknown = await response.body.json().catch(() => undefined);
    const answer = answerSchema.safeParse(body);
    if (response.statusCode !== 200 || !answer.success) {
      throw cannotCheck(new Error(`auth answered ${response.statusCode} to the introspection of a credential`));
    }
    if (!answer.data.active) return undefined;
    const { active: _active, expires_at, ...assertion } = answer.data;
    return { assertion, endsMs: expires_at === null ? Infinity : Date.parse(expires_at) };
  };
}
