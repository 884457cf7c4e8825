import type { Assertion, AssertionSigner } from '@artdag/actor-context';
import { AppError, RETRY_AFTER_SECONDS } from '@artdag/service-kit';
import type { Pool } from 'undici';
import { z } from 'zod';

const timeoutMs = 3000;

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
    /** When the session ends. */
    expires_at: z.iso.datetime(),
  }),
]);

export interface Introspected {
  assertion: Assertion;
  /** Until when the answer may count at all, epoch milliseconds. */
  endsMs: number;
}

/**
 * Asks auth (`POST /internal/auth/introspect`) whom an opaque token stands for; undefined for nobody.
 * @throws AppError 503 `dependency_unavailable`
 */
export function createIntrospection(auth: Pool, signer: AssertionSigner) {
  return async (token: string): Promise<Introspected | undefined> => {
    const response = await auth.request({
      method: 'POST',
      path: '/internal/auth/introspect',
      headers: { 'content-type': 'application/json', 'x-actor-assertion': await signer.forService('auth') },
      body: JSON.stringify({ token }),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    const body: unknown = await response.body.json().catch(() => undefined);
    const answer = answerSchema.safeParse(body);
    if (response.statusCode !== 200 || !answer.success) throw notAnswered(response.statusCode);
    if (!answer.data.active) return undefined;
    const { active: _active, expires_at, ...assertion } = answer.data;
    return { assertion, endsMs: Date.parse(expires_at) };
  };
}

function notAnswered(status: number): AppError {
  return new AppError('dependency_unavailable', 503, 'Credentials cannot be checked now; try again shortly.', {
    headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
    cause: new Error(`auth answered ${status} to the introspection of a token`),
  });
}
