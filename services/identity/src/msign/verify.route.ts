import type { RequestHandler } from 'express';
import { z } from 'zod';
import { verifyBatch, type VerifyBatchDeps } from './verify-batch.ts';

const maxRequests = 64;

/** Nothing in a signed text may hold a line feed: the lines are what tell its parts from each other. As the gateway takes them. */
const oneWord = /^[!-~]+$/;

const requestSchema = z
  .object({
    handle: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
    kid: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/)
      .optional(),
    names_algorithm: z.boolean(),
    ts: z.int().min(0).max(999_999_999_999),
    signature: z.string().regex(/^[A-Za-z0-9_-]{86}$/),
    method: z.string().regex(/^[A-Za-z-]{1,32}$/),
    host: z.string().max(300).regex(oneWord),
    target: z.string().max(16_384).regex(oneWord),
    body_sha256: z.string().regex(/^[0-9a-f]{64}$/),
  })
  .transform(({ handle, kid, names_algorithm: namesAlgorithm, ts, signature, method, host, target, body_sha256 }) => ({
    ...{ handle, kid, namesAlgorithm, ts, method, host, target, bodySha256: body_sha256 },
    signature: Buffer.from(signature, 'base64url'),
  }));

const bodySchema = z.object({ requests: z.array(requestSchema).min(1).max(maxRequests) });

/**
 * `POST /internal/identity/msign/verify` `{"requests":[{handle, kid?, names_algorithm, ts, signature, method, host, target, body_sha256}]}`
 * (1 to 64) → `{"results":[…]}` in the same order, each `{ok: true, caller, ids, assertion}` or `{ok: false, code}`. Checking costs zod 2 µs a
 * request, a thirtieth of its verification.
 */
export function verifyRoute(deps: VerifyBatchDeps): RequestHandler {
  return async (req, res) => {
    const { requests } = bodySchema.parse(req.body);
    res.json({ results: await verifyBatch(deps, requests) });
  };
}
