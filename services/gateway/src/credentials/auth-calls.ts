import type { AssertionSigner } from '@artdag/actor-context';
import type { Pool } from 'undici';
import { z } from 'zod';

/** What the gateway tells and asks auth about credentials, beside introspection. */
export interface AuthCalls {
  /** The reason of each of these ids that is revoked, from PostgreSQL. At most 1,000 ids. Rejects without an answer. */
  askTruth: (ids: readonly string[]) => Promise<Record<string, string>>;
  /** Tells that these tokens and sessions have been used. Rejects when auth has not taken it. */
  reportUsed: (ids: readonly string[]) => Promise<void>;
}

const defaultTimeoutMs = 2000;

const statusSchema = z.object({ revoked: z.record(z.string(), z.string()) });

export function createAuthCalls(auth: Pool, signer: AssertionSigner, timeoutMs = defaultTimeoutMs): AuthCalls {
  async function post(path: string, ids: readonly string[], wanted: number): Promise<unknown> {
    const { statusCode, body } = await auth.request({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', 'x-actor-assertion': await signer.forService('auth') },
      body: JSON.stringify({ ids }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (statusCode !== wanted) {
      await body.dump();
      throw new Error(`auth answered ${statusCode} to POST ${path}`);
    }
    return wanted === 204 ? body.dump() : body.json();
  }
  return {
    askTruth: async (ids) => statusSchema.parse(await post('/internal/auth/tokens/status', ids, 200)).revoked,
    reportUsed: async (ids) => void (await post('/internal/auth/used', ids, 204)),
  };
}
