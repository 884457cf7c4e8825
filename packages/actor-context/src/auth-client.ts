import type { JWK } from 'jose';
import type { InternalJwk } from './key-set.ts';
import { signServiceRequest } from './service-key.ts';

const TIMEOUT_MS = 5000;
const KEYS_PATH = '/internal/auth/jwks';
const REGISTER_PATH = '/internal/auth/assertion-keys';

/** The public assertion keys of all services, from auth. Entries are checked by parseKeySet. */
export async function fetchKeys(authUrl: string): Promise<InternalJwk[]> {
  const response = await fetch(authUrl + KEYS_PATH, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
  if (!response.ok) throw new Error(`auth answered ${response.status} to GET ${KEYS_PATH}`);
  const { keys } = (await response.json()) as { keys: InternalJwk[] };
  return keys;
}

export interface RegisterKeyOptions {
  authUrl: string;
  service: string;
  serviceKey: string;
  kid: string;
  jwk: JWK;
  now: Date;
}

/** Makes auth publish a service's public assertion key; repeating it extends the key's life. */
export async function registerKey(o: RegisterKeyOptions): Promise<void> {
  const url = new URL(o.authUrl + REGISTER_PATH);
  const body = JSON.stringify({ service: o.service, kid: o.kid, jwk: o.jwk });
  const authorization = signServiceRequest({ ...o, method: 'POST', path: url.pathname, body });
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: 'error',
  });
  await response.body?.cancel();
  if (response.ok) return;
  const hint = response.status === 401 ? '; compare SERVICE_KEY with auth’s INTERNAL_SECRET, and the clocks' : '';
  throw new Error(`auth answered ${response.status} to POST ${REGISTER_PATH}${hint}`);
}
