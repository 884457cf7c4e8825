import { KitError } from '../kit-error.ts';
import { readServerUrl } from '../server-url.ts';

const maxLength = 8192;

/**
 * The `l2_server` that a token names, unverified: enough to know whom to ask, and no more. Throws KitError 400 `token_malformed`.
 */
export function issuerOf(token: string): string {
  const [, payload, signature, ...more] = token.length > maxLength ? [] : token.split('.');
  if (payload === undefined || signature === undefined || more.length > 0) throw malformed();
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const l2Server = (claims as { l2_server?: unknown } | null)?.l2_server;
    if (typeof l2Server === 'string') return readServerUrl('l2_server', l2Server);
  } catch {
    // Whatever it is, it is no token.
  }
  throw malformed();
}

function malformed(): KitError {
  return new KitError('token_malformed', 400, 'This is no token of an L2. Go back to your L2 and attach once more.');
}
