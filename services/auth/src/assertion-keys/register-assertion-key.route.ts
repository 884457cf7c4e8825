import { serviceKey, verifyServiceRequest } from '@artdag/actor-context';
import { AppError } from '@artdag/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { registerAssertionKey, type RegisterAssertionKeyDeps } from './register-assertion-key.ts';

const base64url = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/)
  .max(2048);

const bodySchema = z.object({
  service: z.string().min(1).max(64),
  kid: z.string().min(1).max(128),
  // A private member here is somebody's mistake, and must not look like success.
  jwk: z
    .looseObject({ kty: z.literal('RSA'), n: base64url, e: base64url })
    .refine((jwk) => !['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth'].some((member) => member in jwk), 'holds a private key'),
});

export interface RegisterAssertionKeyRouteDeps extends RegisterAssertionKeyDeps {
  internalSecret: string;
}

/**
 * `POST /internal/auth/assertion-keys` `{service, kid, jwk}` with `Authorization: Service …` made with that service's key
 * → 201 `{kid, service, not_after}`; 401 `invalid_service_key`, 403 when the body names another service.
 */
export function registerAssertionKeyRoute(deps: RegisterAssertionKeyRouteDeps): RequestHandler {
  return async (req, res) => {
    const caller = verifyServiceRequest({
      header: req.headers.authorization,
      method: req.method,
      path: req.originalUrl,
      body: req.rawBody ?? '',
      now: deps.now(),
      keyOf: (service) => serviceKey(deps.internalSecret, service),
    });
    const { service, kid, jwk } = bodySchema.parse(req.body);
    if (service !== caller) throw new AppError('forbidden', 403, 'A service registers keys of its own only.');
    const key = await registerAssertionKey(deps, caller, { kid, jwk: { kty: jwk.kty, n: jwk.n, e: jwk.e } });
    res.status(201).json({ kid: key.kid, service: key.service, not_after: key.notAfter.toISOString() });
  };
}
